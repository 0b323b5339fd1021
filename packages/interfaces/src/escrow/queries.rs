//! What anyone may read.

use soroban_sdk::{contractclient, Address, Env, String};

use crate::escrow::*;

/// Queries never write.
#[contractclient(name = "EscrowClient", impl_only = true)]
pub trait Queries {
    fn get_account(env: Env, deal_id: u32) -> Option<Account>;

    fn get_claimable(env: Env, who: Address, token: Address) -> i128;

    /// # Errors
    /// [`EscrowError::TokenRefused`] when the token does not answer.
    fn get_solvency(env: Env, token: Address) -> Result<Solvency, EscrowError>;

    /// # Errors
    /// [`EscrowError::TokenRefused`] when the token does not answer.
    fn get_stable_asset_name(env: Env) -> Result<String, EscrowError>;

    fn get_stable_asset_address(env: Env) -> Address;

    fn get_config(env: Env) -> EscrowConfig;
}
