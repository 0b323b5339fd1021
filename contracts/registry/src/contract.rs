//! Who may call: TTL, authorisation, pause, one call. Nothing else happens here.

use flash_common::{
    admin::{self, Administered},
    ensure,
    pause::{self, ExpiringPause},
    ttl,
};
use flash_interfaces::{
    admin::AdminError,
    registry::{
        Bucket, BucketFeatures, BucketMarketplace, BucketStatus, Consumer, Listing, Parties,
        PartiesQuery, Provider, RegistryConfig, RegistryError, RegistryInterface,
    },
    reputation::Role,
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, Map, String, Vec};

use crate::{bucket, capacity, change, party, query, storage};

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

contractmeta!(key = "name", val = "FlashOnStellar registry");
contractmeta!(
    key = "Description",
    val = "Providers, consumers and buckets of storage, and the capacity that deals reserve"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

#[contract]
pub struct Registry;

/// First line of a command that starts or changes obligations.
fn not_paused(env: &Env) -> Result<(), RegistryError> {
    ensure!(!pause::is_paused(env), RegistryError::Paused);
    Ok(())
}

#[contractimpl]
impl Registry {
    /// Fixes the owner, the `deals` contract that reserves capacity, the `reputation` contract that
    /// queries join, and the delay of upgrades in seconds.
    pub fn __constructor(
        env: Env,
        owner: Address,
        deals: Address,
        reputation: Address,
        upgrade_delay_secs: u64,
    ) -> Result<(), AdminError> {
        admin::init(&env, &owner, upgrade_delay_secs, SCHEMA)?;
        storage::set_links(&env, &deals, &reputation);
        Ok(())
    }

    /// Brings what is stored to the shapes of this code. Authorisation: owner.
    pub fn migrate(env: Env) -> Result<(), AdminError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        admin::finish_migration(&env, SCHEMA)
    }
}

