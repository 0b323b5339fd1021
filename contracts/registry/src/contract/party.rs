//! What an address signs for itself.

use flash_common::ttl;
use flash_interfaces::{
    registry::{PartyCommands, RegistryError},
    reputation::Role,
};
use soroban_sdk::{contractimpl, Address, Env, String};

use super::{not_paused, Registry, RegistryArgs, RegistryClient};
use crate::party;

#[contractimpl]
impl PartyCommands for Registry {
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
}
