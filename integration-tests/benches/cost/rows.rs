//! The measured operations. Each group starts from the same marketplace.

use flash_integration_tests::{DAY, HOUR, USD};
use soroban_sdk::{Address, Env, IntoVal, Val};

use crate::{
    crowd::Crowd,
    market::{Market, Party},
    profile::{Names, Profile, Tracer},
    trade::Deal,
    transaction::Usage,
};

/// One measured transaction with `n` items.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub n: u32,
    pub usage: Usage,
    /// Only simulated, so the limits of a transaction do not apply.
    pub is_query: bool,
}

/// Measures transactions.
#[derive(Default)]
pub struct Bench {
    pub rows: Vec<Row>,
    /// Rows to profile.
    pub profiled: &'static [&'static str],
    pub contract_names: Names,
    pub profiles: Vec<Profile>,
}

/// A transaction to measure.
struct Call<'a, A> {
    row: &'a str,
    n: u32,
    who: &'a Party,
    contract: &'a Address,
    function: &'a str,
    args: A,
}

impl Bench {
    fn measure<A>(&mut self, market: &mut Market, call: Call<A>) -> soroban_env_host::xdr::ScVal
    where
        A: IntoVal<Env, soroban_sdk::Vec<Val>>,
    {
        let Call {
            row,
            n,
            who,
            contract,
            function,
            args,
        } = call;
        let is_profiled = self.profiled.contains(&row);
        let tracer = is_profiled.then(|| Tracer::new(self.contract_names.clone()));
        let hook = tracer.as_ref().map(Tracer::hook);
        let applied = market.send(who, contract, function, args, hook);
        if let Some(tracer) = tracer {
            self.profiles.push(tracer.profile(row, &applied));
        }
        self.rows.push(Row {
            name: row.to_owned(),
            n,
            usage: applied.usage,
            is_query: function.starts_with("get_"),
        });
        applied.answer
    }

    /// A call of the oracle with reports on deals; every item must be applied.
    fn measure_batch<A>(
        &mut self,
        market: &mut Market,
        row: &str,
        function: &str,
        deals: &[Deal],
        args: A,
    ) where
        A: IntoVal<Env, soroban_sdk::Vec<Val>>,
    {
        let (who, contract) = (market.oracle.clone(), market.at.deals.clone());
        let call = Call {
            row,
            n: u32::try_from(deals.len()).expect("a batch"),
            who: &who,
            contract: &contract,
            function,
            args,
        };
        let answer = self.measure(market, call);
        let codes: soroban_sdk::Vec<u32> = market.decode(&answer);
        assert!(codes.iter().all(|code| code == 0), "{row}: codes {codes:?}");
    }

    fn report(&mut self, market: &mut Market, row: &str, deals: &[Deal]) {
        let args = (market.reports(deals),);
        self.measure_batch(market, row, "report", deals, args);
    }

    fn report_and_settle(&mut self, market: &mut Market, row: &str, deals: &[Deal]) {
        let args = (market.reports(deals),);
        self.measure_batch(market, row, "report_and_settle", deals, args);
    }

    /// Measures every row.
    pub fn run(&mut self, crowd: &Crowd) {
        self.single_calls(crowd);
        self.batches(crowd);
        self.spread(crowd);
        self.sparse(crowd);
        self.full_and_lists(crowd);
    }

