//! What the owner signs.

use flash_interfaces::escrow::{EscrowError, OwnerCommands};
use soroban_sdk::{contractimpl, Address, Env};

use super::{enforce_owner, Escrow, EscrowArgs, EscrowClient};
use crate::{config, fees};

#[contractimpl]
impl OwnerCommands for Escrow {
    /// Sets the asset of deals created afterwards. Authorisation: owner.
    fn set_stable_asset_address(env: Env, addr: Address) -> Result<(), EscrowError> {
        enforce_owner(&env);
        config::set_stable_asset(&env, &addr)
    }

    /// Sends fees and surplus of the current asset. Authorisation: owner.
    fn send_funds_owner(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError> {
        enforce_owner(&env);
        fees::send_funds_owner(&env, &receiver, amount)
    }

    /// Sends fees of any token. Authorisation: owner.
    fn withdraw_fees(
        env: Env,
        token: Address,
        receiver: Address,
        amount: i128,
    ) -> Result<(), EscrowError> {
        enforce_owner(&env);
        fees::withdraw_fees(&env, &token, &receiver, amount)
    }
}
