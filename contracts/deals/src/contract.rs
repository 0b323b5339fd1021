//! Who may call: TTL, pause, signature, one call. Nothing else happens here.

mod anyone;
mod begin;
mod consumer;
mod oracle;
mod owner;
mod provider;
mod queries;

use flash_common::{
    admin::{self, Administered},
    ensure,
    pause::ExpiringPause,
};
use flash_interfaces::{
    admin::AdminError,
    deals::{DealsError, DealsInterface, Policy, PolicyAdded},
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String};

use crate::{
    policy,
    storage::{self, Links, OracleState},
};
use begin::begin_as_owner;

contractmeta!(key = "name", val = "FlashOnStellar deals");
contractmeta!(
    key = "Description",
    val = "FlashOnStellar deals: terms, metering, settlement"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
// Metadata, discovery, interface, upgrades.
contractmeta!(key = "sep", val = "46,47,48,49");
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

#[contract]
pub struct Deals;

#[contractimpl]
impl Deals {
    /// Fixes owner, counterparts and upgrade delay; adds the first policy.
    ///
    /// # Arguments
    /// * `oracle` - who reports; without one the owner does until an oracle is scheduled
    /// * `upgrade_delay_secs` - at least 21 days in a build for mainnet
    ///
    /// # Errors
    /// [`AdminError`] for the delay, [`DealsError::PolicyOutOfBounds`]
    pub fn __constructor(
        env: Env,
        owner: Address,
        oracle: Option<Address>,
        registry: Address,
        escrow: Address,
        reputation: Address,
        policy: Policy,
        upgrade_delay_secs: u64,
    ) -> Result<(), DealsError> {
        admin::init(&env, &owner, upgrade_delay_secs, SCHEMA)
            .unwrap_or_else(|error| soroban_sdk::panic_with_error!(&env, error));
        storage::set_links(
            &env,
            &Links {
                registry,
                escrow,
                reputation,
            },
        );
        let state = OracleState {
            ever_set: oracle.is_some(),
            current: oracle,
            next: None,
            next_from_ts: 0,
            epoch: 0,
        };
        storage::set_oracle(&env, &state);
        put_policy(&env, policy)?;
        Ok(())
    }

    /// Brings the stored configuration to the schema of this code. Deals are converted when they
    /// are next written, so every way out works before and after.
    ///
    /// # Errors
    /// [`AdminError::NothingToMigrate`]
    ///
    /// Authorisation: owner.
    pub fn migrate(env: Env) -> Result<(), AdminError> {
        begin_as_owner(&env);
        admin::finish_migration(&env, SCHEMA)
    }
}

impl DealsInterface for Deals {}

#[contractimpl(contracttrait)]
impl Administered for Deals {}

#[contractimpl(contracttrait)]
impl ExpiringPause for Deals {}

fn put_policy(env: &Env, policy: Policy) -> Result<u32, DealsError> {
    ensure!(
        policy::policy_in_bounds(&policy),
        DealsError::PolicyOutOfBounds
    );
    let version = storage::add_policy(env, &policy)?;
    PolicyAdded { version, policy }.publish(env);
    Ok(version)
}
