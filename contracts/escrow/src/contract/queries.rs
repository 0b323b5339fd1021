//! What anyone may read.

use flash_interfaces::escrow::{Account, EscrowConfig, EscrowError, Queries, Solvency};
use soroban_sdk::{contractimpl, Address, Env, String};

use super::{Escrow, EscrowArgs, EscrowClient};
use crate::{config, query, storage, token};

#[contractimpl]
impl Queries for Escrow {
    /// The account of a deal, live or released.
    fn get_account(env: Env, deal_id: u32) -> Option<Account> {
        query::account(&env, deal_id)
    }

    /// What `who` may withdraw of a token.
    fn get_claimable(env: Env, who: Address, token: Address) -> i128 {
        storage::claimable(&env, &token, &who)
    }

    /// What the escrow holds and owes of a token, now.
    fn get_solvency(env: Env, token: Address) -> Result<Solvency, EscrowError> {
        query::solvency(&env, &token)
    }

    /// The name that the current asset gives itself.
    fn get_stable_asset_name(env: Env) -> Result<String, EscrowError> {
        token::name(&env, &storage::stable_asset(&env))
    }

    /// The asset of deals created from now on.
    fn get_stable_asset_address(env: Env) -> Address {
        storage::stable_asset(&env)
    }

    /// Links, asset, owner, schema and pending upgrade.
    fn get_config(env: Env) -> EscrowConfig {
        config::get(&env)
    }
}
