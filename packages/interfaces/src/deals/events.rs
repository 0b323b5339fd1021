//! What `deals` says about each change.

use soroban_sdk::{contractevent, Address, String, Vec};

// For the links of the documentation, whose text goes into the contract's spec as it stands.
#[cfg(doc)]
use super::report_flags;
use super::{DealStatus, EndReason, Policy, Stage, Terms};

/// A consumer asked for a deal; with `accepted` the bucket accepts by itself.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealCreated {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub terms: Terms,
    pub fb_repo_id: String,
    pub accepted: bool,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealAccepted {
    #[topic]
    pub deal_id: u32,
    pub fund_until_ts: u64,
}

/// An unfunded deal ended.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealDropped {
    #[topic]
    pub deal_id: u32,
    pub reason: EndReason,
}

/// Metering starts.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealFunded {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub amount: i128,
    pub fb_repo_id: String,
    pub page: u32,
    pub start_ts: u64,
    pub end_ts: u64,
}

/// A deal replaced another in the second that it was funded.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealSucceeded {
    /// The deal that was replaced.
    #[topic]
    pub deal_id: u32,
    pub successor: u32,
}

/// Money was added; `locked` is what the deal holds afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealToppedUp {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub from: Address,
    pub amount: i128,
    pub locked: i128,
}

/// The consumer took surplus back; `locked` is what the deal holds afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DepositReduced {
    #[topic]
    pub deal_id: u32,
    pub amount: i128,
    pub locked: i128,
}

/// The provider gave notice: the deal ends at `end_ts`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoticeGiven {
    #[topic]
    pub deal_id: u32,
    pub end_ts: u64,
    /// No report had come for the policy's `silence_secs`.
    pub under_silence: bool,
}

/// (deal_id, storage_mb_secs, egress_mb, through_ts, flags, paid): totals as applied, [`report_flags`], and
/// the gross amount paid with them.
pub type ReportItem = (u32, u128, u64, u64, u32, i128);

/// Reports were applied, and settled where that was asked for.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reported {
    /// [`ReportItem`]s.
    pub items: Vec<(u32, u128, u64, u64, u32, i128)>,
}

/// A report said more than is agreed for the time since the last one; the agreed was applied.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportClipped {
    #[topic]
    pub deal_id: u32,
    pub reported_storage_mb_secs: u128,
    pub applied_storage_mb_secs: u128,
    pub reported_egress_mb: u64,
    pub applied_egress_mb: u64,
}

/// (deal_id, paid gross, arrears left).
pub type SettledItem = (u32, i128, i128);

/// Deals were settled.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settled {
    /// [`SettledItem`]s.
    pub items: Vec<(u32, i128, i128)>,
}

/// The money covers what is owed and little more: the grace period runs.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArrearsBegan {
    #[topic]
    pub deal_id: u32,
}

/// The minimum runway is covered again: the grace period ended.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArrearsCleared {
    #[topic]
    pub deal_id: u32,
}

/// A window was staged by the single-deal calls.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WindowStaged {
    #[topic]
    pub deal_id: u32,
    pub stage: Stage,
}

/// A deal was closed. `status` and `reason` are provisional until it is released. `paid` and `refund`
/// are those of closing; what is `held` is settled by the final report.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealClosed {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub status: DealStatus,
    pub reason: EndReason,
    pub close_ts: u64,
    pub paid: i128,
    pub refund: i128,
    pub held: i128,
}

/// The last money of a deal was settled: its outcome is final. The totals are those of its whole life.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealReleased {
    #[topic]
    pub deal_id: u32,
    pub status: DealStatus,
    pub reason: EndReason,
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    /// Gross, the fee in it.
    pub paid_total: i128,
    pub credited: i128,
    /// With this release.
    pub refund: i128,
}

/// The bucket's capacity was given back (`outcome` false), or the outcome written to `reputation`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealSynced {
    #[topic]
    pub deal_id: u32,
    pub outcome: bool,
}

/// The owner deleted the record of a deal that is over.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealDeleted {
    #[topic]
    pub deal_id: u32,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyAdded {
    #[topic]
    pub version: u32,
    pub policy: Policy,
}

/// An oracle takes over at `from_ts`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleScheduled {
    #[topic]
    pub oracle: Address,
    pub from_ts: u64,
}

/// A scheduled oracle does not take over.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleCancelled {
    #[topic]
    pub oracle: Address,
}

/// Reports stop until the next oracle.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleSuspended {
    #[topic]
    pub oracle: Address,
}
