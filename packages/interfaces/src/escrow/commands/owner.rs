//! What the owner may call.

use soroban_sdk::{contractclient, Address, Env};

use crate::escrow::*;

/// Commands that the owner signs.
#[contractclient(name = "EscrowClient", impl_only = true)]
pub trait OwnerCommands {
    /// Sets the asset of deals created afterwards: a SEP-41 token of 7 decimals.
    ///
    /// # Errors
    /// [`EscrowError::TokenRefused`], [`EscrowError::DecimalsNotSeven`]
    ///
    /// # Events
    /// [`StableAssetChanged`]
    ///
    /// Authorisation: owner.
    fn set_stable_asset_address(env: Env, addr: Address) -> Result<(), EscrowError>;

    /// Sends fees and surplus of the current asset; fees are taken first.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::InsufficientFees`],
    /// [`EscrowError::EscrowShort`], [`EscrowError::ReceiverIsEscrow`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`FeesWithdrawn`]
    ///
    /// Authorisation: owner.
    fn send_funds_owner(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError>;

    /// Sends fees of any token.
    ///
    /// # Errors
    /// As [`OwnerCommands::send_funds_owner`].
    ///
    /// # Events
    /// [`FeesWithdrawn`]
    ///
    /// Authorisation: owner.
    fn withdraw_fees(
        env: Env,
        token: Address,
        receiver: Address,
        amount: i128,
    ) -> Result<(), EscrowError>;
}
