//! Deals out of their rows.

use super::{
    bucket::metering_of,
    deal::{DealRow, Metered},
    row::Row,
};
use crate::answers::{DealStatus, EndReason};
use anyhow::Context;
use flash_money::{report::Window, units::NOT_MEASURED, Agreed, Meter, Prices};

/// As `status` of a deal, in the contract's order.
pub const STATUSES: [(&str, DealStatus); 7] = [
    ("pending", DealStatus::Pending),
    ("accepted", DealStatus::Accepted),
    ("funded", DealStatus::Funded),
    ("completed", DealStatus::Completed),
    ("cancelled", DealStatus::Cancelled),
    ("breached_consumer", DealStatus::BreachedConsumer),
    ("breached_provider", DealStatus::BreachedProvider),
];

pub fn status_text(status: DealStatus) -> &'static str {
    let named = STATUSES.iter().find(|(_, known)| *known == status);
    named.map_or("", |(word, _)| word)
}

fn status_of(text: &str) -> anyhow::Result<DealStatus> {
    let status = STATUSES.iter().find(|(word, _)| *word == text);
    let status = status.map(|(_, status)| *status);
    status.with_context(|| format!("`{text}` is no status"))
}

fn reason_of(text: &str) -> EndReason {
    match text {
        "consumer" => EndReason::Consumer,
        "notice" => EndReason::Notice,
        "silence" => EndReason::Silence,
        "term" => EndReason::Term,
        "grace" => EndReason::Grace,
        "strikes" => EndReason::Strikes,
        "expired" => EndReason::Expired,
        "rejected" => EndReason::Rejected,
        "withdrawn" => EndReason::Withdrawn,
        _ => EndReason::Open,
    }
}

fn metered(row: &Row) -> anyhow::Result<Option<Metered>> {
    let start_ts: u64 = row.number("start_ts")?;
    if start_ts == 0 {
        return Ok(None);
    }
    let measured = |name: &str| Ok::<_, anyhow::Error>(row.maybe(name)?.unwrap_or(NOT_MEASURED));
    let stage_from: Option<u64> = row.maybe("stage_from_ts")?;
    let staged = match stage_from {
        None => None,
        Some(from_ts) => Some(Window {
            from_ts,
            through_ts: row.number("stage_through_ts")?,
            storage_mb: row.number("stage_storage_mb")?,
            egress_mb: row.number("stage_egress_mb")?,
            latency_ms: measured("stage_latency_ms")?,
            uptime_bps: measured("stage_uptime_bps")?,
        }),
    };
    let meter = Meter {
        agreed_storage_mb: row.number("agreed_storage_mb")?,
        agreed_egress_mb: row.number("agreed_egress_mb")?,
        prices: prices(row)?,
        start_ts,
        end_ts: row.number("end_ts")?,
        close_ts: row.number("close_ts")?,
        final_until_ts: row.number("final_until_ts")?,
        through_ts: row.number("through_ts")?,
        storage_mb_secs: row.int128("storage_mb_secs")?,
        payable_mb_secs_bps: row.int128("payable_mb_secs_bps")?,
        egress_mb: row.number("egress_mb")?,
        rate_mb: row.number("rate_mb")?,
        latency_ms: measured("latency_ms")?,
        uptime_bps: measured("uptime_bps")?,
        strikes: row.number("strikes")?,
        paid_total: row.int128("paid_total")?,
        locked: row.int128("locked")?,
        arrears_since_ts: row.number("arrears_since_ts")?,
        ..Meter::default()
    };
    Ok(Some(Metered {
        meter,
        refunded: row.int128("refunded")?,
        staged,
    }))
}

fn prices(row: &Row) -> anyhow::Result<Prices> {
    Ok(Prices {
        storage: row.number("price_storage")?,
        egress: row.number("price_egress")?,
    })
}

/// From a row with the names of the parties and the bucket.
pub fn deal_row(row: &Row) -> anyhow::Result<DealRow> {
    Ok(DealRow {
        deal_id: row.number("deal_id")?,
        consumer: row.text("consumer")?,
        consumer_name: row.text("consumer_name")?,
        provider: row.text("provider")?,
        provider_name: row.text("provider_name")?,
        bucket_id: row.number("bucket_id")?,
        bucket_name: row.text("bucket_name")?,
        repo_id: row.text("fb_repo_id")?,
        api: row.text("api")?,
        status: status_of(&row.text("status")?)?,
        reason: reason_of(&row.text("reason")?),
        released: row.is("released")?,
        created_ts: row.number("created_ts")?,
        fund_until_ts: row.number("fund_until_ts")?,
        agreed: Agreed {
            storage_mb: row.number("agreed_storage_mb")?,
            egress_mb: row.number("agreed_egress_mb")?,
            duration_secs: row.number("duration_secs")?,
        },
        prices: prices(row)?,
        sla_latency_ms: row.number("sla_latency_ms")?,
        sla_uptime_bps: row.number("sla_uptime_bps")?,
        asset: row.text("asset")?,
        policy_version: row.number("policy_version")?,
        metering: metering_of(&row.text("metering")?),
        succeeds: row.maybe("succeeds")?,
        succeeded_by: row.maybe("succeeded_by")?,
        metered: metered(row)?,
    })
}
