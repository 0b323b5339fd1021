//! Claimable money out: withdrawn by its owner, or pushed to its owner by anyone.

use flash_common::ensure;
use flash_interfaces::escrow::{EscrowError, PushRefused, Withdrawn};
use soroban_sdk::{Address, Env, MuxedAddress};

use crate::{policy, storage, token, totals::Totals};

/// Sends `amount` of what `who` may claim to `to`. While the escrow is short, it sends a share of it.
///
/// A share that rounds to nothing, or is below `min_paid`, is refused: the claim is worth more if it
/// waits, because it is whole again once the claw-back is made up.
pub fn withdraw(
    env: &Env,
    who: &Address,
    token: &Address,
    to: &MuxedAddress,
    amount: i128,
    min_paid: i128,
) -> Result<i128, EscrowError> {
    policy::check_positive(amount)?;
    policy::check_not_negative(min_paid)?;
    let receiver = to.address();
    ensure!(
        receiver != env.current_contract_address(),
        EscrowError::ReceiverIsEscrow
    );
    let claimable = storage::claimable(env, token, who);
    ensure!(amount <= claimable, EscrowError::InsufficientClaimable);
    let totals = storage::totals(env, token);
    let paid = totals.payable(amount, token::balance(env, token)?)?;
    ensure!(paid > 0, EscrowError::EscrowShort);
    ensure!(paid >= min_paid, EscrowError::BelowMinPaid);

    write_off(env, who, token, claimable, amount, totals)?;
    publish_withdrawn(env, who, token, &receiver, (amount, paid));

    token::send(env, token, to, paid)?;
    Ok(paid)
}

/// Sends all that `who` may claim to `who`, whole or not at all.
pub fn push(env: &Env, who: &Address, token: &Address) -> Result<i128, EscrowError> {
    let claimable = storage::claimable(env, token, who);
    ensure!(claimable > 0, EscrowError::NothingClaimable);
    let totals = storage::totals(env, token);
    let balance = token::balance(env, token)?;
    ensure!(!totals.is_short(balance)?, EscrowError::EscrowShort);

    write_off(env, who, token, claimable, claimable, totals)?;
    publish_withdrawn(env, who, token, who, (claimable, claimable));

    token::send(env, token, who, claimable)?;
    Ok(claimable)
}

/// The push at the end of a settlement, which it cannot make fail. With nothing to claim, or with a
/// short escrow, it does nothing; a token that refuses is an event. The money stays claimable.
pub fn push_if_possible(env: &Env, who: &Address, token: &Address) -> Result<(), EscrowError> {
    let claimable = storage::claimable(env, token, who);
    if claimable == 0 {
        return Ok(());
    }
    let totals = storage::totals(env, token);
    let Ok(balance) = token::balance(env, token) else {
        publish_refused(env, who, token, claimable);
        return Ok(());
    };
    if totals.is_short(balance)? {
        return Ok(());
    }
    write_off(env, who, token, claimable, claimable, totals)?;
    if token::send(env, token, who, claimable).is_ok() {
        publish_withdrawn(env, who, token, who, (claimable, claimable));
    } else {
        storage::set_claimable(env, token, who, claimable);
        storage::set_totals(env, token, &totals);
        publish_refused(env, who, token, claimable);
    }
    Ok(())
}

fn write_off(
    env: &Env,
    who: &Address,
    token: &Address,
    claimable: i128,
    amount: i128,
    mut totals: Totals,
) -> Result<(), EscrowError> {
    let left = claimable.checked_sub(amount).ok_or(EscrowError::Overflow)?;
    totals.write_off(amount)?;
    storage::set_claimable(env, token, who, left);
    storage::set_totals(env, token, &totals);
    Ok(())
}

fn publish_withdrawn(
    env: &Env,
    who: &Address,
    token: &Address,
    to: &Address,
    (amount, paid): (i128, i128),
) {
    Withdrawn {
        who: who.clone(),
        token: token.clone(),
        to: to.clone(),
        amount,
        paid,
    }
    .publish(env);
}

fn publish_refused(env: &Env, who: &Address, token: &Address, amount: i128) {
    PushRefused {
        who: who.clone(),
        token: token.clone(),
        amount,
    }
    .publish(env);
}
