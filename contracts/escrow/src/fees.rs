//! What the owner may take: fees, and the surplus that nobody is owed.

use flash_common::ensure;
use flash_interfaces::escrow::{EscrowError, FeesWithdrawn};
use soroban_sdk::{Address, Env};

use crate::{policy, storage, token};

/// Sends fees and surplus of the current asset, fees first.
pub fn send_funds_owner(env: &Env, receiver: &Address, amount: i128) -> Result<(), EscrowError> {
    take(env, &storage::stable_asset(env), receiver, amount, true)
}

/// Sends fees of any token.
pub fn withdraw_fees(
    env: &Env,
    token: &Address,
    receiver: &Address,
    amount: i128,
) -> Result<(), EscrowError> {
    take(env, token, receiver, amount, false)
}

fn take(
    env: &Env,
    token: &Address,
    receiver: &Address,
    amount: i128,
    with_surplus: bool,
) -> Result<(), EscrowError> {
    policy::check_positive(amount)?;
    ensure!(
        *receiver != env.current_contract_address(),
        EscrowError::ReceiverIsEscrow
    );
    let mut totals = storage::totals(env, token);
    let balance = token::balance(env, token)?;
    ensure!(!totals.is_short(balance)?, EscrowError::EscrowShort);
    // Fees rank behind what is owed: the rest must still cover it.
    let free = totals.free(balance)?;
    let most = if with_surplus {
        free
    } else {
        free.min(totals.fees)
    };
    ensure!(amount <= most, EscrowError::InsufficientFees);
    let from_fees = amount.min(totals.fees);
    let from_surplus = amount.checked_sub(from_fees).ok_or(EscrowError::Overflow)?;

    totals.take_fees(from_fees)?;
    storage::set_totals(env, token, &totals);
    FeesWithdrawn {
        token: token.clone(),
        receiver: receiver.clone(),
        from_fees,
        from_surplus,
    }
    .publish(env);

    token::send(env, token, receiver, amount)
}
