//! Money in and out of a live deal: anyone adds, the consumer takes surplus back.

use flash_common::ensure;
use flash_interfaces::{
    deals::{ArrearsCleared, DealStatus, DealToppedUp, DealsError, DepositReduced},
    escrow::EscrowClient,
};
use flash_money::units;
use soroban_sdk::{Address, Env};

use crate::{
    policy,
    record::DealRecord,
    slot::{DealPage, DealSlot},
    storage,
};

/// Adds money of `from`. Refunds go to the consumer, whoever paid.
pub fn top_up(
    env: &Env,
    from: &Address,
    deal_id: u32,
    record: &DealRecord,
    amount: u128,
) -> Result<(), DealsError> {
    record.ensure_status(DealStatus::Funded, DealsError::NotFunded)?;
    let amount = units::payment(amount).ok_or(DealsError::AmountOutOfBounds)?;
    let mut cleared = false;
    let locked = change_slot(env, deal_id, record, |slot| {
        slot.meter.locked = slot
            .meter
            .locked
            .checked_add(amount)
            .ok_or(DealsError::Overflow)?;
        cleared = slot.meter.clear_arrears().ok_or(DealsError::Overflow)?;
        Ok(())
    })?;
    DealToppedUp {
        deal_id,
        from: from.clone(),
        amount,
        locked,
    }
    .publish(env);
    if cleared {
        ArrearsCleared { deal_id }.publish(env);
    }
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).deposit(&deal_id, from, &amount);
    Ok(())
}

/// Gives surplus back to the consumer, who claims it from the escrow.
pub fn reduce(env: &Env, consumer: &Address, deal_id: u32, amount: u128) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_consumer(consumer)?;
    record.ensure_status(DealStatus::Funded, DealsError::NotFunded)?;
    let amount = units::payment(amount).ok_or(DealsError::AmountOutOfBounds)?;
    let min_fund = min_fund(env, &record)?;
    let now = env.ledger().timestamp();
    let locked = change_slot(env, deal_id, &record, |slot| {
        let left = slot
            .meter
            .locked
            .checked_sub(amount)
            .ok_or(DealsError::LeavesTooLittle)?;
        let needed = slot.meter.least_to_keep(now).ok_or(DealsError::Overflow)?;
        ensure!(left >= min_fund.max(needed), DealsError::LeavesTooLittle);
        slot.meter.locked = left;
        Ok(())
    })?;
    DepositReduced {
        deal_id,
        amount,
        locked,
    }
    .publish(env);
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).refund(&deal_id, &amount);
    Ok(())
}

/// The deal's minimum deposit.
fn min_fund(env: &Env, record: &DealRecord) -> Result<i128, DealsError> {
    let policy = storage::policy(env, record.terms.policy_version)?;
    policy::min_fund(&policy, &record.terms).ok_or(DealsError::Overflow)
}

/// Changes a live deal's slot and returns what it has locked afterwards.
fn change_slot(
    env: &Env,
    deal_id: u32,
    record: &DealRecord,
    change: impl FnOnce(&mut DealSlot) -> Result<(), DealsError>,
) -> Result<i128, DealsError> {
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    change(&mut slot)?;
    storage::set_slot(env, &place, &mut page, &slot)?;
    Ok(slot.meter.locked)
}
