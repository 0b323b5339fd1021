//! Every call to a token. A token is foreign code: each call is a `try_` call, and whatever it
//! refuses, traps on or answers in another type is [`EscrowError::TokenRefused`].
//!
//! The host forbids re-entry at any depth: while the token runs, no function of the escrow and no
//! function of `deals`, from which the escrow was called, can be entered.

use flash_common::ensure;
use flash_interfaces::escrow::EscrowError;
use flash_money::units::ASSET_DECIMALS;
#[cfg(feature = "testnet")]
use soroban_sdk::token::StellarAssetClient;
use soroban_sdk::{token::TokenClient, Address, Env, MuxedAddress, String};

/// Whether the token can be the asset of deals: it answers as SEP-41 does, with 7 decimals.
pub fn check_usable(env: &Env, token: &Address) -> Result<(), EscrowError> {
    let Ok(Ok(decimals)) = TokenClient::new(env, token).try_decimals() else {
        return Err(EscrowError::TokenRefused);
    };
    ensure!(decimals == ASSET_DECIMALS, EscrowError::DecimalsNotSeven);
    name(env, token)?;
    balance(env, token)?;
    Ok(())
}

pub fn name(env: &Env, token: &Address) -> Result<String, EscrowError> {
    match TokenClient::new(env, token).try_name() {
        Ok(Ok(name)) => Ok(name),
        _ => Err(EscrowError::TokenRefused),
    }
}

/// The token's answer for the escrow's balance, never negative.
pub fn balance(env: &Env, token: &Address) -> Result<i128, EscrowError> {
    match TokenClient::new(env, token).try_balance(&env.current_contract_address()) {
        Ok(Ok(balance)) if balance >= 0 => Ok(balance),
        _ => Err(EscrowError::TokenRefused),
    }
}

/// Pulls `amount` from `from`, on top of a balance that covers `liabilities`.
///
/// The balance must grow by exactly `amount`: a token that keeps a part of a transfer, or does
/// nothing, cannot make the escrow owe what it does not have.
pub fn pull(
    env: &Env,
    token: &Address,
    from: &Address,
    amount: i128,
    liabilities: i128,
) -> Result<(), EscrowError> {
    let before = balance(env, token)?;
    ensure!(before >= liabilities, EscrowError::EscrowShort);
    transfer(env, token, from, env.current_contract_address(), amount)?;
    let after = balance(env, token)?;
    ensure!(
        after.checked_sub(before) == Some(amount),
        EscrowError::TransferNotWhole
    );
    Ok(())
}

/// Sends `amount` to `to`. A muxed address reaches the token with its id.
pub fn send(
    env: &Env,
    token: &Address,
    to: impl Into<MuxedAddress>,
    amount: i128,
) -> Result<(), EscrowError> {
    transfer(env, token, &env.current_contract_address(), to, amount)
}

fn transfer(
    env: &Env,
    token: &Address,
    from: &Address,
    to: impl Into<MuxedAddress>,
    amount: i128,
) -> Result<(), EscrowError> {
    // A call that returned was carried out, whatever it answered. Taking a strange answer for a
    // refusal would keep a debt whose money is gone.
    TokenClient::new(env, token)
        .try_transfer(from, to, &amount)
        .map(drop)
        .map_err(|_| EscrowError::TokenRefused)
}

/// Mints the asset, whose administrator the escrow is on test networks.
#[cfg(feature = "testnet")]
pub fn mint(env: &Env, token: &Address, to: &Address, amount: i128) -> Result<(), EscrowError> {
    StellarAssetClient::new(env, token)
        .try_mint(to, &amount)
        .map(drop)
        .map_err(|_| EscrowError::TokenRefused)
}

/// Hands the administration of the asset over.
#[cfg(feature = "testnet")]
pub fn set_admin(env: &Env, token: &Address, new_admin: &Address) -> Result<(), EscrowError> {
    StellarAssetClient::new(env, token)
        .try_set_admin(new_admin)
        .map(drop)
        .map_err(|_| EscrowError::TokenRefused)
}
