//! A deal as it is asked for, agreed and shown.

use soroban_sdk::{contracttype, Address, String};

// For the links of the documentation, whose text goes into the contract's spec as it stands.
#[cfg(doc)]
use crate::deals::AnyoneCommands;
use crate::registry::{Bucket, Metering};

#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndReason {
    /// It has not ended.
    Open,
    /// The consumer closed it.
    Consumer,
    /// The provider's notice ran out.
    Notice,
    /// The provider left while no reports came.
    Silence,
    /// The agreed duration was over.
    Term,
    /// Arrears were older than the grace period.
    Grace,
    /// Critical windows in a row reached the limit.
    Strikes,
    /// A window to accept or to fund passed.
    Expired,
    /// The provider rejected it, or cancelled it before it was funded.
    Rejected,
    /// The consumer withdrew it before it was funded.
    Withdrawn,
}

/// What is agreed. Copied at creation, never changed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terms {
    pub consumer_id: Address,
    pub provider_id: Address,
    pub bucket_id: u32,
    pub api_compatibility: String,
    pub duration_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Money per GB and month of 30 days.
    pub price_per_gb_storage: u128,
    /// Money per GB.
    pub price_per_gb_egress: u128,
    pub sla_avg_latency_ms: u32,
    /// Basis points.
    pub sla_avg_uptime_pct: u32,
    pub asset: Address,
    pub policy_version: u32,
    pub created_ts: u64,
    /// Whose counts are billed.
    pub metering: Metering,
    /// The revision of the bucket's offer that was copied.
    pub offer_revision: u32,
    /// The deal that it replaces when it is funded.
    pub succeeds: Option<u32>,
}

/// A deal asked for, with the limits that the consumer's signature covers.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealRequest {
    pub provider_id: Address,
    pub bucket_id: u32,
    /// May be empty until funding; at most 128 bytes.
    pub fb_repo_id: String,
    /// 1 h – 5 years.
    pub duration_secs: u64,
    /// At most 2^40 each, their sum above 0.
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub api_compatibility: String,
    /// Refuse when the bucket asks for more per GB and month.
    pub max_price_storage: u128,
    /// Refuse when the bucket asks for more per GB of egress.
    pub max_price_egress: u128,
    /// Refuse when another policy is in force.
    pub policy_version: u32,
    /// Refuse when the bucket's offer has changed: price, SLA, features, region, kind of capacity, endpoint or
    /// metering.
    pub offer_revision: u32,
    /// A funded deal of the same parties on the same bucket, to be replaced when this one is funded.
    pub succeeds: Option<u32>,
}

/// A deal in the shape of the published client.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deal {
    pub deal_id: u32,
    pub consumer_id: Address,
    pub provider_id: Address,
    pub bucket_id: u32,
    pub fb_repo_id: String,
    pub api_compatibility: String,
    /// When metering started; 0 until funded.
    pub start_ts: u64,
    pub duration_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Average of the stage, else of the unsettled span.
    pub unpaid_storage_mb: u64,
    pub unpaid_egress_mb: u64,
    /// Average of the settled span.
    pub paid_storage_mb: u64,
    pub paid_egress_mb: u64,
    pub status: DealStatus,
    /// Locked in the escrow.
    pub balance_consumer: u128,
    /// Paid to the provider so far, net of the fee.
    pub balance_provider: u128,
    /// Last measured; 0 when never.
    pub sla_avg_latency_ms: u32,
    pub sla_avg_uptime_pct: u32,
    /// Always 0: credit is given in money.
    pub slash_storage_mb: u64,
    pub slash_egress_mb: u64,
    /// SLA credit so far.
    pub slash_amount_usd: u128,
    /// The watermark: usage is reported up to here.
    pub last_settled_ts: u64,
    pub reason: EndReason,
}

/// A deal with what a list shows of its parties.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealInfo {
    pub deal: Deal,
    pub bucket: Bucket,
    pub provider_name: String,
    pub provider_reputation: u32,
    pub consumer_name: String,
    pub consumer_reputation: u32,
}

/// What a deal would cost.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quote {
    /// Most that the deal can cost, fee included.
    pub price: i128,
    /// Least first deposit.
    pub min_fund: i128,
    pub asset: Address,
    pub fee_bps: u32,
    pub policy_version: u32,
}

/// What [`AnyoneCommands::advance_deal`] did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Advance {
    NothingDue = 0,
    Expired = 1,
    Closed = 2,
    Released = 3,
    CapacityFreed = 4,
    OutcomeWritten = 5,
}
