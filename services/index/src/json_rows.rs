//! Rows from JSON, in the form that both events and queries use.

use crate::{
    event::{int, snake, text, wide},
    rows::{Bucket, Policy},
    table::Int128,
};
use anyhow::Result;
use serde_json::Value;

const NOT_MEASURED: i64 = u32::MAX as i64;

/// `None` if it was not measured.
pub fn measured(value: i64) -> Option<i64> {
    (value != NOT_MEASURED).then_some(value)
}

/// A bucket from the JSON of an event or a query.
///
/// # Errors
/// A field is missing.
pub fn bucket(of: &Value, ledger: i64) -> Result<Bucket> {
    let is = |field: &str| i64::from(of[field].as_bool().unwrap_or(false));
    let text = |field: &str| text(of, field).map(str::to_owned);
    Ok(Bucket {
        bucket_id: int(of, "bucket_id")?,
        provider: text("provider_id")?,
        name: text("name")?,
        region: text("region")?,
        country: text("country")?,
        external_id: text("fb_bucket_id")?,
        api: text("api_compatibility")?,
        price_storage: int(of, "price_per_gb_storage")?,
        price_egress: int(of, "price_per_gb_egress")?,
        max_storage_gb: int(of, "max_storage_gb")?,
        max_egress_gb: int(of, "max_egress_gb")?,
        reserved_storage_mb: int(of, "reserved_storage_mb")?,
        reserved_egress_mb: int(of, "reserved_egress_mb")?,
        sla_latency_ms: int(of, "sla_avg_latency_ms")?,
        sla_uptime_bps: int(of, "sla_avg_uptime_pct")?,
        versioning: is("versioning_enabled"),
        encryption_at_rest: is("encryption_at_rest"),
        encryption_in_transit: is("encryption_in_transit"),
        object_locking: is("object_locking"),
        auto_accept: is("auto_accept"),
        auto_accept_policy: int(of, "auto_accept_policy")?,
        endpoint: text("endpoint")?,
        metering: snake(&text("metering")?),
        offer_revision: int(of, "offer_revision")?,
        access_scope: text("access_scope")?,
        tags: of["tags"].to_string(),
        status: snake(&text("status")?),
        locked: is("locked"),
        created_ts: int(of, "created_ts")?,
        changed_ledger: ledger,
    })
}

/// A policy from the JSON of an event or a query.
///
/// # Errors
/// A field is missing.
pub fn policy(version: i64, of: &Value) -> Result<Policy> {
    let sla = &of["sla"];
    Ok(Policy {
        version,
        accept_window_secs: int(of, "accept_window_secs")?,
        fund_window_secs: int(of, "fund_window_secs")?,
        notice_secs: int(of, "notice_secs")?,
        grace_secs: int(of, "grace_secs")?,
        final_window_secs: int(of, "final_window_secs")?,
        silence_secs: int(of, "silence_secs")?,
        min_runway_secs: int(of, "min_runway_secs")?,
        min_fund: Int128(wide(&of["min_fund"], "min_fund")?),
        min_window_secs: int(of, "min_window_secs")?,
        critical_limit: int(of, "critical_limit")?,
        fee_bps: int(of, "fee_bps")?,
        minor_uptime_bps: int(sla, "minor_uptime_bps")?,
        minor_latency_bps: int(sla, "minor_latency_bps")?,
        major_uptime_bps: int(sla, "major_uptime_bps")?,
        minor_credit_bps: int(sla, "minor_credit_bps")?,
        major_credit_bps: int(sla, "major_credit_bps")?,
        critical_credit_bps: int(sla, "critical_credit_bps")?,
    })
}
