//! Who may call: TTL, authorisation, one call. Nothing else happens here.

use flash_common::{
    admin::{self, Administered},
    ttl,
};
use flash_interfaces::{
    admin::AdminError,
    reputation::{
        Ending, Points, Record, ReputationConfig, ReputationError, ReputationInterface, Role,
    },
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String, Vec};

use crate::{points, query, record, storage};

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

contractmeta!(key = "name", val = "FlashOnStellar reputation");
contractmeta!(
    key = "Description",
    val = "Scores of storage providers and consumers, with their evidence"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
// Metadata, discovery, interface, upgrades.
contractmeta!(key = "sep", val = "46,47,48,49");
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

#[contract]
pub struct Reputation;

#[contractimpl]
impl Reputation {
    /// Fixes the owner, the `deals` contract that writes outcomes, and the delay of upgrades.
    pub fn __constructor(
        env: Env,
        owner: Address,
        deals: Address,
        upgrade_delay_secs: u64,
    ) -> Result<(), AdminError> {
        admin::init(&env, &owner, upgrade_delay_secs, SCHEMA)?;
        storage::set_deals(&env, &deals);
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
impl ReputationInterface for Reputation {
    /// Writes the outcome of a funded deal for both parties. Authorisation: `deals`.
    fn record(
        env: Env,
        deal_id: u32,
        provider: Address,
        consumer: Address,
        ending: Ending,
    ) -> Result<(), ReputationError> {
        ttl::extend_instance(&env);
        storage::deals(&env).require_auth();
        record::record(&env, deal_id, provider, consumer, ending)
    }

    /// Score 0..=100 with decay applied; 50 for an address without outcomes.
    fn get_score(env: Env, who: Address, role: Role) -> u32 {
        query::score(&env, &who, role)
    }

    /// Scores in the order asked for; at most 50.
    fn get_scores(env: Env, of: Vec<(Address, Role)>) -> Result<Vec<u32>, ReputationError> {
        query::scores(&env, &of)
    }

    /// Score and evidence; `None` for an address without outcomes.
    fn get_record(env: Env, who: Address, role: Role) -> Option<Record> {
        query::record(&env, &who, role)
    }

    /// The points table in force.
    fn get_points(env: Env) -> Points {
        storage::points(&env)
    }

    /// Replaces the points table. Authorisation: owner.
    fn set_points(env: Env, points: Points) -> Result<(), ReputationError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        points::set(&env, points)
    }

    /// Owner, upgrade state and the `deals` contract.
    fn get_config(env: Env) -> ReputationConfig {
        query::config(&env)
    }
}

#[contractimpl(contracttrait)]
impl Administered for Reputation {}
