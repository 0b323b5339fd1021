//! Test networks only: the escrow is the asset's administrator and gives it away.

use flash_common::ensure;
use flash_interfaces::escrow::{AssetAdminChanged, EscrowError, FaucetMinted};
use soroban_sdk::{Address, Env};

use crate::{policy, storage, token};

/// Mints the stable asset to `receiver`.
pub fn mint(env: &Env, receiver: &Address, amount: i128) -> Result<(), EscrowError> {
    policy::check_positive(amount)?;
    ensure!(
        amount <= policy::MAX_FAUCET,
        EscrowError::FaucetAmountTooLarge
    );
    FaucetMinted {
        receiver: receiver.clone(),
        amount,
    }
    .publish(env);
    token::mint(env, &storage::stable_asset(env), receiver, amount)
}

/// Hands the administration of the stable asset over.
pub fn change_asset_admin(env: &Env, new_admin: &Address) -> Result<(), EscrowError> {
    AssetAdminChanged {
        new_admin: new_admin.clone(),
    }
    .publish(env);
    token::set_admin(env, &storage::stable_asset(env), new_admin)
}
