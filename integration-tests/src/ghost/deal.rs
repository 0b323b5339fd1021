//! A deal: its terms and its progress.

use super::{
    meter::Meter,
    step::{Asset, Who},
};
use crate::expected::Prices;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    Pending,
    Accepted,
    Funded,
    Completed,
    Cancelled,
    BreachedConsumer,
    BreachedProvider,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    Open,
    Consumer,
    Notice,
    Silence,
    Term,
    Grace,
    Strikes,
    Expired,
    Rejected,
    Withdrawn,
}

/// The terms, which never change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terms {
    pub consumer: Who,
    pub provider: Who,
    pub bucket: u32,
    pub api: String,
    pub duration_secs: u64,
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub price_storage: i128,
    pub price_egress: i128,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub asset: Asset,
    pub policy_version: u32,
    pub created_ts: u64,
    /// The provider meters.
    pub by_provider: bool,
    pub offer_revision: u32,
    /// The deal that it replaces when it is funded.
    pub succeeds: Option<u32>,
}

/// A window staged by the single-deal calls.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stage {
    pub from_ts: u64,
    /// 0 without consumption.
    pub through_ts: u64,
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deal {
    pub terms: Terms,
    pub status: Status,
    pub reason: Reason,
    pub repo: String,
    pub accepted_ts: u64,
    pub accepted_by_bucket: bool,
    /// From funding on: the page of the book, and the meter.
    pub page: Option<u32>,
    pub meter: Option<Meter>,
    pub stage: Option<Stage>,
    pub released: bool,
    pub capacity_freed: bool,
    pub outcome_written: bool,
    pub deleted: bool,
}

impl Terms {
    pub fn prices(&self) -> Prices {
        Prices {
            storage: self.price_storage,
            egress: self.price_egress,
        }
    }

    /// The maximum cost of the deal.
    pub fn quote(&self) -> i128 {
        quote(
            &self.prices(),
            self.storage_mb,
            self.egress_mb,
            self.duration_secs,
        )
    }

    /// The minimum first deposit.
    pub fn min_fund(&self, min_fund: i128, min_runway_secs: u64) -> i128 {
        let secs = min_runway_secs.min(self.duration_secs);
        let usage = quote(&self.prices(), self.storage_mb, self.egress_mb, secs);
        usage.max(min_fund)
    }
}

pub fn quote(prices: &Prices, storage_mb: u64, egress_mb: u64, secs: u64) -> i128 {
    prices.charge(i128::from(storage_mb) * i128::from(secs), egress_mb.into())
}

impl Deal {
    pub fn is_unfunded(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Accepted)
    }

    /// Running, without notice.
    pub fn is_replaceable(&self, now: u64) -> bool {
        let meter = self.meter.as_ref();
        let is_running = meter.is_some_and(|meter| now < meter.end_ts && !meter.notice);
        self.status == Status::Funded && is_running
    }

    pub fn meter(&self) -> &Meter {
        self.meter.as_ref().expect("a funded deal")
    }

    pub fn meter_mut(&mut self) -> &mut Meter {
        self.meter.as_mut().expect("a funded deal")
    }

    /// The stage on the current watermark.
    pub fn staged(&self) -> Option<&Stage> {
        let meter = self.meter.as_ref()?;
        self.stage
            .as_ref()
            .filter(|stage| stage.from_ts == meter.through_ts)
    }
}
