//! A marketplace with one deal that is about to run dry, and its consumer's wallet.

extern crate std;

use std::fmt::Debug;

use flash_deals::Deals;
use flash_escrow::Escrow;
use flash_hostile_token::{HostileToken, HostileTokenClient};
use flash_interfaces::{
    deals::{BookReports, DealsClient, HealthLevel, Meter, Policy, SlaTiers},
    escrow::EscrowClient,
    mandates::{MandatesClient, MandatesError},
    registry::RegistryClient,
};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use flash_registry::Registry;
use flash_reputation::Reputation;
use soroban_sdk::{
    testutils::{Address as _, EnvTestConfig, Events as _, IssuerFlags, Ledger as _},
    token::{StellarAssetClient, TokenClient},
    vec, Address, Env, Event, InvokeError, String,
};

use crate::Mandates;

pub const DAY: u64 = SECS_PER_DAY;
pub const USD: i128 = ONE_USD;
pub const START_TS: u64 = 1_750_000_000;
pub const UPGRADE_DELAY_SECS: u64 = 21 * DAY;
/// 500 GB and 50 GB of egress: 10 USD a month, and 0.50 USD.
pub const STORAGE_MB: u64 = 500 * 1_024;
pub const EGRESS_MB: u64 = 50 * 1_024;
/// What everybody has in the wallet at first.
pub const POCKET: i128 = 1_000 * USD;
pub const TOP_UP: i128 = 5 * USD;
pub const LIMIT: i128 = 15 * USD;

/// What a `try_` call of the contract answers.
pub type Answer<T, C = soroban_sdk::ConversionError> =
    Result<Result<T, C>, Result<MandatesError, InvokeError>>;

pub struct Market {
    pub env: Env,
    pub deals: DealsClient<'static>,
    pub escrow: EscrowClient<'static>,
    pub registry: RegistryClient<'static>,
    pub mandates: MandatesClient<'static>,
    pub owner: Address,
    pub provider: Address,
    pub consumer: Address,
    pub stranger: Address,
    pub asset: Address,
    /// Funded, with more than the minimum runway.
    pub deal: u32,
}

/// The typed error of a refused call.
pub fn refused<T: Debug, C: Debug>(answer: Answer<T, C>) -> MandatesError {
    match answer {
        Err(Ok(error)) => error,
        other => std::panic!("not refused: {other:?}"),
    }
}

/// Whether a call failed for want of a signature.
pub fn unauthorised<T, C>(answer: &Answer<T, C>) -> bool {
    matches!(answer, Err(Err(InvokeError::Abort)))
}

fn policy() -> Policy {
    Policy {
        accept_window_secs: 3 * DAY,
        fund_window_secs: 3 * DAY,
        notice_secs: 7 * DAY,
        grace_secs: 3 * DAY,
        final_window_secs: 3 * DAY,
        silence_secs: 3 * DAY,
        min_runway_secs: 7 * DAY,
        min_fund: USD,
        min_window_secs: DAY / 2,
        critical_limit: 3,
        fee_bps: 200,
        sla: SlaTiers {
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
        },
    }
}

impl Market {
    /// In a Stellar asset whose issuer can claw back.
    pub fn new() -> Self {
        let env = new_env();
        let sac = env.register_stellar_asset_contract_v2(Address::generate(&env));
        sac.issuer().set_flag(IssuerFlags::RevocableFlag);
        sac.issuer().set_flag(IssuerFlags::ClawbackEnabledFlag);
        Self::in_asset(env, sac.address())
    }

    /// In a token that can turn hostile.
    pub fn in_hostile_token() -> Self {
        let env = new_env();
        let name = String::from_str(&env, "Hostile");
        let asset = env.register(HostileToken, (name.clone(), name));
        Self::in_asset(env, asset)
    }

    fn in_asset(env: Env, asset: Address) -> Self {
        env.mock_all_auths();
        let [owner, oracle, provider, consumer, stranger] = [0; 5].map(|_| Address::generate(&env));
        let [deals, registry, escrow, reputation, mandates] =
            [0; 5].map(|_| Address::generate(&env));
        let delay = UPGRADE_DELAY_SECS;
        let of_deals = (
            &owner,
            Some(oracle),
            &registry,
            &escrow,
            &reputation,
            policy(),
            delay,
        );
        env.register_at(&deals, Deals, of_deals);
        env.register_at(&registry, Registry, (&owner, &deals, &reputation, delay));
        env.register_at(&escrow, Escrow, (&owner, &deals, &asset, delay));
        env.register_at(&reputation, Reputation, (&owner, &deals, delay));
        env.register_at(&mandates, Mandates, (&owner, &deals, &escrow, delay));
        let mut market = Self {
            deals: DealsClient::new(&env, &deals),
            escrow: EscrowClient::new(&env, &escrow),
            registry: RegistryClient::new(&env, &registry),
            mandates: MandatesClient::new(&env, &mandates),
            owner,
            provider,
            consumer,
            stranger,
            asset,
            deal: 0,
            env,
        };
        market.settle_in();
        market
    }

    fn settle_in(&mut self) {
        for who in [&self.consumer, &self.stranger] {
            StellarAssetClient::new(&self.env, &self.asset).mint(who, &POCKET);
        }
        let text = |text| self.text(text);
        self.registry.register_provider(&self.provider, &text("p"));
        self.registry.register_consumer(&self.consumer, &text("c"));
        self.registry.register_consumer(&self.stranger, &text("s"));
        let bucket = self.registry.create_bucket(
            &self.provider,
            &text("bucket"),
            &text("eu"),
            &text("fb"),
            &text("S3"),
            &200_000,
            &100_000,
            &100,
            &9_990,
        );
        self.registry
            .set_bucket_capacity(&self.provider, &bucket, &100_000, &100_000);
        self.deal = self.funded_by(&self.consumer, "repo");
        self.env.set_auths(&[]);
    }

