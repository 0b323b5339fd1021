//! Closing a deal ends its service. It touches only `deals` and `escrow`, so nobody else can block it.
//! The status that it gives is provisional: the outcome is known at release.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealClosed, DealStatus, DealsError, EndReason, Policy, Reported},
    escrow::EscrowClient,
};
use flash_money::meter::Flags;
use soroban_sdk::{vec, Address, Env};

use crate::{
    record::DealRecord,
    release::{self, Parting},
    settle,
    slot::{DealPage, DealSlot},
    stage,
    storage::{self, Place},
    succeed, sync,
};

/// Who closes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closer {
    Consumer,
    /// The consumer, by funding the deal's successor.
    Successor,
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
    let (mut record, slot) = close(env, deal_id, record, Closer::Consumer, true)?;
    sync::free_capacity(env, deal_id, &mut record, slot.meter.paid_total > 0)?;
    if record.is_released() {
        sync::write_outcome(env, deal_id, &mut record)?;
    }
    Ok(())
}

/// Whether anyone may close the deal now. After the provider's breach the consumer has the time of a
/// notice to fetch the data.
pub fn is_due(slot: &DealSlot, policy: &Policy, now: u64) -> bool {
    let meter = &slot.meter;
    let fetched_ts = meter.breach_ts.saturating_add(policy.notice_secs);
    now >= meter.end_ts
        || (meter.is_breached() && now >= fetched_ts)
        || meter.grace_is_over(policy.grace_secs, now)
}

/// Closes a funded deal: applies a staged window, settles, and refunds all but the holdback.
pub fn close(
    env: &Env,
    deal_id: u32,
    mut record: DealRecord,
    by: Closer,
    push: bool,
) -> Result<(DealRecord, DealSlot), DealsError> {
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
    match by {
        Closer::Consumer => {}
        Closer::Successor => ensure!(succeed::is_running(&slot, now), DealsError::NotSucceedable),
        Closer::Anyone => ensure!(is_due(&slot, &policy, now), DealsError::NotDue),
    }

    slot.meter.close(policy.final_window_secs, now);
    let parting = shut(env, &place, &mut page, &mut record, &mut slot, by)?;
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).close(
        &deal_id,
        &parting.pay,
        &parting.refund,
        &record.is_released(),
        &push,
    );
    Ok((record, slot))
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
    let pay = slot.settle().ok_or(DealsError::Overflow)?.pay;
    let status = provisional_status(slot);
    let reason = reason(slot, status, by, now);
    let held = slot
        .meter
        .holdback(slot.meter.close_ts)
        .ok_or(DealsError::Overflow)?;
    let refund = slot
        .meter
        .locked
        .checked_sub(held)
        .ok_or(DealsError::Overflow)?;
    record.progress.status = status;
    record.progress.reason = reason;
    DealClosed {
        deal_id,
        consumer: record.terms.consumer_id.clone(),
        provider: record.terms.provider_id.clone(),
        status,
        reason,
        close_ts: slot.meter.close_ts,
        paid: pay,
        refund,
        held,
    }
    .publish(env);
    if slot.meter.is_complete().ok_or(DealsError::Overflow)? {
        let parting = release::leave_book(env, page, record, slot)?;
        storage::set_page(env, &place.key, page);
        return Ok(Parting { pay, ..parting });
    }
    slot.meter.locked = held;
    storage::set_slot(env, place, page, slot)?;
    storage::set_ended_deal(env, deal_id, record);
    Ok(Parting {
        deal_id,
        pay,
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
        settle::announce_grace(env, slot, flags);
    }
    // Removed even when there is none: a window may be staged between simulation and this call.
    storage::remove_stage(env, slot.deal_id);
}

/// What the deal ends as, unless the final report or what is owed at release says otherwise.
fn provisional_status(slot: &DealSlot) -> DealStatus {
    if slot.meter.is_breached() {
        DealStatus::BreachedProvider
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
        _ if by == Closer::Anyone => EndReason::Grace,
        _ => EndReason::Consumer,
    }
}
