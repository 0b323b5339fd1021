//! Who may call: TTL, authorisation, pause, one call. Nothing else happens here.

mod deals;
mod owner;
mod party;
mod provider;
mod queries;

use flash_common::{
    admin::{self, Administered},
    ensure,
    pause::{self, ExpiringPause},
    ttl,
};
use flash_interfaces::{
    admin::AdminError,
    registry::{RegistryError, RegistryInterface},
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String};

use crate::storage;

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

contractmeta!(key = "name", val = "FlashOnStellar registry");
contractmeta!(
    key = "Description",
    val = "Providers, consumers and buckets of storage, and the capacity that deals reserve"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
// Metadata, discovery, interface, upgrades.
contractmeta!(key = "sep", val = "46,47,48,49");
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

impl RegistryInterface for Registry {}

#[contractimpl(contracttrait)]
impl Administered for Registry {}

#[contractimpl(contracttrait)]
impl ExpiringPause for Registry {}
