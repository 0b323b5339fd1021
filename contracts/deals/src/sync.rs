//! After closing: the capacity goes back to the bucket, then the outcome to `reputation`. These are
//! separate steps, so that neither contract can block anybody's money.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealDeleted, DealStatus, DealSynced, DealsError, EndReason},
    registry::RegistryClient,
    reputation::{Outcome, ReputationClient},
};
use flash_money::meter::Flags;
use soroban_sdk::{Address, Env};

use crate::{record::DealRecord, slot::DealSlot, storage};

pub fn free_capacity(env: &Env, deal_id: u32, record: &mut DealRecord) -> Result<(), DealsError> {
    ensure!(!record.progress.capacity_freed, DealsError::NotSynced);
    record.progress.capacity_freed = true;
    storage::set_ended_deal(env, deal_id, record);
    DealSynced {
        deal_id,
        outcome: false,
    }
    .publish(env);
    let registry = storage::links(env)?.registry;
    RegistryClient::new(env, &registry).release(
        &record.terms.bucket_id,
        &deal_id,
        &record.progress.fb_repo_id,
        &record.terms.agreed_storage_mb,
        &record.terms.agreed_egress_mb,
    );
    Ok(())
}

pub fn write_outcome(env: &Env, deal_id: u32, record: &mut DealRecord) -> Result<(), DealsError> {
    ensure!(!record.progress.outcome_written, DealsError::NotSynced);
    let slot = storage::read_slot(env, deal_id, record).ok_or(DealsError::CorruptPage)?;
    let outcome = outcome(record, &slot).ok_or(DealsError::Overflow)?;
    record.progress.outcome_written = true;
    storage::set_ended_deal(env, deal_id, record);
    DealSynced {
        deal_id,
        outcome: true,
    }
    .publish(env);
    let reputation = storage::links(env)?.reputation;
    ReputationClient::new(env, &reputation).record(
        &deal_id,
        &record.terms.provider_id,
        &record.terms.consumer_id,
        &outcome,
        &slot.meter.paid_total,
    );
    Ok(())
}

/// The outcome of a released deal, from its state.
fn outcome(record: &DealRecord, slot: &DealSlot) -> Option<Outcome> {
    Some(match record.progress.status {
        DealStatus::BreachedProvider => Outcome::BreachedProvider,
        DealStatus::BreachedConsumer => Outcome::BreachedConsumer,
        DealStatus::Cancelled if record.progress.reason == EndReason::Silence => {
            Outcome::CancelledBySilence
        }
        DealStatus::Cancelled => Outcome::CancelledByNotice,
        _ if !slot.meter.flags.has(Flags::MEASURED) => Outcome::CompletedUnmeasured,
        _ => {
            let credited = slot.meter.credited()?;
            if credited == 0 {
                Outcome::CompletedClean
            } else if credited.checked_mul(10)? <= slot.meter.charged()? {
                Outcome::CompletedMinorCredit
            } else {
                Outcome::CompletedMajorCredit
            }
        }
    })
}

/// Deletes the record of a deal for which nothing is left to do. A tombstone stays, so that its id is
/// never used again.
pub fn delete(
    env: &Env,
    consumer: &Address,
    provider: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let mut record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    let never_funded = record.progress.page.is_none() && !record.is_unfunded();
    let synced = record.progress.capacity_freed && record.progress.outcome_written;
    ensure!(
        never_funded || (record.is_released() && synced),
        DealsError::NotSynced
    );
    record.progress.deleted = true;
    storage::set_ended_deal(env, deal_id, &record);
    DealDeleted { deal_id }.publish(env);
    Ok(())
}
