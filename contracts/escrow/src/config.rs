//! What the constructor sets, and the asset, which the owner may change later.

use flash_common::admin;
use flash_interfaces::escrow::{EscrowConfig, EscrowError, StableAssetChanged};
use soroban_sdk::{Address, Env};

use crate::{policy, storage, token};

/// Fixes `deals` for ever, and the asset of the first deals.
pub fn init(
    env: &Env,
    owner: &Address,
    deals: &Address,
    stable_asset: &Address,
    upgrade_delay_secs: u64,
) -> Result<(), soroban_sdk::Error> {
    admin::init(env, owner, upgrade_delay_secs, policy::SCHEMA)?;
    token::check_usable(env, stable_asset)?;
    storage::set_deals(env, deals);
    storage::set_stable_asset(env, stable_asset);
    Ok(())
}

/// Sets the asset of deals created from now on.
pub fn set_stable_asset(env: &Env, new_asset: &Address) -> Result<(), EscrowError> {
    token::check_usable(env, new_asset)?;
    let old_asset = storage::stable_asset(env);
    storage::set_stable_asset(env, new_asset);
    StableAssetChanged {
        old_asset,
        new_asset: new_asset.clone(),
    }
    .publish(env);
    Ok(())
}

/// Everything that is configured.
pub fn get(env: &Env) -> EscrowConfig {
    EscrowConfig {
        admin: admin::config(env),
        deals: storage::deals(env),
        stable_asset: storage::stable_asset(env),
    }
}