    /// One deal from start to end.
    fn single_calls(&mut self, crowd: &Crowd) {
        let mut market = crowd.market.fork();
        let (ada, carol) = (&crowd.ada, &crowd.carol);
        let (registry, contract) = (market.at.registry.clone(), market.at.deals.clone());
        // So that the page of the measured deal also holds another deal, however full it was.
        market.new_deal(ada, carol, crowd.bucket_id);

        let newcomer = market.party("newcomer");
        let args = (&newcomer.address, market.text("Newcomer Storage Ltd"));
        self.single(
            &mut market,
            "register_provider",
            &newcomer,
            &registry,
            "register_provider",
            args,
        );
        let args = market.bucket_args(ada);
        let answer = self.single(
            &mut market,
            "create_bucket",
            ada,
            &registry,
            "create_bucket",
            args,
        );
        let bucket_id: u32 = market.decode(&answer);

        let args = market.deal_args(ada, carol, bucket_id);
        let answer = self.single(
            &mut market,
            "create_deal",
            carol,
            &contract,
            "create_deal",
            args,
        );
        let id: u32 = market.decode(&answer);
        let args = (&ada.address, &carol.address, id);
        self.single(
            &mut market,
            "accept",
            ada,
            &contract,
            "set_deal_accepted",
            args,
        );
        let args = market.fund_args(ada, carol, id);
        self.single(
            &mut market,
            "fund",
            carol,
            &contract,
            "set_deal_funded",
            args,
        );
        let deal = market.funded(ada, carol, id);
        let args = (&carol.address, &ada.address, id, 10 * USD as u128);
        self.single(
            &mut market,
            "deposit",
            carol,
            &contract,
            "deposit_to_deal",
            args,
        );
        self.daily_life(&mut market, &deal);
        self.succession(&mut market.fork(), &deal, bucket_id);
        self.endings(&mut market, &deal);
    }

    fn daily_life(&mut self, market: &mut Market, deal: &Deal) {
        let deals = std::slice::from_ref(deal);
        market.ledger.advance(DAY);
        market.round(deals);
        market.ledger.advance(DAY);
        self.report(&mut market.fork(), "report_1", deals);
        self.report_and_settle(&mut market.fork(), "report_and_settle_1", deals);

        let (oracle, contract) = (market.oracle.clone(), market.at.deals.clone());
        let (provider, consumer) = (&deal.provider.address, &deal.consumer.address);
        let args = (provider, consumer, deal.id, 800_000_u64, 1_000_u64);
        market.call::<()>(&oracle, &contract, "update_deal_consumption", args);
        let args = (provider, consumer, deal.id, 150_u32, 9_995_u32);
        market.call::<()>(&oracle, &contract, "update_deal_sla", args);
        let row = "pay_pending_consumption";
        let args = (provider, consumer, deal.id);
        self.single(&mut market.fork(), row, &oracle, &contract, row, args);

        market.ledger.advance(DAY);
        market.round(deals);
        let (escrow, asset) = (market.at.escrow.clone(), market.asset.clone());
        let args = (provider, &asset);
        self.single(&mut market.fork(), "push", &oracle, &escrow, "push", args);
    }

    /// Funds a deal that replaces one with an unreported tail.
    fn succession(&mut self, market: &mut Market, deal: &Deal, bucket_id: u32) {
        let contract = market.at.deals.clone();
        let (provider, consumer) = (&deal.provider, &deal.consumer);
        let args = market.successor_args(deal, bucket_id);
        let id = market.call::<u32>(consumer, &contract, "create_deal_at", args);
        let args = (&provider.address, &consumer.address, id);
        market.call::<()>(provider, &contract, "set_deal_accepted", args);
        market.ledger.advance(HOUR);
        let args = market.fund_successor_args(deal, id);
        let command = "set_deal_funded";
        self.single(market, "fund_successor", consumer, &contract, command, args);
    }

    /// Closes a deal in the middle with an unreported tail, and completes one with everything: last
    /// settlement, capacity, outcome, both payouts.
    fn endings(&mut self, market: &mut Market, deal: &Deal) {
        let contract = market.at.deals.clone();
        let (provider, consumer) = (&deal.provider, &deal.consumer);
        let mut other = market.fork();
        other.ledger.advance(HOUR);
        let args = (&consumer.address, deal.id);
        self.single(&mut other, "close", consumer, &contract, "close_deal", args);

        let args = (&consumer.address, &provider.address, deal.id);
        self.single(
            market,
            "complete",
            consumer,
            &contract,
            "set_deal_completed",
            args,
        );
    }

    fn single<A>(
        &mut self,
        market: &mut Market,
        row: &str,
        who: &Party,
        contract: &Address,
        function: &str,
        args: A,
    ) -> soroban_env_host::xdr::ScVal
    where
        A: IntoVal<Env, soroban_sdk::Vec<Val>>,
    {
        let call = Call {
            row,
            n: 1,
            who,
            contract,
            function,
            args,
        };
        self.measure(market, call)
    }

