//! What only `deals` may call.

use flash_common::ttl;
use flash_interfaces::registry::{DealsCommands, RegistryError};
use soroban_sdk::{contractimpl, Address, Env, String};

use super::{Registry, RegistryArgs, RegistryClient};
use crate::{capacity, storage};

#[contractimpl]
impl DealsCommands for Registry {
    /// Takes capacity and a repository id for a deal that is being funded.
    /// Authorisation: `deals`.
    fn reserve(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        capacity::reserve(
            &env,
            bucket_id,
            deal_id,
            &fb_repo_id,
            &consumer_id,
            storage_mb,
            egress_mb,
            offer_revision,
        )
    }

    /// Passes capacity and repository id of a deal on to its successor. Authorisation: `deals`.
    fn replace(
        env: Env,
        bucket_id: u32,
        replaced_id: u32,
        replaced_mb: (u64, u64),
        paid: bool,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        capacity::replace(
            &env,
            bucket_id,
            &fb_repo_id,
            (replaced_id, replaced_mb, paid),
            (deal_id, (storage_mb, egress_mb), offer_revision),
        )
    }

    /// Gives the capacity of a closed deal back. Its repository id stays the consumer's for 30 days if the
    /// deal paid anything. Authorisation: `deals`.
    fn release(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
        paid: bool,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        capacity::release(
            &env,
            bucket_id,
            deal_id,
            &fb_repo_id,
            consumer_id,
            storage_mb,
            egress_mb,
            paid,
        )
    }
}
