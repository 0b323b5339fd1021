//! Deals: terms, money for now, windows, timeline.

use super::{MbSecs, Stroops};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DealStatus {
    Pending,
    Accepted,
    Funded,
    Completed,
    Cancelled,
    BreachedConsumer,
    BreachedProvider,
}

/// Why a deal ended, and who made it end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// It has not ended.
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

/// What is agreed; it never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Terms {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
    /// Per GB and month of 30 days.
    pub storage_price_stroops: Stroops,
    /// Per GB.
    pub egress_price_stroops: Stroops,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub asset: String,
    pub policy_version: u32,
    pub fee_bps: u32,
    /// The most that the deal can cost.
    pub total_stroops: Stroops,
    /// Least first deposit.
    pub min_fund_stroops: Stroops,
}

/// Usage as reported so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    pub storage_mb_secs: MbSecs,
    /// Since the start.
    pub average_storage_mb: u64,
    /// Average of the last window.
    pub last_storage_mb: u64,
    pub egress_mb: u64,
    pub egress_left_mb: u64,
    /// Last measured; null when never.
    pub latency_ms: Option<u32>,
    pub uptime_bps: Option<u32>,
    /// Critical windows in a row, and how many of them breach the provider.
    pub strikes: u32,
    pub critical_limit: u32,
}

/// The deal's money.
#[derive(Debug, Serialize, ToSchema)]
pub struct Money {
    /// In the escrow for this deal.
    pub locked_stroops: Stroops,
    /// Paid so far, the fee in it.
    pub paid_stroops: Stroops,
    /// What of that the provider got.
    pub paid_net_stroops: Stroops,
    pub fee_stroops: Stroops,
    /// SLA credit so far.
    pub credited_stroops: Stroops,
    /// Given back to the consumer so far.
    pub refunded_stroops: Stroops,
    /// Used and not paid yet.
    pub owed_stroops: Stroops,
    /// Ring-fenced for the agreed egress.
    pub reserve_stroops: Stroops,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthLevel {
    Ok,
    /// Less than 7 days of runway.
    Low,
    /// Less than the policy's least runway.
    Critical,
    /// In arrears: the grace period runs.
    Grace,
}

/// How a funded deal stands: the contract's `get_deal_health`, for the newest ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    pub level: HealthLevel,
    /// For how long the money lasts at the last window's rate; null where nothing is used.
    pub runway_secs: Option<u64>,
    pub arrears_stroops: Stroops,
    /// When the grace period ends.
    pub grace_until_ts: Option<u64>,
    /// What the consumer would get back at once when closing now.
    pub refund_if_closed_now_stroops: Stroops,
    /// And at most after the final report.
    pub refund_at_release_stroops: Stroops,
}

/// A deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deal {
    pub deal_id: u32,
    pub consumer: String,
    pub consumer_name: String,
    pub provider: String,
    pub provider_name: String,
    pub bucket_id: u32,
    pub bucket_name: String,
    /// Where the consumer's data is; empty until funding at the latest.
    pub repo_id: String,
    pub api: String,
    pub status: DealStatus,
    pub reason: EndReason,
    /// Ended, and its last money is settled.
    pub released: bool,
    pub created_ts: u64,
    /// A pending deal expires then.
    pub accept_until_ts: Option<u64>,
    /// An accepted deal expires then.
    pub fund_until_ts: Option<u64>,
    /// When metering started.
    pub start_ts: Option<u64>,
    pub end_ts: Option<u64>,
    pub close_ts: Option<u64>,
    /// A closed deal takes reports until then.
    pub final_until_ts: Option<u64>,
    /// Usage is reported up to here.
    pub through_ts: Option<u64>,
    pub terms: Terms,
    /// Null until funded.
    pub usage: Option<Usage>,
    /// Null until funded.
    pub money: Option<Money>,
    /// Null unless funded and live.
    pub health: Option<Health>,
    /// Close time of the ledger that `health` is for.
    pub as_of_ts: u64,
}

/// How well a window was served.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too short for one, or not measured.
    None,
    Met,
    Minor,
    Major,
    Critical,
}

/// One reported window of a deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Window {
    pub deal_id: u32,
    pub bucket_id: u32,
    pub from_ts: u64,
    pub through_ts: u64,
    /// In this window.
    pub storage_mb_secs: MbSecs,
    pub average_storage_mb: u64,
    pub egress_mb: u64,
    /// Null where it was not measured, or is not known any more.
    pub latency_ms: Option<u32>,
    pub uptime_bps: Option<u32>,
    pub agreed_latency_ms: u32,
    pub agreed_uptime_bps: u32,
    pub verdict: Verdict,
    /// Of the window's storage.
    pub credit_bps: u32,
    /// More was reported than is agreed; the agreed was applied.
    pub clipped: bool,
    /// Paid with this report, the fee in it.
    pub paid_stroops: Stroops,
    pub ledger: u32,
    pub tx_hash: String,
}

/// Something that happened to a deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineItem {
    pub event_id: String,
    pub ledger: u32,
    /// Close time of the ledger.
    pub ts: u64,
    pub tx_hash: String,
    /// deals, escrow, registry or reputation.
    pub contract: String,
    /// The event's name, as in the contract's interface.
    pub name: String,
    /// What happened, in a sentence.
    pub words: String,
    /// The event as published.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}
