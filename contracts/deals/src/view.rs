//! A deal as others see it: put together at the edge from its entry, its slot and its policy.

use flash_common::{book::SLOTS_PER_PAGE, gathered::Gathered};
use flash_interfaces::deals::{Deal, DealStatus, Health, HealthLevel, Meter, Policy, NOT_MEASURED};
use soroban_sdk::Env;

use crate::{
    math::{average_mb, fee_total},
    policy::LOW_RUNWAY_SECS,
    record::DealRecord,
    slot::{DealPage, DealSlot},
    stage, storage,
};

/// A deal in the shape of the published client; `None` when a total is out of range.
pub fn deal(env: &Env, deal_id: u32, record: &DealRecord) -> Option<Deal> {
    let unfunded = unfunded_deal(deal_id, record);
    let Some(slot) = storage::read_slot(env, deal_id, record) else {
        return Some(unfunded);
    };
    let policy = storage::read_policy(env, record.terms.policy_version)?;
    let (unpaid_storage_mb, unpaid_egress_mb) = unpaid(env, &slot)?;
    let fee = fee_total(slot.paid_total, policy.fee_bps)?;
    let measured = |value: u32| if value == NOT_MEASURED { 0 } else { value };
    let settled = &slot.settled;
    Some(Deal {
        start_ts: slot.start_ts,
        unpaid_storage_mb,
        unpaid_egress_mb,
        paid_storage_mb: average_mb(
            settled.storage_mb_secs,
            settled.through_ts.saturating_sub(slot.start_ts),
        )?,
        paid_egress_mb: settled.egress_mb,
        balance_consumer: slot.locked.try_into().ok()?,
        balance_provider: slot.paid_total.checked_sub(fee)?.try_into().ok()?,
        sla_avg_latency_ms: measured(slot.latency_ms),
        sla_avg_uptime_pct: measured(slot.uptime_bps),
        slash_amount_usd: slot.credited()?.try_into().ok()?,
        last_settled_ts: slot.through_ts,
        ..unfunded
    })
}

fn unfunded_deal(deal_id: u32, record: &DealRecord) -> Deal {
    let (terms, progress) = (&record.terms, &record.progress);
    Deal {
        deal_id,
        consumer_id: terms.consumer_id.clone(),
        provider_id: terms.provider_id.clone(),
        bucket_id: terms.bucket_id,
        fb_repo_id: progress.fb_repo_id.clone(),
        api_compatibility: terms.api_compatibility.clone(),
        start_ts: 0,
        duration_secs: terms.duration_secs,
        agreed_storage_mb: terms.agreed_storage_mb,
        agreed_egress_mb: terms.agreed_egress_mb,
        unpaid_storage_mb: 0,
        unpaid_egress_mb: 0,
        paid_storage_mb: 0,
        paid_egress_mb: 0,
        status: progress.status,
        balance_consumer: 0,
        balance_provider: 0,
        sla_avg_latency_ms: 0,
        sla_avg_uptime_pct: 0,
        slash_storage_mb: 0,
        slash_egress_mb: 0,
        slash_amount_usd: 0,
        last_settled_ts: 0,
        reason: progress.reason,
    }
}

/// What is staged, else what is reported and not settled.
fn unpaid(env: &Env, slot: &DealSlot) -> Option<(u64, u64)> {
    if let Some(stage) = stage::staged(env, slot).filter(|stage| stage.through_ts > 0) {
        return Some((stage.storage_mb, stage.egress_mb));
    }
    let stored = slot
        .storage_mb_secs
        .checked_sub(slot.settled.storage_mb_secs)?;
    let secs = slot.through_ts.checked_sub(slot.settled.through_ts)?;
    Some((
        average_mb(stored, secs)?,
        slot.egress_mb.checked_sub(slot.settled.egress_mb)?,
    ))
}

