//! Registry: providers, consumers, buckets, and the capacity that deals reserve on them.

use soroban_sdk::{
    contractclient, contracterror, contractevent, contracttype, Address, Env, Map, String, Vec,
};

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
    /// Deals on this bucket start Accepted.
    pub auto_accept: bool,
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
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
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
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
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
    pub auto_accept: bool,
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

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum RegistryError {
    /// New obligations are refused until the pause ends.
    Paused = 3000,
    ProviderNotFound = 3001,
    ProviderExists = 3002,
    ConsumerNotFound = 3003,
    ConsumerExists = 3004,
    /// The provider has buckets that are not deleted.
    ProviderHasBuckets = 3005,
    BucketNotFound = 3006,
    /// The bucket belongs to another provider.
    NotBucketProvider = 3007,
    /// The bucket is deleted.
    BucketDeleted = 3008,
    /// The bucket is not listed.
    BucketInactive = 3009,
    /// The bucket is locked by its provider.
    BucketLocked = 3010,
    /// The bucket is not locked.
    BucketNotLocked = 3011,
    /// Something is reserved on the bucket.
    BucketReserved = 3012,
    /// The deal does not fit into what is left of the bucket.
    CapacityExceeded = 3013,
    /// Capacity below what is reserved.
    CapacityBelowReserved = 3014,
    /// One capacity is 0 and the other is not, or one is above 2^30 GB.
    CapacityOutOfBounds = 3015,
    /// An exclusive bucket has its one funded deal.
    BucketTaken = 3016,
    /// The repository id is used by another funded deal of the bucket.
    RepoIdTaken = 3017,
    /// More is to be released than is reserved.
    ReleaseExceedsReserved = 3018,
    /// Every id (u32) of this kind is used.
    IdsExhausted = 3019,
    /// 1 to 64 bytes.
    NameLength = 3020,
    /// At most 32 bytes.
    RegionLength = 3021,
    /// At most 32 bytes.
    CountryLength = 3022,
    /// 1 to 32 bytes.
    ApiLength = 3023,
    /// 1 to 128 bytes.
    ExternalIdLength = 3024,
    /// At most 256 bytes.
    DescriptionLength = 3025,
    /// At most 32 bytes.
    TagLength = 3026,
    /// At most 8 tags.
    TooManyTags = 3027,
    /// At most 32 bytes.
    AccessScopeLength = 3028,
    /// A storage price above 10^13.
    StoragePriceTooHigh = 3029,
    /// An egress price above 10^13.
    EgressPriceTooHigh = 3030,
    /// 1 to 60_000 ms.
    LatencyOutOfBounds = 3031,
    /// 5_000 to 10_000 basis points.
    UptimeOutOfBounds = 3032,
    /// A bucket is deleted with `delete_bucket`, not by a status.
    StatusNotSettable = 3033,
    /// The update names no field.
    NothingToUpdate = 3034,
    /// More than 20 items asked for in one call.
    TooManyItems = 3035,
    /// The bucket is locked already.
    BucketAlreadyLocked = 3036,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderRegistered {
    #[topic]
    pub provider_id: Address,
    pub description: String,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderUpdated {
    #[topic]
    pub provider_id: Address,
    pub description: String,
}

/// A provider left, or was removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderDeleted {
    #[topic]
    pub provider_id: Address,
    pub by_owner: bool,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerRegistered {
    #[topic]
    pub consumer_id: Address,
    pub description: String,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerUpdated {
    #[topic]
    pub consumer_id: Address,
    pub description: String,
}

/// A consumer left, or was removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerDeleted {
    #[topic]
    pub consumer_id: Address,
    pub by_owner: bool,
}

/// A bucket was listed.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketCreated {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub bucket: Bucket,
}

/// Any change by the provider; the bucket is given as it is afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketUpdated {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub bucket: Bucket,
}

/// A bucket was deleted by its provider, or removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketRemoved {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub by_owner: bool,
}

/// A funded deal took capacity; the totals are those afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CapacityReserved {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub deal_id: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
}

/// A closed deal gave its capacity back; the totals are those afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CapacityReleased {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub deal_id: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
}

