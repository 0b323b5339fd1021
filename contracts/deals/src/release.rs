//! Releasing a closed deal: once everything is reported and paid, or when its final window is over.
//! The outcome is decided here. The slot moves from the book into the deal's own entry.

use flash_interfaces::deals::{DealReleased, DealStatus, DealsError, EndReason};
use flash_interfaces::escrow::EscrowClient;
use soroban_sdk::Env;

use crate::{
    record::DealRecord,
    slot::{DealPage, DealSlot},
    storage,
};

/// What the escrow is to do for a deal that leaves it.
pub struct Parting {
    pub deal_id: u32,
    pub pay: i128,
    pub refund: i128,
}

/// Releases a closed deal whose final window is over. What was not reported is billed at the last rate
/// for at most the policy's silence.
pub fn release_overdue(env: &Env, deal_id: u32, mut record: DealRecord) -> Result<(), DealsError> {
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::NotOnPage,
    )?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    slot.meter
        .add_unreported_tail(policy.silence_secs)
        .ok_or(DealsError::Overflow)?;
    let parting = leave_book(env, &mut page, &mut record, &mut slot)?;
    storage::set_page(env, &place.key, &page);
    storage::remove_stage(env, deal_id);
    send_home(env, &parting, false)
}

/// Takes a closed deal whose final report was applied out of its page, which the caller stores.
///
/// Not inlined: it is rare, and its code would make every turn of the caller's loop dearer.
#[inline(never)]
pub fn after_final_report(
    env: &Env,
    page: &mut DealPage,
    slot: &mut DealSlot,
) -> Result<Parting, DealsError> {
    let mut record = storage::read_deal(env, slot.deal_id).ok_or(DealsError::DealNotFound)?;
    leave_book(env, page, &mut record, slot)
}

/// Settles a closed deal for the last time and takes it out of its page, which the caller stores.
pub fn leave_book(
    env: &Env,
    page: &mut DealPage,
    record: &mut DealRecord,
    slot: &mut DealSlot,
) -> Result<Parting, DealsError> {
    let settlement = slot.settle().ok_or(DealsError::Overflow)?;
    let refund = slot.meter.locked;
    slot.meter.locked = 0;
    // Everything that can fail comes before the first change: in a batch an error becomes an item's
    // code, and the page is stored all the same.
    let credited = slot.meter.credited().ok_or(DealsError::Overflow)?;
    let index = page.find(slot.deal_id).ok_or(DealsError::NotOnPage)?;
    let mut last = DealPage::default();
    last.push(slot).ok_or(DealsError::Overflow)?;
    page.remove(index).ok_or(DealsError::NotOnPage)?;
    decide_outcome(record, slot, settlement.arrears);
    record.progress.last_slot = Some(last.to_bytes(env));
    storage::set_ended_deal(env, slot.deal_id, record);
    DealReleased {
        deal_id: slot.deal_id,
        status: record.progress.status,
        reason: record.progress.reason,
        storage_mb_secs: slot.meter.storage_mb_secs,
        egress_mb: slot.meter.egress_mb,
        paid_total: slot.meter.paid_total,
        credited,
        refund,
    }
    .publish(env);
    Ok(Parting {
        deal_id: slot.deal_id,
        pay: settlement.pay,
        refund,
    })
}

/// What was reported after closing can make the provider's breach, and what is owed now the
/// consumer's. Nothing else changes the provisional status.
fn decide_outcome(record: &mut DealRecord, slot: &DealSlot, owed: i128) {
    let progress = &mut record.progress;
    if slot.meter.is_breached() {
        progress.status = DealStatus::BreachedProvider;
        progress.reason = EndReason::Strikes;
    } else if owed > 0 {
        progress.status = DealStatus::BreachedConsumer;
    }
}

/// Pays, refunds and empties the deal's account.
pub fn send_home(env: &Env, parting: &Parting, push: bool) -> Result<(), DealsError> {
    let escrow = storage::links(env)?.escrow;
    let escrow = EscrowClient::new(env, &escrow);
    escrow.close(
        &parting.deal_id,
        &parting.pay,
        &parting.refund,
        &true,
        &push,
    );
    Ok(())
}
