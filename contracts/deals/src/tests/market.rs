//! The four contracts of a deal, wired together, with one provider, one consumer and one bucket: for what a deal
//! does as a whole. Who has to sign is read off what was recorded.

use flash_escrow::Escrow;
use flash_interfaces::{
    deals::{
        BookDeals, BookReports, Deal, DealStatus, DealsClient, DealsError, EndReason, Meter,
        Policy, Report,
    },
    escrow::EscrowClient,
    registry::RegistryClient,
    reputation::{ReputationClient, Role},
};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use flash_registry::Registry;
use flash_reputation::Reputation;
use soroban_sdk::{
    testutils::{Address as _, EnvTestConfig, Ledger as _},
    token::StellarAssetClient,
    vec, Address, Env, InvokeError, String, Vec,
};

use super::{
    samples::{self, START_TS},
    std::{self, fmt::Debug},
};
use flash_money::report::Reading;

use crate::contract::Deals;

pub const DAY: u64 = SECS_PER_DAY;
pub const FULL_MB: u64 = 500 * 1_024;
pub const EGRESS_MB: u64 = 50 * 1_024;
/// A day of 500 GB at 0.02 USD a GB and month: a thirtieth of 10 USD, floored.
pub const STORAGE_DAY: i128 = 3_333_333;
/// What everybody who pays starts with.
pub const POCKET: i128 = 10_000 * ONE_USD;

pub struct Market {
    pub env: Env,
    pub deals: DealsClient<'static>,
    pub escrow: EscrowClient<'static>,
    pub registry: RegistryClient<'static>,
    pub reputation: ReputationClient<'static>,
    pub owner: Address,
    pub oracle: Address,
    pub provider: Address,
    pub consumer: Address,
    pub stranger: Address,
    pub asset: Address,
    pub bucket: u32,
}

/// The error of a command that was refused.
pub fn refused<T: Debug, C: Debug>(
    answer: Result<Result<T, C>, Result<DealsError, InvokeError>>,
) -> DealsError {
    match answer {
        Err(Ok(error)) => error,
        other => std::panic!("not refused: {other:?}"),
    }
}

impl Market {
    pub fn new() -> Self {
        Self::with(true, samples::policy())
    }

    pub fn with(oracle_named: bool, policy: Policy) -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        env.ledger().with_mut(|ledger| {
            ledger.timestamp = START_TS;
            ledger.sequence_number = 57_000_000;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.max_entry_ttl = 3_110_400;
        });
        env.mock_all_auths();
        let [owner, oracle, provider, consumer, stranger, issuer] =
            [0; 6].map(|_| Address::generate(&env));
        let [deals, registry, escrow, reputation] = [0; 4].map(|_| Address::generate(&env));
        let asset = env.register_stellar_asset_contract_v2(issuer).address();
        let delay = 21 * DAY;
        let named = oracle_named.then(|| oracle.clone());
        env.register_at(
            &deals,
            Deals,
            (
                &owner,
                named,
                &registry,
                &escrow,
                &reputation,
                policy,
                delay,
            ),
        );
        env.register_at(&registry, Registry, (&owner, &deals, &reputation, delay));
        env.register_at(&escrow, Escrow, (&owner, &deals, &asset, delay));
        env.register_at(&reputation, Reputation, (&owner, &deals, delay));
        let mut market = Self {
            deals: DealsClient::new(&env, &deals),
            escrow: EscrowClient::new(&env, &escrow),
            registry: RegistryClient::new(&env, &registry),
            reputation: ReputationClient::new(&env, &reputation),
            owner,
            oracle,
            provider,
            consumer,
            stranger,
            asset,
            bucket: 0,
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
        self.bucket = self.registry.create_bucket(
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
        let (provider, bucket) = (&self.provider, &self.bucket);
        self.registry
            .set_bucket_capacity(provider, bucket, &100_000, &100_000);
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.env, text)
    }

    /// Time goes on to a second.
    pub fn at(&self, ts: u64) {
        self.env.ledger().with_mut(|ledger| {
            let ledgers = (ts - ledger.timestamp).div_ceil(5);
            ledger.sequence_number += u32::try_from(ledgers).unwrap();
            ledger.timestamp = ts;
        });
    }

