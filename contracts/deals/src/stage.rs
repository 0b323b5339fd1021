//! The single-deal calls of the published client: a window is staged figure by figure, then turned
//! into one ordinary report.
//!
//! A stage belongs to the watermark at which it was begun. Any report moves the watermark, which voids
//! the stage; a batch need not know about it. A stage is also void once the oracle that wrote it is
//! suspended or replaced, so that a stolen key cannot bill through what it staged.

use flash_common::ensure;
use flash_interfaces::deals::{DealsError, Stage, WindowStaged};
use flash_money::{
    report::{Reading, Window},
    units::{BPS, MAX_MEASURED_LATENCY_MS, NOT_MEASURED},
};
use soroban_sdk::{Address, Env};

use crate::{
    oracle,
    slot::{DealPage, DealSlot},
    storage,
};

pub fn stage_consumption(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
    storage_mb: u64,
    egress_mb: u64,
) -> Result<(), DealsError> {
    let slot = open_slot(env, provider, consumer, deal_id)?;
    let through_ts = slot.meter.latest_through_ts(env.ledger().timestamp());
    ensure!(through_ts > slot.meter.through_ts, DealsError::StageEmpty);
    let stage = Stage {
        through_ts,
        storage_mb,
        egress_mb,
        ..current(env, &slot)
    };
    put(env, deal_id, stage);
    Ok(())
}

pub fn stage_service(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
    latency_ms: u32,
    uptime_bps: u32,
) -> Result<(), DealsError> {
    let in_bounds = latency_ms <= MAX_MEASURED_LATENCY_MS && uptime_bps <= BPS;
    ensure!(in_bounds, DealsError::ServiceOutOfBounds);
    let slot = open_slot(env, provider, consumer, deal_id)?;
    let stage = Stage {
        latency_ms,
        uptime_bps,
        ..current(env, &slot)
    };
    put(env, deal_id, stage);
    Ok(())
}

/// What the present oracle staged on the deal's present watermark.
pub fn staged(env: &Env, slot: &DealSlot) -> Option<Stage> {
    let (stage, epoch) = storage::stage(env, slot.deal_id)?;
    let valid = stage.from_ts == slot.meter.through_ts && epoch == oracle::epoch(env);
    valid.then_some(stage)
}

/// The staged window as new totals; `None` while it has no consumption.
pub fn reading(env: &Env, slot: &DealSlot) -> Option<Reading> {
    let stage = staged(env, slot)?;
    slot.meter.reading(&Window {
        from_ts: stage.from_ts,
        through_ts: stage.through_ts,
        storage_mb: stage.storage_mb,
        egress_mb: stage.egress_mb,
        latency_ms: stage.latency_ms,
        uptime_bps: stage.uptime_bps,
    })
}

/// The slot of a deal that still takes reports.
fn open_slot(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<DealSlot, DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    ensure!(record.progress.page.is_some(), DealsError::NotFunded);
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::ReportsClosed,
    )?;
    let now = env.ledger().timestamp();
    ensure!(slot.meter.takes_reports(now), DealsError::ReportsClosed);
    Ok(slot)
}

fn current(env: &Env, slot: &DealSlot) -> Stage {
    staged(env, slot).unwrap_or(Stage {
        from_ts: slot.meter.through_ts,
        through_ts: 0,
        storage_mb: 0,
        egress_mb: 0,
        latency_ms: NOT_MEASURED,
        uptime_bps: NOT_MEASURED,
    })
}

fn put(env: &Env, deal_id: u32, stage: Stage) {
    storage::set_stage(env, deal_id, &stage, oracle::epoch(env));
    WindowStaged { deal_id, stage }.publish(env);
}
