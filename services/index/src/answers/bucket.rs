//! Buckets and quotes.

use super::{Stroops, Window};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketStatus {
    /// Listed.
    Active,
    /// Not listed.
    Inactive,
    /// Gone for good.
    Deleted,
}

/// What a bucket offers beside its price and SLA; the names are those of the filter `feature`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Features {
    pub versioning: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    /// Deals start accepted.
    pub auto_accept: bool,
}

/// A bucket as listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bucket {
    pub bucket_id: u32,
    pub name: String,
    /// The provider's own id of it.
    pub external_id: String,
    pub provider: String,
    pub provider_name: String,
    /// 0 to 100.
    pub provider_reputation: u32,
    pub region: String,
    pub country: String,
    /// API that clients speak, e.g. S3.
    pub api: String,
    /// Per GB and month of 30 days.
    pub storage_price_stroops: Stroops,
    /// Per GB.
    pub egress_price_stroops: Stroops,
    /// One funded deal takes the whole bucket; capacities are then 0 and mean nothing.
    pub exclusive: bool,
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    /// Not reserved yet; null where the bucket is exclusive.
    pub left_storage_mb: Option<u64>,
    pub left_egress_mb: Option<u64>,
    /// Agreed average latency.
    pub latency_ms: u32,
    /// Agreed average uptime: 9990 is 99.90 %.
    pub uptime_bps: u32,
    pub features: Features,
    pub access_scope: String,
    pub tags: Vec<String>,
    pub status: BucketStatus,
    /// Takes no deals: locked by its provider, or nothing left to reserve.
    pub locked: bool,
    pub created_ts: u64,
}

/// A bucket with its provider and the latest service of its deals.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketPage {
    pub bucket: Bucket,
    pub provider: super::Provider,
    /// Windows of the bucket's deals, newest first, at most 50.
    pub recent_service: Vec<Window>,
}

/// What a wish would cost at one bucket, by the contract's own formula.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quote {
    pub bucket: Bucket,
    /// The most that the deal can cost, fee included: the contract's `get_quote().price`.
    pub total_stroops: Stroops,
    pub storage_stroops: Stroops,
    pub egress_stroops: Stroops,
    /// The total over the months asked for, rounded down.
    pub per_month_stroops: Stroops,
    /// Least first deposit: the contract's `get_quote().min_fund`.
    pub min_fund_stroops: Stroops,
    /// Whether the bucket would take the deal now.
    pub fits: bool,
    /// Why not.
    pub reasons: Vec<String>,
}

/// What was asked for, as the contract counts it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wish {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
    /// The policy in force, under which the deal would be created.
    pub policy_version: u32,
    pub fee_bps: u32,
}

/// Quotes for a wish: cheapest first, those that fit before those that do not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quotes {
    pub wish: Wish,
    pub items: Vec<Quote>,
    /// Buckets that match the filters; `items` has the cheapest of them.
    pub matching: u64,
}