    /// A deal that is accepted and not funded.
    pub fn accepted_by(&self, consumer: &Address, repo: &str) -> u32 {
        self.env.mock_all_auths();
        let deal = self.deals.create_deal(
            consumer,
            &self.provider,
            &1,
            &self.text(repo),
            &(90 * DAY),
            &STORAGE_MB,
            &EGRESS_MB,
            &self.text("S3"),
        );
        self.deals
            .set_deal_accepted(&self.provider, consumer, &deal);
        self.env.set_auths(&[]);
        deal
    }

    /// A deal with 3 USD: the egress of 0.50, and 7½ days of storage.
    pub fn funded_by(&self, consumer: &Address, repo: &str) -> u32 {
        let deal = self.accepted_by(consumer, repo);
        self.env.mock_all_auths();
        self.deals.set_deal_funded(
            consumer,
            &self.provider,
            &deal,
            &30_000_000,
            &self.text(repo),
        );
        self.env.set_auths(&[]);
        deal
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.env, text)
    }

    pub fn now(&self) -> u64 {
        self.env.ledger().timestamp()
    }

    pub fn pass(&self, secs: u64) {
        self.env.ledger().with_mut(|ledger| {
            ledger.sequence_number += u32::try_from(secs.div_ceil(5)).unwrap();
            ledger.timestamp += secs;
        });
    }

    /// A day at the agreed size, reported and settled.
    pub fn day_of(&self, deal: u32) {
        self.pass(DAY);
        self.report(deal);
    }

    /// Reports and settles the agreed size through now.
    pub fn report(&self, deal: u32) {
        let meter = self.meter(deal);
        let secs = self.now() - meter.start_ts;
        let report = (
            deal,
            u128::from(STORAGE_MB * secs),
            0,
            80,
            10_000,
            self.now(),
        );
        let book = BookReports {
            provider: self.provider.clone(),
            asset: meter.asset,
            page: meter.page,
            reports: vec![&self.env, report],
        };
        self.env.mock_all_auths();
        let codes = self.deals.report_and_settle(&vec![&self.env, book]);
        self.env.set_auths(&[]);
        assert_eq!(codes, vec![&self.env, 0]);
    }

    pub fn meter(&self, deal: u32) -> Meter {
        let meters = self.deals.get_meters(&vec![&self.env, deal]);
        meters.get(0).flatten().expect("funded")
    }

    pub fn locked(&self, deal: u32) -> i128 {
        self.escrow.get_account(&deal).expect("funded").locked
    }

    pub fn balance(&self, who: &Address) -> i128 {
        TokenClient::new(&self.env, &self.asset).balance(who)
    }

    pub fn token(&self) -> HostileTokenClient<'_> {
        HostileTokenClient::new(&self.env, &self.asset)
    }

    /// The consumer approves so much to the contract, for so many ledgers.
    pub fn approve(&self, amount: i128, ledgers: u32) {
        let until = self.env.ledger().sequence() + ledgers;
        let spender = &self.mandates.address;
        TokenClient::new(&self.env, &self.asset)
            .mock_all_auths()
            .approve(&self.consumer, spender, &amount, &until);
        self.env.set_auths(&[]);
    }

    /// Signed by whoever is named.
    pub fn try_set(
        &self,
        who: &Address,
        deal: u32,
        (top_up, limit): (i128, i128),
        until_ts: u64,
    ) -> Answer<()> {
        let answer = self
            .mandates
            .mock_all_auths()
            .try_set_mandate(who, &deal, &top_up, &limit, &until_ts);
        self.env.set_auths(&[]);
        answer
    }

    /// The usual mandate on the deal, for a year.
    pub fn set(&self) {
        let until_ts = self.now() + 365 * DAY;
        let answer = self.try_set(&self.consumer, self.deal, (TOP_UP, LIMIT), until_ts);
        assert_eq!(answer, Ok(Ok(())));
    }

    /// Nobody signs.
    pub fn try_draw(&self, deal: u32) -> Answer<i128, soroban_sdk::Error> {
        self.env.set_auths(&[]);
        self.mandates.try_draw(&deal)
    }

    /// A mandate, an approval for everything, and a deal below its minimum runway.
    pub fn due(&self) {
        self.set();
        self.approve(POCKET, 3_000_000);
        self.day_of(self.deal);
    }

    /// Days pass until the deal is below its minimum runway again.
    pub fn run_down(&self) {
        for _ in 0..40 {
            if matches!(self.level(), HealthLevel::Critical | HealthLevel::Grace) {
                return;
            }
            self.day_of(self.deal);
        }
        std::panic!("never due");
    }

    pub fn level(&self) -> HealthLevel {
        self.deals.get_deal_health(&self.deal).expect("live").level
    }

    /// Whether the contract's last call published exactly this event.
    pub fn published(&self, event: &impl Event) -> bool {
        let own = self.env.events().all();
        let own = own.filter_by_contract(&self.mandates.address);
        own.events() == [event.to_xdr(&self.env, &self.mandates.address)]
    }
}

fn new_env() -> Env {
    let env = Env::new_with_config(EnvTestConfig {
        capture_snapshot_at_drop: false,
    });
    env.ledger().with_mut(|ledger| {
        ledger.timestamp = START_TS;
        ledger.sequence_number = 57_000_000;
        ledger.min_persistent_entry_ttl = 2_073_600;
        ledger.max_entry_ttl = 3_110_400;
    });
    env
}
