//! How claimable money leaves the escrow.

use soroban_sdk::{contractclient, Address, Env, MuxedAddress};

use crate::escrow::*;

/// The owner of a claimable balance signs a withdrawal; anyone may push it to its owner.
#[contractclient(name = "EscrowClient", impl_only = true)]
pub trait ClaimantCommands {
    /// Sends `amount` of what `who` may claim to any address but the escrow. While the escrow is
    /// short (balance B < liabilities L), `floor(amount × B / L)` is sent and `amount` written off.
    /// Returns what was sent.
    ///
    /// # Arguments
    /// * `to` - may carry an id (a muxed address), by which an exchange or an anchor knows whose money
    ///   it is. The token's event shows the id.
    /// * `amount` - at most what is claimable.
    /// * `min_paid` - the least that may be sent, 0 or more. A claw-back that lands after the signature
    ///   then makes the call fail instead of writing off the claim for less.
    ///
    /// A share that rounds to nothing is refused with [`EscrowError::EscrowShort`], one below
    /// `min_paid` with [`EscrowError::BelowMinPaid`]: the claim stays.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::InsufficientClaimable`],
    /// [`EscrowError::ReceiverIsEscrow`], [`EscrowError::EscrowShort`], [`EscrowError::BelowMinPaid`],
    /// [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`Withdrawn`]
    ///
    /// Authorisation: `who`.
    fn withdraw(
        env: Env,
        who: Address,
        token: Address,
        to: MuxedAddress,
        amount: i128,
        min_paid: i128,
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
