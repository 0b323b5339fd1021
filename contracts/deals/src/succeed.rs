//! A deal that replaces another of the same parties on the same bucket: a renewal, an extension, another size,
//! another price. The old deal closes in the second in which the new one starts.

use flash_common::ensure;
use flash_interfaces::deals::{DealRequest, DealStatus, DealSucceeded, DealSynced, DealsError};
use flash_money::meter::Flags;
use soroban_sdk::{Address, Env, String};

use crate::{
    close::{self, Closer},
    record::DealRecord,
    slot::DealSlot,
    storage,
};

/// What the registry has to know of a deal that was replaced.
pub struct Replaced {
    pub deal_id: u32,
    pub agreed_mb: (u64, u64),
    pub paid: bool,
}

/// Whether a request may name this deal to be replaced; its agreed storage and egress.
pub fn check(
    env: &Env,
    replaced_id: u32,
    consumer: &Address,
    request: &DealRequest,
) -> Result<(u64, u64), DealsError> {
    let record = storage::deal(env, replaced_id)?;
    let terms = &record.terms;
    let same = terms.consumer_id == *consumer
        && terms.provider_id == request.provider_id
        && terms.bucket_id == request.bucket_id;
    ensure!(same, DealsError::SuccessorMismatch);
    record.ensure_status(DealStatus::Funded, DealsError::NotSucceedable)?;
    let slot = storage::read_slot(env, replaced_id, &record).ok_or(DealsError::NotOnPage)?;
    ensure!(
        is_running(&slot, env.ledger().timestamp()),
        DealsError::NotSucceedable
    );
    Ok((terms.agreed_storage_mb, terms.agreed_egress_mb))
}

/// Whether a funded deal can be replaced: it is not over, and its provider has not given notice. One that was
/// replaced is not funded any more.
pub fn is_running(slot: &DealSlot, now: u64) -> bool {
    now < slot.meter.end_ts && !slot.meter.flags.has(Flags::NOTICE)
}

/// Closes the deal that a successor replaces, which is being funded.
pub fn replace(
    env: &Env,
    replaced_id: u32,
    successor_id: u32,
    fb_repo_id: &String,
) -> Result<Replaced, DealsError> {
    let mut record = storage::deal(env, replaced_id)?;
    record.ensure_status(DealStatus::Funded, DealsError::NotSucceedable)?;
    ensure!(
        record.progress.fb_repo_id == *fb_repo_id,
        DealsError::SuccessorRepoId
    );
    // Its capacity passes on: the caller tells the registry.
    record.progress.capacity_freed = true;
    let (record, slot) = close::close(env, replaced_id, record, Closer::Successor, false)?;
    announce(env, replaced_id, successor_id);
    let DealRecord { terms, .. } = record;
    Ok(Replaced {
        deal_id: replaced_id,
        agreed_mb: (terms.agreed_storage_mb, terms.agreed_egress_mb),
        paid: slot.meter.paid_total > 0,
    })
}

fn announce(env: &Env, deal_id: u32, successor: u32) {
    DealSynced {
        deal_id,
        outcome: false,
    }
    .publish(env);
    DealSucceeded { deal_id, successor }.publish(env);
}
