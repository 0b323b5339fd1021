//! What only a build for test networks exports.

use flash_common::ttl;
use flash_interfaces::escrow::{EscrowError, EscrowFaucet};
use soroban_sdk::{contractimpl, Address, Env};

use super::{enforce_owner, Escrow, EscrowArgs, EscrowClient};
use crate::faucet;

#[contractimpl]
impl EscrowFaucet for Escrow {
    /// Mints the stable asset, on test networks. Authorisation: `receiver`.
    fn test_faucet(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError> {
        ttl::extend_instance(&env);
        receiver.require_auth();
        faucet::mint(&env, &receiver, amount)
    }

    /// Hands the administration of the stable asset over, on test networks. Authorisation: owner.
    fn change_asset_admin(env: Env, new_admin: Address) -> Result<(), EscrowError> {
        enforce_owner(&env);
        faucet::change_asset_admin(&env, &new_admin)
    }
}