    /// The last command needed the signature of exactly this one.
    pub fn signed_by(&self, who: &Address) {
        let signed = self.env.auths();
        let who_signed: std::vec::Vec<_> = signed.iter().map(|(who, _)| who).collect();
        assert_eq!(who_signed, [who]);
    }

    // ---- a deal's way ----

    pub fn created(&self) -> u32 {
        self.sized(FULL_MB, EGRESS_MB)
    }

    pub fn sized(&self, storage_mb: u64, egress_mb: u64) -> u32 {
        self.deals.create_deal(
            &self.consumer,
            &self.provider,
            &self.bucket,
            &self.text("repo"),
            &(90 * DAY),
            &storage_mb,
            &egress_mb,
            &self.text("S3"),
        )
    }

    pub fn accepted(&self) -> u32 {
        let deal = self.created();
        self.deals
            .set_deal_accepted(&self.provider, &self.consumer, &deal);
        deal
    }

    /// Funded with 30 USD.
    pub fn funded(&self) -> u32 {
        self.funded_with(30 * ONE_USD)
    }

    pub fn funded_with(&self, amount: i128) -> u32 {
        let deal = self.accepted();
        self.fund(deal, amount);
        deal
    }

    pub fn fund(&self, deal: u32, amount: i128) {
        let repo = self.text(&std::format!("repo-{deal}"));
        let amount = u128::try_from(amount).unwrap();
        self.deals
            .set_deal_funded(&self.consumer, &self.provider, &deal, &amount, &repo);
    }

    pub fn book(&self, reports: Vec<Report>) -> BookReports {
        BookReports {
            provider: self.provider.clone(),
            asset: self.asset.clone(),
            page: 0,
            reports,
        }
    }

    /// Reports days at the agreed size with 1 GB of egress each, through now.
    pub fn days(&self, nth: u64) -> Reading {
        Reading {
            storage_mb_secs: u128::from(FULL_MB * DAY * nth),
            egress_mb: 1_024 * nth,
            latency_ms: 80,
            uptime_bps: 10_000,
            through_ts: START_TS + DAY * nth,
        }
    }

    pub fn item(&self, deal: u32, reading: Reading) -> Report {
        (
            deal,
            reading.storage_mb_secs,
            reading.egress_mb,
            reading.latency_ms,
            reading.uptime_bps,
            reading.through_ts,
        )
    }

    pub fn report(&self, deal: u32, reading: Reading) -> u32 {
        let books = vec![
            &self.env,
            self.book(vec![&self.env, self.item(deal, reading)]),
        ];
        self.deals.report(&books).get(0).unwrap()
    }

    pub fn round(&self, deal: u32, reading: Reading) -> u32 {
        let books = vec![
            &self.env,
            self.book(vec![&self.env, self.item(deal, reading)]),
        ];
        self.deals.report_and_settle(&books).get(0).unwrap()
    }

    pub fn settle(&self, deal: u32) -> u32 {
        let book = BookDeals {
            provider: self.provider.clone(),
            asset: self.asset.clone(),
            page: 0,
            deal_ids: vec![&self.env, deal],
        };
        self.deals.settle(&vec![&self.env, book]).get(0).unwrap()
    }

    // ---- what is to be seen ----

    pub fn deal(&self, deal: u32) -> Deal {
        self.deals
            .get_deal(&self.consumer, &self.provider, &deal)
            .unwrap()
    }

    pub fn end(&self, deal: u32) -> (DealStatus, EndReason) {
        let deal = self.deal(deal);
        (deal.status, deal.reason)
    }

    pub fn meter(&self, deal: u32) -> Meter {
        self.deals
            .get_meters(&vec![&self.env, deal])
            .get(0)
            .flatten()
            .unwrap()
    }

    /// Locked, paid to the provider, the fee, refunded: of 2 % fee and a provider's net part.
    pub fn account(&self, deal: u32) -> [i128; 4] {
        let account = self.escrow.get_account(&deal).unwrap();
        [account.locked, account.paid, account.fee, account.refunded]
    }

    pub fn claimable(&self, who: &Address) -> i128 {
        self.escrow.get_claimable(who, &self.asset)
    }

    pub fn score(&self) -> (u32, u32) {
        (
            self.reputation.get_score(&self.provider, &Role::Provider),
            self.reputation.get_score(&self.consumer, &Role::Consumer),
        )
    }
}