#[contractimpl]
impl RegistryInterface for Registry {
    /// Registers a provider, or revives a deleted one. Authorisation: `provider_id`.
    fn register_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        party::register(&env, Role::Provider, provider_id, description)
    }

    /// Registers a consumer, or revives a deleted one. Authorisation: `consumer_id`.
    fn register_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        consumer_id.require_auth();
        not_paused(&env)?;
        party::register(&env, Role::Consumer, consumer_id, description)
    }

    /// Registers an address in both roles; fails when it has either. Authorisation: `user_id`.
    fn register_full_user(
        env: Env,
        user_id: Address,
        description: String,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        user_id.require_auth();
        not_paused(&env)?;
        party::register_both(&env, user_id, description)
    }

    /// Changes a provider's description. Authorisation: `provider_id`.
    fn update_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        party::update(&env, Role::Provider, provider_id, description)
    }

    /// Changes a consumer's description. Authorisation: `consumer_id`.
    fn update_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        consumer_id.require_auth();
        party::update(&env, Role::Consumer, consumer_id, description)
    }

    /// Marks a provider without buckets deleted. Authorisation: `provider_id`.
    fn delete_provider(env: Env, provider_id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        party::delete(&env, Role::Provider, provider_id, false)
    }

    /// Marks a consumer deleted; running deals are untouched. Authorisation: `consumer_id`.
    fn delete_consumer(env: Env, consumer_id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        consumer_id.require_auth();
        party::delete(&env, Role::Consumer, consumer_id, false)
    }

    /// Marks a provider without buckets deleted. Authorisation: owner.
    fn remove_provider(env: Env, id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        party::delete(&env, Role::Provider, id, true)
    }

    /// Marks a consumer deleted; running deals are untouched. Authorisation: owner.
    fn remove_consumer(env: Env, id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        party::delete(&env, Role::Consumer, id, true)
    }

    /// Deletes a bucket on which nothing is reserved. Authorisation: owner.
    fn remove_bucket(env: Env, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        bucket::delete(&env, None, bucket_id)
    }

    /// Lists a bucket and returns its id: Active, unlocked, exclusive, without features. Uptime in
    /// basis points. Authorisation: `provider_id`.
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
    ) -> Result<u32, RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        bucket::create(
            &env,
            provider_id,
            name,
            region,
            fb_bucket_id,
            api_compatibility,
            price_per_gb_storage,
            price_per_gb_egress,
            sla_avg_latency_ms,
            sla_avg_uptime_pct,
        )
    }

    /// Changes texts; void leaves a field as it is. Authorisation: `provider_id`.
    fn update_bucket_basic(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        name: Option<String>,
        region: Option<String>,
        country: Option<String>,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::basic(&env, &provider_id, bucket_id, name, region, country)
    }

    /// Changes the conditions of deals created afterwards; void leaves a field as it is.
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
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::conditions(
            &env,
            &provider_id,
            bucket_id,
            name,
            region,
            price_per_gb_storage,
            price_per_gb_egress,
            sla_avg_latency_ms,
            sla_avg_uptime_pct,
        )
    }

    /// Both 0: exclusive; both above 0: shared. Never below what is reserved.
    /// Authorisation: `provider_id`.
    fn set_bucket_capacity(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        max_storage_gb: u64,
        max_egress_gb: u64,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::capacity(&env, &provider_id, bucket_id, max_storage_gb, max_egress_gb)
    }

    /// Replaces what a bucket offers beside price and SLA. Authorisation: `provider_id`.
    fn set_bucket_features(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        features: BucketFeatures,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::features(&env, &provider_id, bucket_id, features)
    }

    /// Active (listed) or Inactive (not listed). Authorisation: `provider_id`.
    fn set_bucket_status(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        status: BucketStatus,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::status(&env, &provider_id, bucket_id, status)
    }

    /// The bucket stays listed but takes no new deals. Authorisation: `provider_id`.
    fn lock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        change::lock(&env, &provider_id, bucket_id)
    }

    /// The bucket takes new deals again. Authorisation: `provider_id`.
    fn unlock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::unlock(&env, &provider_id, bucket_id)
    }

    /// Deletes a bucket on which nothing is reserved; its record stays readable.
    /// Authorisation: `provider_id`.
    fn delete_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        bucket::delete(&env, Some(&provider_id), bucket_id)
    }

    /// A provider with its score, deleted or not; void when it never registered.
    fn get_provider(env: Env, id: Address) -> Option<Provider> {
        query::provider(&env, id)
    }

    /// A consumer with its score, deleted or not; void when it never registered.
    fn get_consumer(env: Env, id: Address) -> Option<Consumer> {
        query::consumer(&env, id)
    }

    /// Providers ever registered.
    fn get_provider_count(env: Env) -> u32 {
        storage::party_count(&env, Role::Provider)
    }

    /// Consumers ever registered.
    fn get_consumer_count(env: Env) -> u32 {
        storage::party_count(&env, Role::Consumer)
    }

    /// Buckets ever made.
    fn get_bucket_count(env: Env) -> u32 {
        storage::bucket_count(&env)
    }

    /// A page of at most 20, from the newest, ordered by address.
    fn get_providers(env: Env, skip: u32, take: u32) -> Map<Address, Provider> {
        query::providers(&env, skip, take)
    }

    /// A page of at most 20, from the newest, ordered by address.
    fn get_consumers(env: Env, skip: u32, take: u32) -> Map<Address, Consumer> {
        query::consumers(&env, skip, take)
    }

    /// A page of at most 20, newest first.
    fn get_provider_list(env: Env, skip: u32, take: u32) -> Vec<Provider> {
        query::provider_list(&env, skip, take)
    }

    /// A page of at most 20, newest first.
    fn get_consumer_list(env: Env, skip: u32, take: u32) -> Vec<Consumer> {
        query::consumer_list(&env, skip, take)
    }

    /// A bucket, deleted or not; void when it was never made.
    fn get_bucket(env: Env, bucket_id: u32) -> Option<Bucket> {
        query::bucket(&env, bucket_id)
    }

    /// Buckets that are not deleted, newest first: a window of at most 20 ids, maybe short.
    fn get_buckets(env: Env, skip: u32, take: u32) -> Vec<BucketMarketplace> {
        query::marketplace(&env, skip, take)
    }

    /// The newest 50 buckets of a provider, deleted ones too.
    fn get_buckets_by_provider(env: Env, provider_id: Address) -> Vec<Bucket> {
        query::buckets_by_provider(&env, &provider_id, 0, u32::MAX)
    }

    /// A page of at most 50 buckets of a provider, newest first, deleted ones too.
    fn get_buckets_by_provider_page(
        env: Env,
        provider_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<Bucket> {
        query::buckets_by_provider(&env, &provider_id, skip, take)
    }

    /// What a new deal of this size copies from a bucket that would take it.
    fn get_listing(
        env: Env,
        bucket_id: u32,
        provider_id: Address,
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<Listing, RegistryError> {
        capacity::listing(
            &env,
            bucket_id,
            &provider_id,
            &consumer_id,
            storage_mb,
            egress_mb,
        )
    }

    /// Buckets and descriptions of a page of deals; at most 20.
    fn get_parties(env: Env, of: Vec<PartiesQuery>) -> Result<Vec<Parties>, RegistryError> {
        query::parties(&env, &of)
    }

    /// Takes capacity and a repository id for a deal that is being funded.
    /// Authorisation: `deals`.
    fn reserve(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        capacity::reserve(&env, bucket_id, deal_id, &fb_repo_id, storage_mb, egress_mb)
    }

    /// Gives the capacity and the repository id of a closed deal back. Authorisation: `deals`.
    fn release(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        capacity::release(&env, bucket_id, deal_id, &fb_repo_id, storage_mb, egress_mb)
    }

    /// Owner, upgrade and pause state, and the two contracts that are linked.
    fn get_config(env: Env) -> RegistryConfig {
        query::config(&env)
    }
}

#[contractimpl(contracttrait)]
impl Administered for Registry {}

#[contractimpl(contracttrait)]
impl ExpiringPause for Registry {}
