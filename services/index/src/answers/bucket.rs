//! Buckets and quotes.

use super::{Stroops, Window};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BucketStatus {
    /// The bucket is listed.
    Active,
    /// The bucket is not listed.
    Inactive,
    /// The bucket is deleted for good.
    Deleted,
}

/// Whose counts a deal is billed by.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metering {
    /// A gateway between the parties counts.
    Gateway,
    /// The provider counts.
    Provider,
}

/// Features of a bucket; the names are those of the filter `feature`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Features {
    pub versioning: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    /// New deals are accepted automatically, under one policy: see `auto_accept_policy`.
    pub auto_accept: bool,
}

/// A bucket as listed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bucket {
    pub bucket_id: u32,
    pub name: String,
    /// The id that the provider's storage uses in its logs.
    pub external_id: String,
    pub provider: String,
    pub provider_name: String,
    /// 0 to 100.
    pub provider_reputation: u32,
    pub region: String,
    pub country: String,
    /// The API that clients use, for example S3.
    pub api: String,
    /// Per GB per month of 30 days.
    pub storage_price_stroops: Stroops,
    /// Per GB.
    pub egress_price_stroops: Stroops,
    /// One funded deal takes the whole bucket. The capacities are then 0 and have no meaning.
    pub exclusive: bool,
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    /// The capacity that is not reserved yet; null if the bucket is exclusive.
    pub left_storage_mb: Option<u64>,
    pub left_egress_mb: Option<u64>,
    /// The promised average latency.
    pub latency_ms: u32,
    /// The promised average uptime: 9990 is 99.90 %.
    pub uptime_bps: u32,
    pub features: Features,
    /// The version of the policy under which deals are accepted automatically; others wait for the provider. 0 if
    /// all wait.
    pub auto_accept_policy: u32,
    /// The URL of the bucket's API; may be empty.
    pub endpoint: String,
    pub metering: Metering,
    /// Counts the changes of the offer; `create_deal_at` signs it.
    pub offer_revision: u32,
    pub access_scope: String,
    pub tags: Vec<String>,
    pub status: BucketStatus,
    /// Takes no deals: its provider locked it, or it has no free capacity.
    pub locked: bool,
    pub created_ts: u64,
}

/// A bucket with its provider and the recent service of its deals.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketPage {
    pub bucket: Bucket,
    pub provider: super::Provider,
    /// Windows of the bucket's deals, newest first, at most 50.
    pub recent_service: Vec<Window>,
}

/// The cost of the requested storage at one bucket, computed with the contract's formula.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quote {
    pub bucket: Bucket,
    /// The maximum cost of the deal, including the fee: the contract's `get_quote().price`.
    pub total_stroops: Stroops,
    pub storage_stroops: Stroops,
    pub egress_stroops: Stroops,
    /// The total divided by the requested months, rounded down.
    pub per_month_stroops: Stroops,
    /// The minimum first deposit: the contract's `get_quote().min_fund`.
    pub min_fund_stroops: Stroops,
    /// Whether the bucket would accept the deal now.
    pub fits: bool,
    /// Why the bucket would not accept it.
    pub reasons: Vec<String>,
}

/// The request in the contract's units.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wish {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
    /// The current policy, under which the deal would be created.
    pub policy_version: u32,
    pub fee_bps: u32,
}

/// Quotes for a request: cheapest first; buckets that fit come before those that do not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quotes {
    pub wish: Wish,
    pub items: Vec<Quote>,
    /// The number of buckets that match the filters; `items` has the cheapest of them.
    pub matching: u64,
}
