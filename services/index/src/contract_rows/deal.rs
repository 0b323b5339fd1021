//! Deals.

use super::{int, word};
use crate::{chain::Chain, json_rows::measured, rows::Deal, table::Int128};
use anyhow::Result;
use flash_client::types::{self, DealStatus};

/// A deal, with what only events tell taken from `known`; `None` where its record was deleted.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn deal_of(
    chain: &Chain,
    deal_id: i64,
    known: Option<Deal>,
    ledger: i64,
) -> Result<Option<Deal>> {
    let id = u32::try_from(deal_id)?;
    let (deals, escrow) = (&chain.market.deals, &chain.market.escrow);
    let Some(terms) = chain.read(deals.get_deal_terms(id)).await? else {
        return Ok(None);
    };
    let (consumer, provider) = (terms.consumer_id.clone(), terms.provider_id.clone());
    let Some(deal) = chain.read(deals.get_deal(consumer, provider, id)).await? else {
        return Ok(None);
    };
    let mut row = of_terms(&terms, &deal)?;
    let known = known.unwrap_or_else(|| Deal {
        window_from_ts: row.start_ts,
        ..Deal::default()
    });
    row.fund_until_ts = known.fund_until_ts;
    row.succeeded_by = known.succeeded_by;
    row.window_from_ts = known.window_from_ts;
    row.window_storage_mb_secs = known.window_storage_mb_secs;
    row.window_egress_mb = known.window_egress_mb;
    row.changed_ledger = ledger;
    let meter = chain
        .read(deals.get_meters(vec![id]))
        .await?
        .pop()
        .flatten();
    if let Some(meter) = meter {
        metered(&mut row, &meter)?;
        (row.latency_ms, row.uptime_bps) = service(&deal, meter.strikes);
        if let Some(account) = chain.read(escrow.get_account(id)).await? {
            row.deposited = Int128(account.deposited);
            row.refunded = Int128(account.refunded);
        }
    }
    if deal.status == DealStatus::Funded {
        if let Some(stage) = chain.read(deals.get_stage(id)).await? {
            staged(&mut row, &stage)?;
        }
    }
    Ok(Some(row))
}

fn of_terms(terms: &types::Terms, deal: &types::Deal) -> Result<Deal> {
    let status = word(deal.status);
    Ok(Deal {
        deal_id: deal.deal_id.into(),
        consumer: terms.consumer_id.to_string(),
        provider: terms.provider_id.to_string(),
        bucket_id: terms.bucket_id.into(),
        asset: terms.asset.to_string(),
        api: terms.api_compatibility.to_string(),
        fb_repo_id: deal.fb_repo_id.to_string(),
        ended: i64::from(!["pending", "accepted", "funded"].contains(&&*status)),
        status,
        reason: word(deal.reason),
        created_ts: int(terms.created_ts)?,
        duration_secs: int(terms.duration_secs)?,
        agreed_storage_mb: int(terms.agreed_storage_mb)?,
        agreed_egress_mb: int(terms.agreed_egress_mb)?,
        price_storage: int(terms.price_per_gb_storage)?,
        price_egress: int(terms.price_per_gb_egress)?,
        sla_latency_ms: terms.sla_avg_latency_ms.into(),
        sla_uptime_bps: terms.sla_avg_uptime_pct.into(),
        policy_version: terms.policy_version.into(),
        metering: word(terms.metering),
        succeeds: terms.succeeds.map(i64::from),
        start_ts: int(deal.start_ts)?,
        ..Deal::default()
    })
}

fn metered(row: &mut Deal, meter: &types::Meter) -> Result<()> {
    row.released = meter.released.into();
    row.start_ts = int(meter.start_ts)?;
    row.end_ts = int(meter.end_ts)?;
    row.close_ts = int(meter.close_ts)?;
    row.final_until_ts = int(meter.final_until_ts)?;
    row.through_ts = int(meter.through_ts)?;
    row.storage_mb_secs = Int128(i128::try_from(meter.storage_mb_secs)?);
    row.payable_mb_secs_bps = Int128(i128::try_from(meter.payable_mb_secs_bps)?);
    row.egress_mb = int(meter.egress_mb)?;
    row.rate_mb = int(meter.rate_mb)?;
    row.strikes = meter.strikes.into();
    row.owed = Int128(meter.owed);
    row.reserve = Int128(meter.reserve);
    row.paid_total = Int128(meter.paid_total);
    row.locked = Int128(meter.locked);
    row.credited = Int128(meter.credited);
    row.arrears_since_ts = int(meter.arrears_since_ts)?;
    Ok(())
}

/// Latency and uptime, as last measured. `get_deal` answers 0 for what was never measured, and for a
/// measured 0. A strike tells them apart: only a measured uptime makes a window critical. Nothing is
/// served while nothing is up, so that there is no latency then.
fn service(deal: &types::Deal, strikes: u32) -> (Option<i64>, Option<i64>) {
    let some = |value: u32| (value > 0).then_some(i64::from(value));
    match deal.sla_avg_uptime_pct {
        0 if strikes > 0 => (None, Some(0)),
        uptime_bps => (some(deal.sla_avg_latency_ms), some(uptime_bps)),
    }
}

fn staged(row: &mut Deal, stage: &types::Stage) -> Result<()> {
    row.stage_from_ts = Some(int(stage.from_ts)?);
    row.stage_through_ts = Some(int(stage.through_ts)?);
    row.stage_storage_mb = Some(int(stage.storage_mb)?);
    row.stage_egress_mb = Some(int(stage.egress_mb)?);
    row.stage_latency_ms = measured(stage.latency_ms.into());
    row.stage_uptime_bps = measured(stage.uptime_bps.into());
    Ok(())
}
