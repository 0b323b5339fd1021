//! What only a build for test networks exports.

use soroban_sdk::{contractclient, Address, Env};

use crate::escrow::*;

/// Test networks only (Cargo feature `testnet`): in a build without it these exports do not exist.
#[contractclient(name = "EscrowFaucetClient")]
pub trait EscrowFaucet {
    /// Mints the stable asset, whose administrator the escrow is on test networks.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::FaucetAmountTooLarge`],
    /// [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`FaucetMinted`]
    ///
    /// Authorisation: `receiver`.
    fn test_faucet(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError>;

    /// Hands the administration of the stable asset over.
    ///
    /// # Errors
    /// [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`AssetAdminChanged`]
    ///
    /// Authorisation: owner.
    fn change_asset_admin(env: Env, new_admin: Address) -> Result<(), EscrowError>;
}
