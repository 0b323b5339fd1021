//! How claimable money leaves the escrow.

use flash_common::ttl;
use flash_interfaces::escrow::{ClaimantCommands, EscrowError};
use soroban_sdk::{contractimpl, Address, Env, MuxedAddress};

use super::{Escrow, EscrowArgs, EscrowClient};
use crate::payout;

#[contractimpl]
impl ClaimantCommands for Escrow {
    /// Sends what `who` may claim to any address but the escrow, a muxed one too, unless that would
    /// be less than `min_paid`. Authorisation: `who`.
    fn withdraw(
        env: Env,
        who: Address,
        token: Address,
        to: MuxedAddress,
        amount: i128,
        min_paid: i128,
    ) -> Result<i128, EscrowError> {
        ttl::extend_instance(&env);
        who.require_auth();
        payout::withdraw(&env, &who, &token, &to, amount, min_paid)
    }

    /// Sends all that `who` may claim to `who`. Anyone may call.
    fn push(env: Env, who: Address, token: Address) -> Result<i128, EscrowError> {
        ttl::extend_instance(&env);
        payout::push(&env, &who, &token)
    }
}
