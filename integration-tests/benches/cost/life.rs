//! Whole lives of deals: the sum of every transaction from creation to the last payout.

use flash_integration_tests::{chain::network::SECS_PER_LEDGER, DAY};

use crate::{
    crowd::Crowd,
    market::Market,
    trade::{Deal, DURATION_SECS},
    transaction::{self, Usage},
};

/// The providers over which the deals are spread evenly.
pub const LIVES: &[(&str, usize, usize)] = &[("life_of_1", 1, 1), ("life_of_100", 5, 20)];

/// The total resources of the lives of some deals.
#[derive(Clone, Debug)]
pub struct Life {
    pub name: &'static str,
    pub deals: u32,
    pub transactions: u64,
    pub usage: Usage,
}

impl Life {
    /// The operator pays the rent of the code for as long as the deals live.
    fn extend_code(&mut self, market: &Market) {
        let ledgers = u32::try_from(DURATION_SECS / SECS_PER_LEDGER).expect("a life that fits");
        let rent = transaction::extend_code(&market.ledger, ledgers);
        self.usage.rent_fee_stroops += rent;
        self.usage.code_rent_fee_stroops = rent;
    }

    fn add(&mut self, usage: &Usage) {
        self.transactions += 1;
        let sum = &mut self.usage;
        sum.instructions += usage.instructions;
        sum.call_instructions += usage.call_instructions;
        sum.mem_bytes = sum.mem_bytes.max(usage.mem_bytes);
        sum.read_entries += usage.read_entries;
        sum.write_entries += usage.write_entries;
        sum.write_bytes += usage.write_bytes;
        sum.events_bytes += usage.events_bytes;
        sum.tx_bytes += usage.tx_bytes;
        sum.resource_fee_stroops += usage.resource_fee_stroops;
        sum.rent_fee_stroops += usage.rent_fee_stroops;
        assert_eq!(usage.code_rent_fee_stroops, 0, "no user pays for code");
    }
}

/// Deals of 90 days: created, accepted, funded; reported and settled once a day, all in one
/// transaction; completed, which pays both parties. The code is extended for these days. Other rent
/// is whatever falls due during these days.
pub fn measure(crowd: &Crowd) -> Vec<Life> {
    let live = |(name, providers, deals_each): &(&'static str, usize, usize)| {
        let mut life = Life {
            name,
            deals: u32::try_from(providers * deals_each).expect("a batch"),
            transactions: 0,
            usage: Usage::default(),
        };
        let mut market = crowd.market.fork();
        life.extend_code(&market);
        let deals = begin(&mut market, crowd, *providers, *deals_each, &mut life);
        for _ in 0..DURATION_SECS / DAY {
            market.ledger.advance(DAY);
            day(&mut market, &deals, &mut life);
        }
        for deal in &deals {
            complete(&mut market, deal, &mut life);
        }
        life
    };
    LIVES.iter().map(live).collect()
}

fn begin(
    market: &mut Market,
    crowd: &Crowd,
    providers: usize,
    deals_each: usize,
    life: &mut Life,
) -> Vec<Deal> {
    let (contract, consumer) = (market.at.deals.clone(), &crowd.carol);
    let mut deals = Vec::new();
    for nth in 0..providers {
        let provider = market.new_provider(&format!("long-lived provider {nth:02}"));
        let bucket_id = market.new_bucket(&provider, false);
        for _ in 0..deals_each {
            let args = market.deal_args(&provider, consumer, bucket_id);
            let created = market.send(consumer, &contract, "create_deal", args, None);
            life.add(&created.usage);
            let id: u32 = market.decode(&created.answer);
            let args = (&provider.address, &consumer.address, id);
            let accepted = market.send(&provider, &contract, "set_deal_accepted", args, None);
            life.add(&accepted.usage);
            let args = market.fund_args(&provider, consumer, id);
            let funded = market.send(consumer, &contract, "set_deal_funded", args, None);
            life.add(&funded.usage);
            deals.push(market.funded(&provider, consumer, id));
        }
    }
    deals
}

fn day(market: &mut Market, deals: &[Deal], life: &mut Life) {
    let (oracle, contract) = (market.oracle.clone(), market.at.deals.clone());
    let args = (market.reports(deals),);
    let settled = market.send(&oracle, &contract, "report_and_settle", args, None);
    let codes: soroban_sdk::Vec<u32> = market.decode(&settled.answer);
    assert!(codes.iter().all(|code| code == 0), "codes {codes:?}");
    life.add(&settled.usage);
}

fn complete(market: &mut Market, deal: &Deal, life: &mut Life) {
    let (contract, consumer) = (market.at.deals.clone(), &deal.consumer);
    let args = (&consumer.address, &deal.provider.address, deal.id);
    let completed = market.send(consumer, &contract, "set_deal_completed", args, None);
    life.add(&completed.usage);
}
