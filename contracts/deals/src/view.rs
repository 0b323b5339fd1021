//! A deal as callers see it: put together from its entry, its slot and its policy.

use flash_common::{book::SLOTS_PER_PAGE, gathered::Gathered};
use flash_interfaces::deals::{Deal, DealStatus, Health, HealthLevel, Meter};
use flash_money::{average_mb, fee_total, health::Level, units::NOT_MEASURED};
use soroban_sdk::Env;

use crate::{
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
    let fee = fee_total(slot.meter.paid_total, policy.fee_bps)?;
    let measured = |value: u32| if value == NOT_MEASURED { 0 } else { value };
    let settled = &slot.settled;
    Some(Deal {
        start_ts: slot.meter.start_ts,
        unpaid_storage_mb,
        unpaid_egress_mb,
        paid_storage_mb: average_mb(
            settled.storage_mb_secs,
            settled.through_ts.saturating_sub(slot.meter.start_ts),
        )?,
        paid_egress_mb: settled.egress_mb,
        balance_consumer: slot.meter.locked.try_into().ok()?,
        balance_provider: slot.meter.paid_total.checked_sub(fee)?.try_into().ok()?,
        sla_avg_latency_ms: measured(slot.meter.latency_ms),
        sla_avg_uptime_pct: measured(slot.meter.uptime_bps),
        slash_amount_usd: slot.meter.credited()?.try_into().ok()?,
        last_settled_ts: slot.meter.through_ts,
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

/// What is staged; without a stage, what is reported and not settled yet.
fn unpaid(env: &Env, slot: &DealSlot) -> Option<(u64, u64)> {
    if let Some(stage) = stage::staged(env, slot).filter(|stage| stage.through_ts > 0) {
        return Some((stage.storage_mb, stage.egress_mb));
    }
    let stored = slot
        .meter
        .storage_mb_secs
        .checked_sub(slot.settled.storage_mb_secs)?;
    let secs = slot.meter.through_ts.checked_sub(slot.settled.through_ts)?;
    Some((
        average_mb(stored, secs)?,
        slot.meter.egress_mb.checked_sub(slot.settled.egress_mb)?,
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
        storage_mb_secs: slot.meter.storage_mb_secs,
        payable_mb_secs_bps: slot.meter.payable_mb_secs_bps,
        egress_mb: slot.meter.egress_mb,
        through_ts: slot.meter.through_ts,
        start_ts: slot.meter.start_ts,
        end_ts: slot.meter.end_ts,
        close_ts: slot.meter.close_ts,
        final_until_ts: slot.meter.final_until_ts,
        agreed_storage_mb: slot.meter.agreed_storage_mb,
        agreed_egress_mb: slot.meter.agreed_egress_mb,
        price_per_gb_storage: terms.price_per_gb_storage,
        price_per_gb_egress: terms.price_per_gb_egress,
        rate_mb: slot.meter.rate_mb,
        strikes: slot.meter.strikes,
        breach_ts: slot.meter.breach_ts,
        clipped_windows: slot.meter.clipped_windows,
        min_window_secs: slot.meter.sla.min_window_secs,
        owed: slot.meter.owed()?,
        reserve: slot.meter.reserve()?,
        paid_total: slot.meter.paid_total,
        locked: slot.meter.locked,
        credited: slot.meter.credited()?,
        arrears_since_ts: slot.meter.arrears_since_ts,
    })
}

/// How a funded deal stands; `None` for any other.
pub fn health(env: &Env, deal_id: u32) -> Option<Health> {
    let record = storage::read_deal(env, deal_id)
        .filter(|record| record.progress.status == DealStatus::Funded)?;
    let slot = storage::read_slot(env, deal_id, &record)?;
    let policy = storage::read_policy(env, record.terms.policy_version)?;
    let now = env.ledger().timestamp();
    let staged = stage::reading(env, &slot);
    let health = slot.meter.health(policy.grace_secs, staged.as_ref(), now)?;
    Some(Health {
        level: match health.level {
            Level::Ok => HealthLevel::Ok,
            Level::Low => HealthLevel::Low,
            Level::Critical => HealthLevel::Critical,
            Level::Grace => HealthLevel::Grace,
        },
        runway_secs: health.runway_secs,
        egress_left_mb: health.egress_left_mb,
        arrears: health.arrears,
        grace_until_ts: health.grace_until_ts,
        refund_at_close: health.refund_at_close,
        refund_at_release: health.refund_at_release,
    })
}

/// Ids of the deals on a page.
pub fn ids(env: &Env, page: &DealPage) -> soroban_sdk::Vec<u32> {
    let mut ids = Gathered::<u32, SLOTS_PER_PAGE>::default();
    for deal_id in page.ids() {
        ids.push(env, &deal_id);
    }
    ids.to_vec(env)
}