/// Lists are newest first: `skip` counts from the newest, `take` is clamped to 50 (20 where an
/// answer joins `reputation` or several entries an item). Queries never write.
#[contractclient(name = "RegistryClient")]
pub trait RegistryInterface {
    /// Registers a provider, or revives a deleted one.
    ///
    /// # Arguments
    /// * `description` - at most 256 bytes; shown as the provider's name
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ProviderExists`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ProviderRegistered`]
    ///
    /// Authorisation: `provider_id`.
    fn register_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Registers a consumer, or revives a deleted one.
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ConsumerExists`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ConsumerRegistered`]
    ///
    /// Authorisation: `consumer_id`.
    fn register_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Registers an address in both roles; fails when it has either.
    ///
    /// # Errors
    /// As [`RegistryInterface::register_provider`] and [`RegistryInterface::register_consumer`].
    ///
    /// # Events
    /// [`ProviderRegistered`], [`ConsumerRegistered`]
    ///
    /// Authorisation: `user_id`.
    fn register_full_user(
        env: Env,
        user_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ProviderUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn update_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// # Errors
    /// [`RegistryError::ConsumerNotFound`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ConsumerUpdated`]
    ///
    /// Authorisation: `consumer_id`.
    fn update_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Marks a provider deleted: it makes no new deals. Its buckets must be deleted first.
    ///
    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::ProviderHasBuckets`]
    ///
    /// # Events
    /// [`ProviderDeleted`]
    ///
    /// Authorisation: `provider_id`.
    fn delete_provider(env: Env, provider_id: Address) -> Result<(), RegistryError>;

    /// Marks a consumer deleted: it makes no new deals. Running deals are untouched.
    ///
    /// # Errors
    /// [`RegistryError::ConsumerNotFound`]
    ///
    /// # Events
    /// [`ConsumerDeleted`]
    ///
    /// Authorisation: `consumer_id`.
    fn delete_consumer(env: Env, consumer_id: Address) -> Result<(), RegistryError>;

    /// As [`RegistryInterface::delete_provider`]. Authorisation: owner.
    fn remove_provider(env: Env, id: Address) -> Result<(), RegistryError>;
    /// As [`RegistryInterface::delete_consumer`]. Authorisation: owner.
    fn remove_consumer(env: Env, id: Address) -> Result<(), RegistryError>;
    /// As [`RegistryInterface::delete_bucket`]. Authorisation: owner.
    fn remove_bucket(env: Env, bucket_id: u32) -> Result<(), RegistryError>;

    /// Lists a bucket. It starts Active, unlocked, exclusive and without features.
    ///
    /// # Arguments
    /// * `name` - 1 to 64 bytes
    /// * `region` - at most 32 bytes
    /// * `fb_bucket_id` - the network's id of the bucket, 1 to 128 bytes
    /// * `api_compatibility` - e.g. "S3", 1 to 32 bytes; compared as ASCII without case
    /// * `price_per_gb_storage` - money per GB and month of 30 days, at most 10^13
    /// * `price_per_gb_egress` - money per GB, at most 10^13
    /// * `sla_avg_latency_ms` - 1 to 60_000
    /// * `sla_avg_uptime_pct` - basis points, 5_000 to 10_000
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ProviderNotFound`], and the error of each bound.
    ///
    /// # Events
    /// [`BucketCreated`]
    ///
    /// Authorisation: `provider_id`.
    fn create_bucket(
        env: Env,
        provider_id: Address,
        name: String,
        region: String,
        fb_bucket_id: String,
        api_compatibility: String,
        price_per_gb_storage: u128,
        price_per_gb_egress: u128,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
    ) -> Result<u32, RegistryError>;

    /// Changes texts; `None` leaves a field as it is.
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::BucketNotFound`], [`RegistryError::NotBucketProvider`],
    /// [`RegistryError::BucketDeleted`], [`RegistryError::NothingToUpdate`], and the error of each bound.
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn update_bucket_basic(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        name: Option<String>,
        region: Option<String>,
        country: Option<String>,
    ) -> Result<(), RegistryError>;

    /// Changes the conditions of deals created afterwards; `None` leaves a field as it is.
    ///
    /// # Errors
    /// As [`RegistryInterface::update_bucket_basic`].
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn update_bucket_conditions(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        name: Option<String>,
        region: Option<String>,
        price_per_gb_storage: Option<u128>,
        price_per_gb_egress: Option<u128>,
        sla_avg_latency_ms: Option<u32>,
        sla_avg_uptime_pct: Option<u32>,
    ) -> Result<(), RegistryError>;

    /// Both 0: exclusive; both above 0: shared by as many deals as fit. Never below what is
    /// reserved; a bucket with a reservation does not change between the two.
    ///
    /// # Errors
    /// As [`RegistryInterface::update_bucket_basic`], [`RegistryError::CapacityOutOfBounds`],
    /// [`RegistryError::CapacityBelowReserved`], [`RegistryError::BucketReserved`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn set_bucket_capacity(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        max_storage_gb: u64,
        max_egress_gb: u64,
    ) -> Result<(), RegistryError>;

    /// # Errors
    /// As [`RegistryInterface::update_bucket_basic`], [`RegistryError::TooManyTags`],
    /// [`RegistryError::TagLength`], [`RegistryError::AccessScopeLength`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn set_bucket_features(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        features: BucketFeatures,
    ) -> Result<(), RegistryError>;

    /// Active or Inactive.
    ///
    /// # Errors
    /// As [`RegistryInterface::update_bucket_basic`], [`RegistryError::StatusNotSettable`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn set_bucket_status(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        status: BucketStatus,
    ) -> Result<(), RegistryError>;

    /// The bucket stays listed but takes no new deals. Works while paused: it only refuses.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::NotBucketProvider`],
    /// [`RegistryError::BucketDeleted`], [`RegistryError::BucketAlreadyLocked`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn lock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError>;

    /// # Errors
    /// As [`RegistryInterface::lock_bucket`], [`RegistryError::Paused`], [`RegistryError::BucketNotLocked`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn unlock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError>;

    /// Deletes a bucket on which nothing is reserved; its record stays readable.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::NotBucketProvider`],
    /// [`RegistryError::BucketDeleted`], [`RegistryError::BucketReserved`]
    ///
    /// # Events
    /// [`BucketRemoved`]
    ///
    /// Authorisation: `provider_id`.
    fn delete_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError>;

    fn get_provider(env: Env, id: Address) -> Option<Provider>;
    fn get_consumer(env: Env, id: Address) -> Option<Consumer>;
    /// All ever registered, as paging needs.
    fn get_provider_count(env: Env) -> u32;
    fn get_consumer_count(env: Env) -> u32;
    fn get_bucket_count(env: Env) -> u32;
    /// At most 20 a page. A map is ordered by address; `get_provider_list` keeps newest first.
    fn get_providers(env: Env, skip: u32, take: u32) -> Map<Address, Provider>;
    fn get_consumers(env: Env, skip: u32, take: u32) -> Map<Address, Consumer>;
    /// At most 20 a page, newest first.
    fn get_provider_list(env: Env, skip: u32, take: u32) -> Vec<Provider>;
    fn get_consumer_list(env: Env, skip: u32, take: u32) -> Vec<Consumer>;
    fn get_bucket(env: Env, bucket_id: u32) -> Option<Bucket>;
    /// Listed and unlisted buckets that are not deleted, newest first, at most 20; a page is a
    /// window of ids and may be short.
    fn get_buckets(env: Env, skip: u32, take: u32) -> Vec<BucketMarketplace>;
    /// The newest 50 of a provider's buckets, deleted ones too.
    fn get_buckets_by_provider(env: Env, provider_id: Address) -> Vec<Bucket>;
    /// A page of a provider's buckets, at most 50, deleted ones too.
    fn get_buckets_by_provider_page(
        env: Env,
        provider_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<Bucket>;

    /// What `deals` needs to create a deal of this size on this bucket, checked in one call: both
    /// parties registered, bucket listed, unlocked, the provider's, and large enough.
    ///
    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::ConsumerNotFound`],
    /// [`RegistryError::BucketNotFound`], [`RegistryError::NotBucketProvider`],
    /// [`RegistryError::BucketDeleted`], [`RegistryError::BucketInactive`],
    /// [`RegistryError::BucketLocked`], [`RegistryError::BucketTaken`], [`RegistryError::CapacityExceeded`]
    ///
    /// Authorisation: none, it is a query.
    fn get_listing(
        env: Env,
        bucket_id: u32,
        provider_id: Address,
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<Listing, RegistryError>;

    /// The registry's part of a page of deals; at most 20.
    ///
    /// # Errors
    /// [`RegistryError::TooManyItems`], [`RegistryError::BucketNotFound`]
    fn get_parties(env: Env, of: Vec<PartiesQuery>) -> Result<Vec<Parties>, RegistryError>;

    /// Takes capacity for a deal that is being funded, and its repository id on that bucket. A
    /// lock, a status or new conditions set since the deal was created do not matter: they are for
    /// deals created afterwards.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::BucketDeleted`],
    /// [`RegistryError::ExternalIdLength`], [`RegistryError::RepoIdTaken`],
    /// [`RegistryError::BucketTaken`], [`RegistryError::CapacityExceeded`]
    ///
    /// # Events
    /// [`CapacityReserved`]
    ///
    /// Authorisation: `deals`.
    fn reserve(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), RegistryError>;

    /// Gives the capacity and the repository id of a closed deal back.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::ReleaseExceedsReserved`]
    ///
    /// # Events
    /// [`CapacityReleased`]
    ///
    /// Authorisation: `deals`.
    fn release(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), RegistryError>;

    fn get_config(env: Env) -> RegistryConfig;
}
