//! After closing: the capacity goes back to the bucket, then the outcome to `reputation`. These are
//! separate steps, so that neither contract can block anybody's money.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealDeleted, DealStatus, DealSynced, DealsError, EndReason, Policy},
    registry::RegistryClient,
    reputation::{Ending, Outcome, ReputationClient},
};
use flash_money::{fee_total, meter::Flags, Agreed};
use soroban_sdk::{Address, Env};

use crate::{record::DealRecord, slot::DealSlot, storage};

/// `paid`: whether the deal has paid anything. What a final report may still pay does not count: a name would be kept
/// for a deposit that is refunded.
pub fn free_capacity(
    env: &Env,
    deal_id: u32,
    record: &mut DealRecord,
    paid: bool,
) -> Result<(), DealsError> {
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
        &record.terms.consumer_id,
        &record.terms.agreed_storage_mb,
        &record.terms.agreed_egress_mb,
        &paid,
    );
    Ok(())
}

pub fn write_outcome(env: &Env, deal_id: u32, record: &mut DealRecord) -> Result<(), DealsError> {
    ensure!(!record.progress.outcome_written, DealsError::NotSynced);
    let slot = storage::read_slot(env, deal_id, record).ok_or(DealsError::CorruptPage)?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    let ending = ending(record, &slot, &policy).ok_or(DealsError::Overflow)?;
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
        &ending,
    );
    Ok(())
}

/// How a released deal ended and what that weighs, from its state.
fn ending(record: &DealRecord, slot: &DealSlot, policy: &Policy) -> Option<Ending> {
    let meter = &slot.meter;
    let gross = meter.charged()?.checked_add(meter.credited()?)?;
    let outcome = outcome(record, slot, gross)?;
    let weight = if outcome == Outcome::BreachedProvider {
        let terms = &record.terms;
        let quote = meter.prices.quote(&Agreed {
            storage_mb: terms.agreed_storage_mb,
            egress_mb: terms.agreed_egress_mb,
            duration_secs: terms.duration_secs,
        })?;
        gross.max(slot.first_deposit).min(quote)
    } else {
        gross
    };
    Some(Ending {
        outcome,
        // What was in its grace when it was closed stays so.
        closed_in_grace: meter.arrears_since_ts != 0,
        volume: meter.paid_total,
        fee: fee_total(meter.paid_total, policy.fee_bps)?,
        weight,
    })
}

/// `gross` is what the usage cost before SLA credit.
fn outcome(record: &DealRecord, slot: &DealSlot, gross: i128) -> Option<Outcome> {
    Some(match record.progress.status {
        DealStatus::BreachedProvider => Outcome::BreachedProvider,
        DealStatus::BreachedConsumer => Outcome::BreachedConsumer,
        DealStatus::Cancelled if record.progress.reason == EndReason::Silence => {
            Outcome::CancelledBySilence
        }
        DealStatus::Cancelled if slot.meter.flags.has(Flags::OVERUSED) => {
            Outcome::CancelledForOveruse
        }
        DealStatus::Cancelled => Outcome::CancelledByNotice,
        _ if !slot.meter.flags.has(Flags::MEASURED) => Outcome::CompletedUnmeasured,
        _ => {
            let credited = slot.meter.credited()?;
            if credited == 0 {
                Outcome::CompletedClean
            } else if credited.checked_mul(10)? <= gross {
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
