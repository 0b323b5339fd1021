//! Who may call: TTL, authorisation, one call. Nothing else happens here.

use flash_common::{
    admin::{self, Administered},
    ttl,
};
use flash_interfaces::{
    admin::AdminError,
    mandates::{Mandate, MandatesConfig, MandatesError, MandatesInterface},
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String};

use crate::{draw, query, set, storage};

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

contractmeta!(key = "name", val = "FlashOnStellar mandates");
contractmeta!(
    key = "Description",
    val = "Standing top-ups of storage deals from their consumers' wallets"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
// Metadata, discovery, interface, upgrades.
contractmeta!(key = "sep", val = "46,47,48,49");
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

#[contract]
pub struct Mandates;

#[contractimpl]
impl Mandates {
    /// Fixes the owner, the `deals` contract whose deals are topped up, the escrow that holds their money,
    /// and the delay of upgrades.
    pub fn __constructor(
        env: Env,
        owner: Address,
        deals: Address,
        escrow: Address,
        upgrade_delay_secs: u64,
    ) -> Result<(), AdminError> {
        admin::init(&env, &owner, upgrade_delay_secs, SCHEMA)?;
        storage::set_links(&env, &deals, &escrow);
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
impl MandatesInterface for Mandates {
    /// Sets or replaces the mandate of a funded deal. It draws at most what the consumer also approves
    /// to this contract, by the token's `approve`. Authorisation: `consumer_id`.
    fn set_mandate(
        env: Env,
        consumer_id: Address,
        deal_id: u32,
        top_up: i128,
        most_per_30_days: i128,
        until_ts: u64,
    ) -> Result<(), MandatesError> {
        ttl::extend_instance(&env);
        consumer_id.require_auth();
        let limits = set::Limits {
            top_up,
            most_per_30_days,
            until_ts,
        };
        set::set(&env, &consumer_id, deal_id, &limits)
    }

    /// Ends a mandate at once. Authorisation: `consumer_id`.
    fn revoke_mandate(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), MandatesError> {
        ttl::extend_instance(&env);
        consumer_id.require_auth();
        set::revoke(&env, &consumer_id, deal_id)
    }

    /// Tops the deal up from its consumer's wallet, if it has less than the minimum runway. Returns
    /// what was drawn. Anyone may call.
    fn draw(env: Env, deal_id: u32) -> Result<i128, MandatesError> {
        ttl::extend_instance(&env);
        draw::draw(&env, deal_id)
    }

    /// The mandate of a deal, expired or not.
    fn get_mandate(env: Env, deal_id: u32) -> Option<Mandate> {
        query::mandate(&env, deal_id)
    }

    /// Owner, upgrade state and links.
    fn get_config(env: Env) -> MandatesConfig {
        query::config(&env)
    }
}

#[contractimpl(contracttrait)]
impl Administered for Mandates {}
