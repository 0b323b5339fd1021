//! What is reported about a funded deal, and how it stands.

use soroban_sdk::{contracttype, Address, String, Vec};

use super::DealStatus;

/// Everything that the oracle and an auditor need to know of a deal that was funded.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Meter {
    pub deal_id: u32,
    pub provider: Address,
    pub asset: Address,
    /// Page of the provider's book; the deal leaves it when released.
    pub page: u32,
    pub bucket_id: u32,
    pub fb_repo_id: String,
    pub status: DealStatus,
    pub released: bool,
    /// S: stored MB integrated over seconds since the start.
    pub storage_mb_secs: u128,
    /// U: the payable part of S, in basis points of it.
    pub payable_mb_secs_bps: u128,
    /// E: egress since the start, MB.
    pub egress_mb: u64,
    /// The watermark, seconds.
    pub through_ts: u64,
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// Last time at which a report is taken; 0 while live.
    pub final_until_ts: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub price_per_gb_storage: u128,
    pub price_per_gb_egress: u128,
    /// Average of the last window, MB.
    pub rate_mb: u64,
    /// Critical windows in a row.
    pub strikes: u32,
    /// When the strikes reached the limit; 0 before. No better window takes the breach back.
    pub breach_ts: u64,
    /// Windows in a row in which usage was clipped. From the policy's `critical_limit` on, the
    /// provider's notice is neutral.
    pub clipped_windows: u32,
    pub min_window_secs: u64,
    /// net(U, E) − paid_total.
    pub owed: i128,
    pub reserve: i128,
    /// Gross, the fee in it.
    pub paid_total: i128,
    pub locked: i128,
    /// SLA credit so far.
    pub credited: i128,
    /// When the grace began; 0 outside it.
    pub arrears_since_ts: u64,
}

/// Where a deal's live part is stored.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookPage {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
}

/// (deal_id, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts): new totals since the
/// start of the deal, and the window's service ([`NOT_MEASURED`](crate::deals::NOT_MEASURED) where it was not measured).
pub type Report = (u32, u128, u64, u32, u32, u64);

/// Reports on deals of one page of a provider's book, as [`Meter::page`] names it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookReports {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    /// [`Report`]s, written out because the contract's spec knows no aliases.
    pub reports: Vec<(u32, u128, u64, u32, u32, u64)>,
}

/// Deals of one page of a provider's book, to be settled.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookDeals {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    pub deal_ids: Vec<u32>,
}

/// What the single-deal calls have staged.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stage {
    /// The watermark on which it stands; a report moves the watermark and thereby drops the stage.
    pub from_ts: u64,
    /// Time of staging of the consumption; 0 while there is none.
    pub through_ts: u64,
    /// Average MB over the window.
    pub storage_mb: u64,
    pub egress_mb: u64,
    /// [`NOT_MEASURED`](crate::deals::NOT_MEASURED) while there is none.
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HealthLevel {
    Ok,
    /// The money covers less than twice the policy's `min_runway_secs`.
    Low,
    /// … less than `min_runway_secs`.
    Critical,
    /// The grace period runs.
    Grace,
}

/// How a funded deal stands.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    pub level: HealthLevel,
    /// (locked − reserve − owed) at the price of the last window's rate; `u64::MAX` at rate 0.
    pub runway_secs: u64,
    pub egress_left_mb: u64,
    pub arrears: i128,
    /// When the grace period ends; 0 outside it.
    pub grace_until_ts: u64,
    /// What the consumer would get back when closing now: at once, and at most after the final report.
    pub refund_at_close: i128,
    pub refund_at_release: i128,
}
