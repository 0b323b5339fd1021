//! Money in and out of a live deal: anyone adds, the consumer takes surplus back.

use flash_common::ensure;
use flash_interfaces::{
    deals::{ArrearsCleared, DealStatus, DealToppedUp, DealsError, DepositReduced},
    escrow::EscrowClient,
};
use flash_money::{settle::GraceChange, units};
use soroban_sdk::{Address, Env};

use crate::{
    record::DealRecord,
    release,
    slot::{DealPage, DealSlot},
    storage,
};

/// Adds money of `from` until the deal is released; what was still owed to a closed deal releases it.
/// Refunds go to the consumer, whoever paid.
pub fn top_up(
    env: &Env,
    from: &Address,
    deal_id: u32,
    mut record: DealRecord,
    amount: u128,
) -> Result<(), DealsError> {
    let in_book = record.progress.page.is_some() && !record.is_released();
    ensure!(in_book, DealsError::NotFunded);
    let amount = units::payment(amount).ok_or(DealsError::AmountOutOfBounds)?;
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    let locked = slot.meter.locked.checked_add(amount);
    slot.meter.locked = locked.ok_or(DealsError::Overflow)?;
    let now = env.ledger().timestamp();
    let grace = slot.meter.review_grace(now).ok_or(DealsError::Overflow)?;
    DealToppedUp {
        deal_id,
        from: from.clone(),
        amount,
        locked: slot.meter.locked,
    }
    .publish(env);
    if grace == GraceChange::Ended {
        ArrearsCleared { deal_id }.publish(env);
    }
    let parting = if slot.meter.is_complete().ok_or(DealsError::Overflow)? {
        let parting = release::leave_book(env, &mut page, &mut record, &mut slot)?;
        storage::set_page(env, &place.key, &page);
        storage::remove_stage(env, deal_id);
        Some(parting)
    } else {
        storage::set_slot(env, &place, &mut page, &slot)?;
        None
    };
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).deposit(&deal_id, from, &amount);
    match parting {
        Some(parting) => release::send_home(env, &parting, false),
        None => Ok(()),
    }
}

/// Gives surplus back to the consumer, who claims it from the escrow.
pub fn reduce(env: &Env, consumer: &Address, deal_id: u32, amount: u128) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_consumer(consumer)?;
    record.ensure_status(DealStatus::Funded, DealsError::NotFunded)?;
    let amount = units::payment(amount).ok_or(DealsError::AmountOutOfBounds)?;
    let now = env.ledger().timestamp();
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    let left = slot.meter.locked.checked_sub(amount);
    let locked = left.ok_or(DealsError::LeavesTooLittle)?;
    let needed = slot.meter.least_to_keep(now).ok_or(DealsError::Overflow)?;
    ensure!(locked >= needed, DealsError::LeavesTooLittle);
    slot.meter.locked = locked;
    storage::set_slot(env, &place, &mut page, &slot)?;
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
