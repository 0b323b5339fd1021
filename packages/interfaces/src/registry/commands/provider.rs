//! What a provider may call.

use soroban_sdk::{contractclient, Address, Env, String};

use crate::registry::*;

/// Commands on buckets, which their provider signs.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait ProviderCommands {
    /// Lists a bucket. It starts Active, unlocked, exclusive and without features.
    ///
    /// # Arguments
    /// * `name` - 1 to 64 bytes
    /// * `region` - at most 32 bytes
    /// * `fb_bucket_id` - the network's id of the bucket, 1 to 128 bytes; of one provider, no two buckets
    ///   that are not deleted have the same
    /// * `api_compatibility` - e.g. "S3", 1 to 32 bytes; compared as ASCII without case
    /// * `price_per_gb_storage` - money per GB and month of 30 days, at most 10^13
    /// * `price_per_gb_egress` - money per GB, at most 10^13
    /// * `sla_avg_latency_ms` - 1 to 60_000
    /// * `sla_avg_uptime_pct` - basis points, 5_000 to 10_000
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ProviderNotFound`],
    /// [`RegistryError::ExternalIdTaken`], and the error of each bound.
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
    /// As [`ProviderCommands::update_bucket_basic`].
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
    /// As [`ProviderCommands::update_bucket_basic`], [`RegistryError::CapacityOutOfBounds`],
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

    /// Replaces what a bucket offers beside price and SLA. Accepting by itself holds for one policy and one
    /// asset, which the provider names, so that nobody binds it to terms that it never saw.
    ///
    /// # Errors
    /// As [`ProviderCommands::update_bucket_basic`], [`RegistryError::TooManyTags`],
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

    /// Where the bucket's API is, and whose counts its deals are billed by. A new bucket has no endpoint and
    /// is metered by a gateway.
    ///
    /// # Arguments
    /// * `endpoint` - a URL (http or https) of at most 128 bytes; may be empty
    ///
    /// # Errors
    /// As [`ProviderCommands::update_bucket_basic`], [`RegistryError::EndpointNotUrl`]
    ///
    /// # Events
    /// [`BucketUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn set_bucket_service(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        endpoint: String,
        metering: Metering,
    ) -> Result<(), RegistryError>;

    /// Active or Inactive.
    ///
    /// # Errors
    /// As [`ProviderCommands::update_bucket_basic`], [`RegistryError::StatusNotSettable`]
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
    /// As [`ProviderCommands::lock_bucket`], [`RegistryError::Paused`], [`RegistryError::BucketNotLocked`]
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
}
