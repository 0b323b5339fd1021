//! Before a deal is funded: the provider accepts or rejects, the consumer withdraws, a window
//! passes. Nothing is reserved yet, so several deals may be accepted on one bucket.

use flash_common::ensure;
use flash_interfaces::deals::{DealAccepted, DealDropped, DealStatus, DealsError, EndReason};
use soroban_sdk::{Address, Env};

use crate::{record::DealRecord, storage};

pub fn accept(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let mut record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    record.ensure_status(DealStatus::Pending, DealsError::NotPending)?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    let now = env.ledger().timestamp();
    let accept_until_ts = record
        .terms
        .created_ts
        .saturating_add(policy.accept_window_secs);
    ensure!(now <= accept_until_ts, DealsError::AcceptWindowPassed);

    record.progress.status = DealStatus::Accepted;
    record.progress.accepted_ts = now;
    storage::set_deal(env, deal_id, &record);
    let fund_until_ts = now.saturating_add(policy.fund_window_secs);
    DealAccepted {
        deal_id,
        fund_until_ts,
    }
    .publish(env);
    Ok(())
}

pub fn reject(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    ensure!(record.is_unfunded(), DealsError::NotUnfunded);
    end_unfunded(env, deal_id, record, EndReason::Rejected);
    Ok(())
}

pub fn withdraw(env: &Env, consumer: &Address, deal_id: u32) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_consumer(consumer)?;
    ensure!(record.is_unfunded(), DealsError::NotUnfunded);
    end_unfunded(env, deal_id, record, EndReason::Withdrawn);
    Ok(())
}

/// Whether the window that an unfunded deal is in has passed.
pub fn is_expired(env: &Env, record: &DealRecord) -> Result<bool, DealsError> {
    let policy = storage::policy(env, record.terms.policy_version)?;
    let until_ts = match record.progress.status {
        DealStatus::Pending => record
            .terms
            .created_ts
            .saturating_add(policy.accept_window_secs),
        DealStatus::Accepted => record
            .progress
            .accepted_ts
            .saturating_add(policy.fund_window_secs),
        _ => return Ok(false),
    };
    Ok(env.ledger().timestamp() > until_ts)
}

/// Ends an unfunded deal. It holds no money and no capacity, so nothing is left to do for it.
pub fn end_unfunded(env: &Env, deal_id: u32, mut record: DealRecord, reason: EndReason) {
    record.progress.status = DealStatus::Cancelled;
    record.progress.reason = reason;
    storage::set_ended_deal(env, deal_id, &record);
    DealDropped { deal_id, reason }.publish(env);
}
