//! How claimable money leaves the escrow.

use soroban_sdk::{contractclient, Address, Env};

use crate::escrow::*;

/// The owner of a claimable balance signs a withdrawal; anyone may push it to its owner.
#[contractclient(name = "EscrowClient", impl_only = true)]
pub trait ClaimantCommands {
    /// Sends `amount` of what `who` may claim to any address but the escrow. While the escrow is
    /// short (balance B < liabilities L), `floor(amount × B / L)` is sent and `amount` written off.
    /// Returns what was sent.
    ///
    /// A share that rounds to nothing is refused with [`EscrowError::EscrowShort`]: the claim stays.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::InsufficientClaimable`],
    /// [`EscrowError::ReceiverIsEscrow`], [`EscrowError::EscrowShort`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`Withdrawn`]
    ///
    /// Authorisation: `who`.
    fn withdraw(
        env: Env,
        who: Address,
        token: Address,
        to: Address,
        amount: i128,
    ) -> Result<i128, EscrowError>;

    /// Sends all that `who` may claim to `who`. Returns what was sent.
    ///
    /// # Errors
    /// [`EscrowError::NothingClaimable`], [`EscrowError::EscrowShort`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`Withdrawn`]
    ///
    /// Authorisation: none, anyone may call.
    fn push(env: Env, who: Address, token: Address) -> Result<i128, EscrowError>;
}
