//! What providers, consumers and buckets look like to a caller.

use soroban_sdk::{contracttype, Address, Map, String, Vec};

use crate::admin::AdminConfig;

/// A storage provider. The three maps are part of the published client's shape and always empty:
/// lists are read page by page from their own queries.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provider {
    pub provider_id: Address,
    pub description: String,
    pub reputation: u32,
    pub registered_ts: u64,
    pub last_update_ts: u64,
    /// Buckets that are not deleted.
    pub units_count: u32,
    pub deleted: bool,
    pub buckets: Map<u32, u64>,
    pub deals: Map<u32, u64>,
    pub active_deals: Map<u32, u64>,
}

/// A consumer of storage. The two maps are always empty, as in [`Provider`].
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consumer {
    pub consumer_id: Address,
    pub description: String,
    pub reputation: u32,
    pub registered_ts: u64,
    pub last_update_ts: u64,
    pub deleted: bool,
    pub deals: Map<u32, u64>,
    pub active_deals: Map<u32, u64>,
}

#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BucketStatus {
    /// Listed.
    Active,
    /// Not listed.
    Inactive,
    /// Gone for good; the record stays readable.
    Deleted,
}

/// Whose counts a deal is billed by.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metering {
    /// A gateway between the parties counts.
    Gateway,
    /// The provider counts; the consumer trusts it.
    Provider,
}

/// What a bucket offers beside its price and SLA.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketFeatures {
    pub versioning_enabled: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    /// Free text, e.g. "private" or "public-read"; at most 32 bytes.
    pub access_scope: String,
    /// Deals in this asset and under this policy start Accepted, others wait for the provider: so nobody binds
    /// it to a fee or an asset that it never saw. Without an asset all wait.
    pub auto_accept_asset: Option<Address>,
    pub auto_accept_policy: u32,
    /// At most 8 tags of at most 32 bytes.
    pub tags: Vec<String>,
}

/// A bucket as listed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    pub bucket_id: u32,
    pub name: String,
    pub region: String,
    pub country: String,
    pub provider_id: Address,
    pub fb_bucket_id: String,
    /// Money per GB and month of 30 days.
    pub price_per_gb_storage: u128,
    /// Money per GB.
    pub price_per_gb_egress: u128,
    /// Both capacities 0: exclusive, one funded deal takes the whole bucket.
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub versioning_enabled: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    pub api_compatibility: String,
    pub sla_avg_latency_ms: u32,
    /// Basis points: 9990 = 99.90 %.
    pub sla_avg_uptime_pct: u32,
    pub access_scope: String,
    pub tags: Vec<String>,
    pub created_ts: u64,
    pub status: BucketStatus,
    /// Locked by its provider, or nothing left to reserve.
    pub locked: bool,
    pub auto_accept: bool,
    /// What `auto_accept` holds for.
    pub auto_accept_asset: Option<Address>,
    pub auto_accept_policy: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    /// URL of the bucket's API; may be empty.
    pub endpoint: String,
    pub metering: Metering,
    /// Counts the changes of price, SLA, features, region, country, kind of capacity, endpoint and metering.
    pub offer_revision: u32,
}

/// A bucket with what a buyer wants to know of its provider.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketMarketplace {
    pub bucket_id: u32,
    pub name: String,
    pub region: String,
    pub country: String,
    pub provider_id: Address,
    /// The provider's description.
    pub provider_name: String,
    pub provider_reputation: u32,
    pub fb_bucket_id: String,
    pub price_per_gb_storage: u128,
    pub price_per_gb_egress: u128,
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub versioning_enabled: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    pub api_compatibility: String,
    pub sla_avg_latency_ms: u32,
    pub sla_avg_uptime_pct: u32,
    pub access_scope: String,
    pub tags: Vec<String>,
    pub created_ts: u64,
    pub status: BucketStatus,
    pub locked: bool,
    pub auto_accept: bool,
    pub auto_accept_asset: Option<Address>,
    pub auto_accept_policy: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    pub endpoint: String,
    pub metering: Metering,
    pub offer_revision: u32,
}

/// What `deals` copies into a new deal.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing {
    pub provider_id: Address,
    pub api_compatibility: String,
    pub price_per_gb_storage: u128,
    pub price_per_gb_egress: u128,
    pub sla_avg_latency_ms: u32,
    pub sla_avg_uptime_pct: u32,
    pub auto_accept_asset: Option<Address>,
    pub auto_accept_policy: u32,
    pub metering: Metering,
    pub offer_revision: u32,
}

/// What `deals` asks for when it lists deals: one item a deal.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartiesQuery {
    pub bucket_id: u32,
    pub provider: Address,
    pub consumer: Address,
}

/// The registry's part of a listed deal.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parties {
    pub bucket: Bucket,
    /// The descriptions; empty when unknown.
    pub provider_name: String,
    pub consumer_name: String,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegistryConfig {
    pub admin: AdminConfig,
    pub deals: Address,
    pub reputation: Address,
}