    /// A full page of a list.
    fn page<A>(
        &mut self,
        market: &mut Market,
        row: &str,
        contract: &Address,
        function: &str,
        args: A,
    ) where
        A: IntoVal<Env, soroban_sdk::Vec<Val>>,
    {
        let who = market.oracle.clone();
        let call = Call {
            row,
            n: PAGE,
            who: &who,
            contract,
            function,
            args,
        };
        let answer = self.measure(market, call);
        let items: soroban_sdk::Vec<Val> = market.decode(&answer);
        assert_eq!(items.len(), PAGE, "{row}");
    }

    /// An ordinary day of 50 deals, 10 each of 5 providers.
    fn batches(&mut self, crowd: &Crowd) {
        let mut market = crowd.market.fork();
        let deals = deals_of_providers(&mut market, crowd, 5, 10);
        market.ledger.advance(DAY);
        market.round(&deals);
        market.ledger.advance(DAY);
        let mut reported = market.fork();
        self.report(&mut reported, "report_50", &deals);
        let args = (reported.settlements(&deals),);
        self.measure_batch(&mut reported, "settle_50", "settle", &deals, args);
        self.report_and_settle(&mut market, "report_and_settle_50", &deals);
    }

    /// Providers with one live deal each.
    fn spread(&mut self, crowd: &Crowd) {
        let mut market = crowd.market.fork();
        let deals = deals_of_providers(&mut market, crowd, 60, 1);
        market.ledger.advance(DAY);
        market.round(&deals);
        market.ledger.advance(DAY);
        let row = "report_and_settle_50@spread";
        self.report_and_settle(&mut market.fork(), row, &deals[..50]);
        self.report_and_settle(&mut market, "report_and_settle_60@60_books", &deals);
    }

    /// 5 providers after nine out of ten of their deals have ended.
    fn sparse(&mut self, crowd: &Crowd) {
        let mut market = crowd.market.fork();
        let deals = deals_of_providers(&mut market, crowd, 5, 100);
        market.ledger.advance(DAY);
        let lives_on = |nth: usize| nth.is_multiple_of(10);
        market.round(&deals);
        for (nth, deal) in deals.iter().enumerate() {
            if !lives_on(nth) {
                market.end(deal);
            }
        }
        let living = deals.iter().enumerate().filter(|(nth, _)| lives_on(*nth));
        let living: Vec<Deal> = living.map(|(_, deal)| deal.clone()).collect();
        market.ledger.advance(DAY);
        self.report_and_settle(&mut market, "report_and_settle_50@sparse", &living);
    }

    /// The largest batch that the contract accepts, and pages of the lists.
    fn full_and_lists(&mut self, crowd: &Crowd) {
        let mut market = crowd.market.fork();
        let deals = deals_of_providers(&mut market, crowd, 5, 20);
        market.ledger.advance(DAY);
        market.round(&deals);
        let (registry, contract) = (market.at.registry.clone(), market.at.deals.clone());
        self.page(
            &mut market,
            "get_buckets_page",
            &registry,
            "get_buckets",
            (0_u32, PAGE),
        );
        let args = (&deals[0].provider.address, 0_u32, PAGE);
        let row = "get_deals_by_provider_page";
        self.page(&mut market, row, &contract, row, args);
        market.ledger.advance(DAY);
        self.report_and_settle(&mut market, "report_and_settle_100@5_providers", &deals);
    }
}

/// Items on a page of a list.
const PAGE: u32 = flash_common::limits::PAGE_JOINED;

/// New providers with the same number of deals each, all funded just now.
pub fn deals_of_providers(
    market: &mut Market,
    crowd: &Crowd,
    providers: usize,
    deals_each: usize,
) -> Vec<Deal> {
    let mut deals = Vec::new();
    for nth in 0..providers {
        let provider = market.new_provider(&format!("batch provider {nth:02}"));
        let bucket_id = market.new_bucket(&provider, true);
        for _ in 0..deals_each {
            deals.push(market.new_deal(&provider, &crowd.carol, bucket_id));
        }
    }
    deals
}
