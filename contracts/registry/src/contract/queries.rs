//! What anyone may read.

use flash_interfaces::{
    registry::{
        Bucket, BucketMarketplace, Consumer, Listing, Parties, PartiesQuery, Provider, Queries,
        RegistryConfig, RegistryError,
    },
    reputation::Role,
};
use soroban_sdk::{contractimpl, Address, Env, Map, Vec};

use super::{Registry, RegistryArgs, RegistryClient};
use crate::{capacity, query, storage};

#[contractimpl]
impl Queries for Registry {
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
        replaced_mb: Option<(u64, u64)>,
    ) -> Result<Listing, RegistryError> {
        capacity::listing(
            &env,
            bucket_id,
            &provider_id,
            &consumer_id,
            (storage_mb, egress_mb),
            replaced_mb,
        )
    }

    /// Buckets and descriptions of a page of deals; at most 20.
    fn get_parties(env: Env, of: Vec<PartiesQuery>) -> Result<Vec<Parties>, RegistryError> {
        query::parties(&env, &of)
    }

    /// Owner, upgrade and pause state, and the two contracts that are linked.
    fn get_config(env: Env) -> RegistryConfig {
        query::config(&env)
    }
}