/// Everything that the oracle and an auditor need; `None` for a deal that was never funded.
pub fn meter(env: &Env, deal_id: u32) -> Option<Meter> {
    let record = storage::read_deal(env, deal_id).filter(|record| !record.progress.deleted)?;
    let slot = storage::read_slot(env, deal_id, &record)?;
    let page = record.progress.page?;
    let released = record.is_released();
    let (terms, progress) = (record.terms, record.progress);
    Some(Meter {
        deal_id,
        provider: terms.provider_id,
        asset: terms.asset,
        page,
        bucket_id: terms.bucket_id,
        fb_repo_id: progress.fb_repo_id,
        status: progress.status,
        released,
        storage_mb_secs: slot.storage_mb_secs,
        payable_mb_secs_bps: slot.payable_mb_secs_bps,
        egress_mb: slot.egress_mb,
        through_ts: slot.through_ts,
        start_ts: slot.start_ts,
        end_ts: slot.end_ts,
        close_ts: slot.close_ts,
        final_until_ts: slot.final_until_ts(),
        agreed_storage_mb: slot.agreed_storage_mb,
        agreed_egress_mb: slot.agreed_egress_mb,
        price_per_gb_storage: terms.price_per_gb_storage,
        price_per_gb_egress: terms.price_per_gb_egress,
        rate_mb: slot.rate_mb,
        strikes: slot.strikes,
        min_window_secs: slot.sla.min_window_secs,
        owed: slot.owed()?,
        reserve: slot.reserve()?,
        paid_total: slot.paid_total,
        locked: slot.locked,
        credited: slot.credited()?,
        arrears_since_ts: slot.arrears_since_ts,
    })
}

/// How a funded deal stands; `None` for any other.
pub fn health(env: &Env, deal_id: u32) -> Option<Health> {
    let record = storage::read_deal(env, deal_id)
        .filter(|record| record.progress.status == DealStatus::Funded)?;
    let slot = storage::read_slot(env, deal_id, &record)?;
    let policy = storage::read_policy(env, record.terms.policy_version)?;
    let owed = slot.owed()?;
    let spare = slot.available()?.checked_sub(owed)?;
    let runway_secs = slot
        .prices
        .runway_secs(spare, slot.rate_mb)
        .unwrap_or(u64::MAX);
    let (refund_at_close, refund_at_release) = refunds(env, &slot, env.ledger().timestamp())?;
    Some(Health {
        level: level(&slot, &policy, runway_secs),
        runway_secs,
        egress_left_mb: slot.agreed_egress_mb.saturating_sub(slot.egress_mb),
        arrears: spare.checked_neg()?.max(0),
        grace_until_ts: match slot.arrears_since_ts {
            0 => 0,
            since_ts => since_ts.saturating_add(policy.grace_secs),
        },
        refund_at_close,
        refund_at_release,
    })
}

fn level(slot: &DealSlot, policy: &Policy, runway_secs: u64) -> HealthLevel {
    if slot.arrears_since_ts != 0 {
        HealthLevel::Grace
    } else if runway_secs < policy.min_runway_secs {
        HealthLevel::Critical
    } else if runway_secs < LOW_RUNWAY_SECS {
        HealthLevel::Low
    } else {
        HealthLevel::Ok
    }
}

/// What the consumer gets when closing now: at once, and at most later.
fn refunds(env: &Env, slot: &DealSlot, now: u64) -> Option<(i128, i128)> {
    let mut slot = slot.clone();
    if let Some(reading) = stage::reading(env, &slot) {
        // A stage that cannot be applied is dropped by closing too.
        slot.apply(&reading, now).ok();
    }
    slot.close(now);
    slot.settle(now)?;
    let held = if slot.strikes_at_limit() {
        0
    } else {
        slot.holdback(slot.close_ts)?
    };
    Some((slot.locked.checked_sub(held)?, held))
}

/// Ids of the deals on a page.
pub fn ids(env: &Env, page: &DealPage) -> soroban_sdk::Vec<u32> {
    let mut ids = Gathered::<u32, SLOTS_PER_PAGE>::default();
    for deal_id in page.ids() {
        ids.push(env, &deal_id);
    }
    ids.to_vec(env)
}
