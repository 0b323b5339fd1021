//! What the owner signs.

use flash_common::{admin, ttl};
use flash_interfaces::{
    registry::{OwnerCommands, RegistryError},
    reputation::Role,
};
use soroban_sdk::{contractimpl, Address, Env};

use super::{Registry, RegistryArgs, RegistryClient};
use crate::{bucket, party};

#[contractimpl]
impl OwnerCommands for Registry {
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

    /// Lets a removed provider register again. Authorisation: owner.
    fn readmit_provider(env: Env, id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        party::readmit(&env, Role::Provider, id)
    }

    /// Lets a removed consumer register again. Authorisation: owner.
    fn readmit_consumer(env: Env, id: Address) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        party::readmit(&env, Role::Consumer, id)
    }

    /// Deletes a bucket on which nothing is reserved. Authorisation: owner.
    fn remove_bucket(env: Env, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        bucket::delete(&env, None, bucket_id)
    }
}
