//! Closing a deal. It touches only `deals` and `escrow`, so nobody else can block it. The outcome
//! follows from the state of the deal, whoever calls.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealClosed, DealStatus, DealsError, EndReason, Reported},
    escrow::EscrowClient,
};
use flash_money::meter::Flags;
use soroban_sdk::{vec, Address, Env};

use crate::{
    record::DealRecord,
    release::{self, Parting},
    slot::{DealPage, DealSlot},
    stage,
    storage::{self, Place},
    sync,
};

/// Who closes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closer {
    Consumer,
    /// Anyone, because closing is due.
    Anyone,
}

/// The consumer's way out when nothing else works.
pub fn close_by_consumer(env: &Env, consumer: &Address, deal_id: u32) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_consumer(consumer)?;
    close(env, deal_id, record, Closer::Consumer, false)?;
    Ok(())
}

/// What the published client calls: closes, frees the capacity, writes the outcome, pushes.
pub fn complete(
    env: &Env,
    consumer: &Address,
    provider: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    let mut record = close(env, deal_id, record, Closer::Consumer, true)?;
    sync::free_capacity(env, deal_id, &mut record)?;
    if record.is_released() {
        sync::write_outcome(env, deal_id, &mut record)?;
    }
    Ok(())
}

/// Whether anyone may close the deal now.
pub fn is_due(slot: &DealSlot, grace_secs: u64, now: u64) -> bool {
    now >= slot.meter.end_ts
        || slot.meter.strikes_at_limit()
        || slot.meter.grace_is_over(grace_secs, now)
}

/// Closes a funded deal: applies a staged window, settles, derives the outcome, and refunds all but
/// the holdback.
pub fn close(
    env: &Env,
    deal_id: u32,
    mut record: DealRecord,
    by: Closer,
    push: bool,
) -> Result<DealRecord, DealsError> {
    record.ensure_status(DealStatus::Funded, DealsError::NotFunded)?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    let now = env.ledger().timestamp();
    apply_stage(env, &mut slot, now);
    let due = by == Closer::Consumer || is_due(&slot, policy.grace_secs, now);
    ensure!(due, DealsError::NotDue);

    let parting = shut(env, &place, &mut page, &mut record, &mut slot, by)?;
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).close(
        &deal_id,
        &parting.pay,
        &parting.refund,
        &record.is_released(),
        &push,
    );
    Ok(record)
}

/// The part of closing that happens in this contract.
fn shut(
    env: &Env,
    place: &Place,
    page: &mut DealPage,
    record: &mut DealRecord,
    slot: &mut DealSlot,
    by: Closer,
) -> Result<Parting, DealsError> {
    let now = env.ledger().timestamp();
    let deal_id = slot.deal_id;
    slot.meter.close(now);
    let settlement = slot.settle(now).ok_or(DealsError::Overflow)?;
    let status = outcome(slot, settlement.arrears);
    let reason = reason(slot, status, by, now);
    let held = match status {
        DealStatus::BreachedProvider => 0,
        _ => slot
            .meter
            .holdback(slot.meter.close_ts)
            .ok_or(DealsError::Overflow)?,
    };
    let refund = slot
        .meter
        .locked
        .checked_sub(held)
        .ok_or(DealsError::Overflow)?;
    if status == DealStatus::BreachedProvider {
        slot.meter.flags.set(Flags::BREACHED);
    }
    record.progress.status = status;
    record.progress.reason = reason;
    DealClosed {
        deal_id,
        consumer: record.terms.consumer_id.clone(),
        provider: record.terms.provider_id.clone(),
        status,
        reason,
        close_ts: slot.meter.close_ts,
        paid: settlement.pay,
        refund,
        held,
    }
    .publish(env);
    if held == 0 || slot.meter.is_final() {
        let parting = release::leave_book(env, page, record, slot)?;
        storage::set_page(env, &place.key, page);
        return Ok(Parting {
            pay: settlement.pay,
            ..parting
        });
    }
    slot.meter.locked = held;
    storage::set_slot(env, place, page, slot)?;
    storage::set_ended_deal(env, deal_id, record);
    Ok(Parting {
        deal_id,
        pay: settlement.pay,
        refund,
    })
}

/// Applies a staged window. One that cannot be applied is dropped, so that closing does not fail.
fn apply_stage(env: &Env, slot: &mut DealSlot, now: u64) {
    let reading = stage::reading(env, slot);
    if let Some(Ok(flags)) = reading.map(|reading| slot.apply(&reading, now)) {
        let item = (
            slot.deal_id,
            slot.meter.storage_mb_secs,
            slot.meter.egress_mb,
            slot.meter.through_ts,
            flags,
            0,
        );
        Reported {
            items: vec![env, item],
        }
        .publish(env);
    }
    // Removed even when there is none: a window may be staged between simulation and this call.
    storage::remove_stage(env, slot.deal_id);
}

fn outcome(slot: &DealSlot, arrears: i128) -> DealStatus {
    if slot.meter.strikes_at_limit() {
        DealStatus::BreachedProvider
    } else if arrears > 0 {
        DealStatus::BreachedConsumer
    } else if slot.meter.flags.has(Flags::NOTICE) {
        DealStatus::Cancelled
    } else {
        DealStatus::Completed
    }
}

fn reason(slot: &DealSlot, status: DealStatus, by: Closer, now: u64) -> EndReason {
    match status {
        DealStatus::BreachedProvider => EndReason::Strikes,
        DealStatus::Cancelled if slot.meter.flags.has(Flags::SILENT) => EndReason::Silence,
        DealStatus::Cancelled => EndReason::Notice,
        _ if now >= slot.meter.end_ts => EndReason::Term,
        _ if by == Closer::Consumer => EndReason::Consumer,
        _ => EndReason::Grace,
    }
}
