//! Actions on the marketplace: buckets, deals, rounds of reports.

use flash_interfaces::{
    deals::{BookDeals, BookPage, BookReports, DealRequest},
    registry::BucketFeatures,
};
use soroban_sdk::{Env, IntoVal, Val};

use super::market::{Market, Party};
use crate::{
    bucket::{API, LATENCY_MS, PRICES, UPTIME_BPS},
    DAY, GB, USD,
};

/// A typical deal: 1 TB for 90 days with 100 GB of egress, paid in advance.
pub const STORAGE_MB: u64 = 1_024 * GB;
pub const EGRESS_MB: u64 = 100 * GB;
pub const DURATION_SECS: u64 = 90 * DAY;
pub const DEPOSIT: u128 = 70 * USD as u128;
/// How much of it is stored, and sent per day.
const USED_MB: u64 = 800 * GB;
const SENT_MB_PER_DAY: u64 = GB;
/// Enough capacity for every deal of a bench.
const CAPACITY_GB: u64 = 1 << 30;

/// A funded deal.
#[derive(Clone)]
pub struct Deal {
    pub id: u32,
    pub provider: Party,
    pub consumer: Party,
    pub page: u32,
    pub start_ts: u64,
}

/// Deals of one page of a provider's book.
pub struct Book<'a> {
    pub provider: &'a Party,
    pub page: u32,
    pub deals: Vec<&'a Deal>,
}

/// Deals grouped as batches want them.
pub fn books(deals: &[Deal]) -> Vec<Book<'_>> {
    let mut books: Vec<Book> = Vec::new();
    for deal in deals {
        let same = |book: &&mut Book| {
            book.page == deal.page && book.provider.account == deal.provider.account
        };
        match books.iter_mut().find(same) {
            Some(book) => book.deals.push(deal),
            None => books.push(Book {
                provider: &deal.provider,
                page: deal.page,
                deals: vec![deal],
            }),
        }
    }
    books
}

impl Market {
    pub fn now(&self) -> u64 {
        self.ledger.info.timestamp
    }

    pub fn new_provider(&mut self, name: &str) -> Party {
        let party = self.party(name);
        let (registry, args) = (self.at.registry.clone(), (&party.address, self.text(name)));
        self.call::<()>(&party, &registry, "register_provider", args);
        party
    }

    pub fn new_consumer(&mut self, name: &str) -> Party {
        let party = self.party(name);
        let (registry, args) = (self.at.registry.clone(), (&party.address, self.text(name)));
        self.call::<()>(&party, &registry, "register_consumer", args);
        party
    }

    pub fn bucket_args(&self, provider: &Party) -> impl IntoVal<Env, soroban_sdk::Vec<Val>> {
        (
            provider.address.clone(),
            self.text("archive eu-west"),
            self.text("eu-west"),
            self.text(&format!("fb-bucket-{:04}", self.buckets)),
            self.text(API),
            PRICES.storage as u128,
            PRICES.egress as u128,
            LATENCY_MS,
            UPTIME_BPS,
        )
    }

    /// Lists a shared bucket.
    pub fn new_bucket(&mut self, provider: &Party, auto_accept: bool) -> u32 {
        let registry = self.at.registry.clone();
        let args = self.bucket_args(provider);
        let id = self.call::<u32>(provider, &registry, "create_bucket", args);
        self.buckets += 1;
        let args = (&provider.address, id, CAPACITY_GB, CAPACITY_GB);
        self.call::<()>(provider, &registry, "set_bucket_capacity", args);
        if auto_accept {
            let features = BucketFeatures {
                versioning_enabled: true,
                encryption_at_rest: true,
                encryption_in_transit: true,
                object_locking: false,
                access_scope: self.text("private"),
                auto_accept_asset: Some(self.asset.clone()),
                auto_accept_policy: 1,
                tags: soroban_sdk::Vec::new(&self.env),
            };
            let args = (&provider.address, id, features);
            self.call::<()>(provider, &registry, "set_bucket_features", args);
        }
        id
    }

    pub fn deal_args(
        &self,
        provider: &Party,
        consumer: &Party,
        bucket_id: u32,
    ) -> impl IntoVal<Env, soroban_sdk::Vec<Val>> {
        (
            consumer.address.clone(),
            provider.address.clone(),
            bucket_id,
            self.text(""),
            DURATION_SECS,
            STORAGE_MB,
            EGRESS_MB,
            self.text(API),
        )
    }

    pub fn fund_args(
        &self,
        provider: &Party,
        consumer: &Party,
        deal_id: u32,
    ) -> impl IntoVal<Env, soroban_sdk::Vec<Val>> {
        let repo_id = self.text(&format!("repo-{deal_id:08}"));
        let (consumer, provider) = (consumer.address.clone(), provider.address.clone());
        (consumer, provider, deal_id, DEPOSIT, repo_id)
    }

