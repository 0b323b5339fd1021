//! What anyone may read.

use soroban_sdk::{contractclient, Address, Env, Map, Vec};

use crate::registry::*;

/// Lists are newest first: `skip` counts from the newest, `take` is clamped to 50,
/// or to 20 where each item joins `reputation` or several entries. Queries never
/// write.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait Queries {
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
    /// # Arguments
    /// * `replaced_mb` - storage and egress of the deal that the new one is to replace: then the bucket may be
    ///   unlisted, locked or full, and only the difference has to fit
    ///
    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::ConsumerNotFound`],
    /// [`RegistryError::BucketNotFound`], [`RegistryError::NotBucketProvider`],
    /// [`RegistryError::BucketDeleted`], [`RegistryError::BucketInactive`],
    /// [`RegistryError::BucketLocked`], [`RegistryError::BucketTaken`], [`RegistryError::CapacityExceeded`],
    /// [`RegistryError::ReleaseExceedsReserved`]
    ///
    /// Authorisation: none, it is a query.
    fn get_listing(
        env: Env,
        bucket_id: u32,
        provider_id: Address,
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
        replaced_mb: Option<(u64, u64)>,
    ) -> Result<Listing, RegistryError>;

    /// The registry's part of a page of deals; at most 20.
    ///
    /// # Errors
    /// [`RegistryError::TooManyItems`], [`RegistryError::BucketNotFound`]
    fn get_parties(env: Env, of: Vec<PartiesQuery>) -> Result<Vec<Parties>, RegistryError>;

    fn get_config(env: Env) -> RegistryConfig;
}
