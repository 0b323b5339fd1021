//! Deals: terms, money for now, windows, timeline.

use super::{MbSecs, Metering, Stroops};
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

/// Why a deal ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The deal has not ended.
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

/// The agreed terms, which never change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Terms {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
    /// Per GB per month of 30 days.
    pub storage_price_stroops: Stroops,
    /// Per GB.
    pub egress_price_stroops: Stroops,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub asset: String,
    pub policy_version: u32,
    /// Whose counts are billed.
    pub metering: Metering,
    /// The deal that it replaces, or replaced when it was funded.
    pub succeeds: Option<u32>,
    pub fee_bps: u32,
    /// The maximum cost of the deal.
    pub total_stroops: Stroops,
    /// The minimum first deposit.
    pub min_fund_stroops: Stroops,
}

/// The usage reported so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    pub storage_mb_secs: MbSecs,
    /// Since the start of the deal.
    pub average_storage_mb: u64,
    /// The average of the last window.
    pub last_storage_mb: u64,
    pub egress_mb: u64,
    pub egress_left_mb: u64,
    /// The last measurement; null if there is none.
    pub latency_ms: Option<u32>,
    pub uptime_bps: Option<u32>,
    /// Critical windows in a row, and the number at which the provider is in breach.
    pub strikes: u32,
    pub critical_limit: u32,
}

/// The money of the deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Money {
    /// Held in the escrow for this deal.
    pub locked_stroops: Stroops,
    /// Paid so far, including the fee.
    pub paid_stroops: Stroops,
    /// The provider's part of it.
    pub paid_net_stroops: Stroops,
    pub fee_stroops: Stroops,
    /// SLA credit so far.
    pub credited_stroops: Stroops,
    /// Refunded to the consumer so far.
    pub refunded_stroops: Stroops,
    /// Used but not paid yet.
    pub owed_stroops: Stroops,
    /// Reserved for the agreed egress.
    pub reserve_stroops: Stroops,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthLevel {
    Ok,
    /// Less than twice the policy's minimum runway.
    Low,
    /// Less than the policy's minimum runway.
    Critical,
    /// In arrears; the grace period is running.
    Grace,
}

/// The health of a funded deal: the contract's `get_deal_health` at the newest ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    pub level: HealthLevel,
    /// How long the money lasts at the rate of the last window; null if nothing was used.
    pub runway_secs: Option<u64>,
    pub arrears_stroops: Stroops,
    /// When the grace period ends.
    pub grace_until_ts: Option<u64>,
    /// The immediate refund if the consumer closes now.
    pub refund_if_closed_now_stroops: Stroops,
    /// The most that is refunded after the final report.
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
    /// The name under which the consumer's data is stored; may be empty until the deal is funded.
    pub repo_id: String,
    pub api: String,
    pub status: DealStatus,
    pub reason: EndReason,
    /// The deal has ended and its last money is settled.
    pub released: bool,
    pub created_ts: u64,
    /// The deal that replaced it.
    pub succeeded_by: Option<u32>,
    /// When a pending deal expires.
    pub accept_until_ts: Option<u64>,
    /// When an accepted deal expires.
    pub fund_until_ts: Option<u64>,
    /// When metering started.
    pub start_ts: Option<u64>,
    pub end_ts: Option<u64>,
    pub close_ts: Option<u64>,
    /// Until when a closed deal takes reports.
    pub final_until_ts: Option<u64>,
    /// The time up to which usage is reported.
    pub through_ts: Option<u64>,
    pub terms: Terms,
    /// Null until the deal is funded.
    pub usage: Option<Usage>,
    /// Null until the deal is funded.
    pub money: Option<Money>,
    /// Null unless the deal is funded and live.
    pub health: Option<Health>,
    /// Close time of the ledger to which `health` refers.
    pub as_of_ts: u64,
}

/// How well a window was served.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The window is too short, or service was not measured.
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
    /// Used in this window.
    pub storage_mb_secs: MbSecs,
    pub average_storage_mb: u64,
    pub egress_mb: u64,
    /// Null if it was not measured or is no longer known.
    pub latency_ms: Option<u32>,
    pub uptime_bps: Option<u32>,
    pub agreed_latency_ms: u32,
    pub agreed_uptime_bps: u32,
    pub verdict: Verdict,
    /// Credit on the storage of the window.
    pub credit_bps: u32,
    /// The report exceeded the agreed size and was capped.
    pub clipped: bool,
    /// Paid with this report, including the fee.
    pub paid_stroops: Stroops,
    pub ledger: u32,
    pub tx_hash: String,
}

/// An event of a deal.
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
    /// A sentence that says what happened.
    pub words: String,
    /// The event as published.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}