    /// Of a deal that replaces another one, at the bucket's first offer.
    pub fn successor_args(
        &self,
        replaced: &Deal,
        bucket_id: u32,
    ) -> impl IntoVal<Env, soroban_sdk::Vec<Val>> {
        let request = DealRequest {
            provider_id: replaced.provider.address.clone(),
            bucket_id,
            fb_repo_id: self.text(""),
            duration_secs: DURATION_SECS,
            agreed_storage_mb: STORAGE_MB,
            agreed_egress_mb: EGRESS_MB,
            api_compatibility: self.text(API),
            max_price_storage: u128::MAX,
            max_price_egress: u128::MAX,
            policy_version: 1,
            offer_revision: 1,
            succeeds: Some(replaced.id),
        };
        (replaced.consumer.address.clone(), request)
    }

    /// Funds it with the repository of the deal that it replaces.
    pub fn fund_successor_args(
        &self,
        replaced: &Deal,
        deal_id: u32,
    ) -> impl IntoVal<Env, soroban_sdk::Vec<Val>> {
        let repo_id = self.text(&format!("repo-{:08}", replaced.id));
        let parties = (&replaced.consumer, &replaced.provider);
        let (consumer, provider) = (parties.0.address.clone(), parties.1.address.clone());
        (consumer, provider, deal_id, DEPOSIT, repo_id)
    }

    /// A funded deal on a bucket that accepts automatically.
    pub fn new_deal(&mut self, provider: &Party, consumer: &Party, bucket_id: u32) -> Deal {
        let id = self.make_deal(provider, consumer, bucket_id);
        self.funded(provider, consumer, id)
    }

    /// The same; returns only the id.
    pub fn make_deal(&mut self, provider: &Party, consumer: &Party, bucket_id: u32) -> u32 {
        let deals = self.at.deals.clone();
        let args = self.deal_args(provider, consumer, bucket_id);
        let id = self.call::<u32>(consumer, &deals, "create_deal", args);
        let args = self.fund_args(provider, consumer, id);
        self.call::<()>(consumer, &deals, "set_deal_funded", args);
        id
    }

    /// The deal, funded just now.
    pub fn funded(&mut self, provider: &Party, consumer: &Party, id: u32) -> Deal {
        let deals = self.at.deals.clone();
        let page = self.call::<Option<BookPage>>(consumer, &deals, "get_deal_page", (id,));
        Deal {
            id,
            provider: provider.clone(),
            consumer: consumer.clone(),
            page: page.expect("a funded deal").page,
            start_ts: self.now(),
        }
    }

    /// The reports of an honest oracle on these deals, through now.
    pub fn reports(&self, deals: &[Deal]) -> soroban_sdk::Vec<BookReports> {
        let report = |deal: &&Deal| {
            let secs = self.now() - deal.start_ts;
            let storage_mb_secs = u128::from(secs) * u128::from(USED_MB);
            let egress_mb = secs / DAY * SENT_MB_PER_DAY;
            let (latency_ms, uptime_bps) = (LATENCY_MS - 50, 9_995_u32);
            (
                deal.id,
                storage_mb_secs,
                egress_mb,
                latency_ms,
                uptime_bps,
                self.now(),
            )
        };
        let books = books(deals).into_iter().map(|book| BookReports {
            provider: book.provider.address.clone(),
            asset: self.asset.clone(),
            page: book.page,
            reports: soroban_sdk::Vec::from_iter(&self.env, book.deals.iter().map(report)),
        });
        soroban_sdk::Vec::from_iter(&self.env, books)
    }

    /// The call that settles deals.
    pub fn settlements(&self, deals: &[Deal]) -> soroban_sdk::Vec<BookDeals> {
        let books = books(deals).into_iter().map(|book| BookDeals {
            provider: book.provider.address.clone(),
            asset: self.asset.clone(),
            page: book.page,
            deal_ids: soroban_sdk::Vec::from_iter(&self.env, book.deals.iter().map(|deal| deal.id)),
        });
        soroban_sdk::Vec::from_iter(&self.env, books)
    }

    /// A daily round, not measured.
    pub fn round(&mut self, deals: &[Deal]) {
        let (oracle, contract) = (self.oracle.clone(), self.at.deals.clone());
        for batch in deals.chunks(40) {
            let args = (self.reports(batch),);
            let codes =
                self.call::<soroban_sdk::Vec<u32>>(&oracle, &contract, "report_and_settle", args);
            assert!(codes.iter().all(|code| code == 0), "codes {codes:?}");
        }
    }

    /// Ends a deal whose usage is reported up to now, so its last money is settled at once.
    pub fn end(&mut self, deal: &Deal) {
        let contract = self.at.deals.clone();
        let args = (&deal.consumer.address, deal.id);
        self.call::<()>(&deal.consumer, &contract, "close_deal", args);
    }
}
