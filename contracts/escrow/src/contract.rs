//! Who may call what: keep the instance alive, authenticate, one call. No business logic.

mod claimant;
mod deals;
#[cfg(feature = "testnet")]
mod faucet;
mod owner;
mod queries;

use flash_common::{
    admin::{self, Administered},
    ttl,
};
// For the links of the documentation, whose text goes into the contract's spec as it stands.
#[cfg(doc)]
use flash_interfaces::escrow::EscrowError;
use flash_interfaces::{admin::AdminError, escrow::EscrowInterface};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String};

use crate::{config, policy, storage};

contractmeta!(key = "name", val = "FlashOnStellar escrow");
contractmeta!(
    key = "Description",
    val = "Holds the money of storage deals: accounts, claimable balances, fees"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
// Metadata, discovery, interface, upgrades.
contractmeta!(key = "sep", val = "46,47,48,49");
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

#[contract]
pub struct Escrow;

/// Every command that moves the money of accounts comes from `deals`, fixed at construction.
fn enforce_deals(env: &Env) {
    ttl::extend_instance(env);
    storage::deals(env).require_auth();
}

/// Commands of the owner.
fn enforce_owner(env: &Env) {
    ttl::extend_instance(env);
    admin::enforce_owner(env);
}

#[contractimpl]
impl Escrow {
    /// Deploys the escrow of one `deals` contract, whose address is computed beforehand.
    ///
    /// # Arguments
    /// * `owner` - configures the asset of new deals, takes fees, upgrades.
    /// * `deals` - the only address that moves the money of accounts; fixed for ever.
    /// * `stable_asset` - a SEP-41 token of 7 decimals.
    /// * `upgrade_delay_secs` - seconds between the announcement and the execution of an upgrade.
    ///
    /// # Errors
    /// [`AdminError::UpgradeDelayTooShort`], [`AdminError::UpgradeDelayTooLong`],
    /// [`EscrowError::TokenRefused`], [`EscrowError::DecimalsNotSeven`]
    pub fn __constructor(
        env: Env,
        owner: Address,
        deals: Address,
        stable_asset: Address,
        upgrade_delay_secs: u64,
    ) -> Result<(), soroban_sdk::Error> {
        config::init(&env, &owner, &deals, &stable_asset, upgrade_delay_secs)
    }

    /// Brings the stored configuration to the schema of the running code.
    ///
    /// Errors: [`AdminError::NothingToMigrate`]. Events: `Migrated`. Authorisation: owner.
    pub fn migrate(env: Env) -> Result<(), AdminError> {
        enforce_owner(&env);
        admin::finish_migration(&env, policy::SCHEMA)
    }
}

impl EscrowInterface for Escrow {}

#[contractimpl(contracttrait)]
impl Administered for Escrow {}
