//! The economics that the owner may choose, and the bounds within which: each one a named pure
//! function. A policy holds for deals created after it; the longest one keeps nobody waiting for
//! more than 14 + 5 days.

use flash_common::units::{
    MAX_DEAL_MB, MAX_DURATION_SECS, MAX_FEE_BPS, MAX_MONEY, MIN_DURATION_SECS, ONE_USD,
    SECS_PER_DAY, SECS_PER_HOUR,
};
use flash_interfaces::deals::{Policy, SlaTiers, Terms};

use crate::math::{mb_secs, Prices};

/// A deal with less than this left to run at its rate is low on money.
pub const LOW_RUNWAY_SECS: u64 = 7 * SECS_PER_DAY;
/// Between naming an oracle and its taking over.
pub const ORACLE_DELAY_SECS: u64 = SECS_PER_DAY;
/// Highest latency that a probe reports, ms.
pub const MAX_MEASURED_LATENCY_MS: u32 = 3_600_000;

/// Whether every value lies within its bounds.
pub fn policy_in_bounds(policy: &Policy) -> bool {
    let within = |value: u64, low: u64, high: u64| (low..=high).contains(&value);
    within(policy.accept_window_secs, SECS_PER_HOUR, 14 * SECS_PER_DAY)
        && within(policy.fund_window_secs, SECS_PER_HOUR, 14 * SECS_PER_DAY)
        && within(policy.notice_secs, 0, 14 * SECS_PER_DAY)
        && within(policy.grace_secs, SECS_PER_DAY, 14 * SECS_PER_DAY)
        && within(
            policy.final_window_secs,
            12 * SECS_PER_HOUR,
            5 * SECS_PER_DAY,
        )
        && within(policy.silence_secs, SECS_PER_DAY, 14 * SECS_PER_DAY)
        && within(policy.min_runway_secs, SECS_PER_HOUR, 30 * SECS_PER_DAY)
        && (0..=100 * ONE_USD).contains(&policy.min_fund)
        && within(policy.min_window_secs, SECS_PER_HOUR, 7 * SECS_PER_DAY)
        && (2..=30).contains(&policy.critical_limit)
        && policy.fee_bps <= MAX_FEE_BPS
        && tiers_in_bounds(&policy.sla)
}

/// Tiers widen and credits rise from the minor to the critical one.
fn tiers_in_bounds(sla: &SlaTiers) -> bool {
    sla.minor_uptime_bps <= sla.major_uptime_bps
        && sla.major_uptime_bps <= 10_000
        && (10_000..=60_000).contains(&sla.minor_latency_bps)
        && sla.minor_credit_bps <= sla.major_credit_bps
        && sla.major_credit_bps <= sla.critical_credit_bps
        && sla.critical_credit_bps <= 10_000
}

/// 1 h – 5 years.
pub fn duration_in_bounds(duration_secs: u64) -> bool {
    (MIN_DURATION_SECS..=MAX_DURATION_SECS).contains(&duration_secs)
}

/// At most 2^40 MB each, and something of either.
pub fn sizes_in_bounds(storage_mb: u64, egress_mb: u64) -> bool {
    storage_mb <= MAX_DEAL_MB && egress_mb <= MAX_DEAL_MB && (storage_mb > 0 || egress_mb > 0)
}

/// A published amount as money: 1 ..= 2^62.
pub fn money(amount: u128) -> Option<i128> {
    i128::try_from(amount)
        .ok()
        .filter(|amount| (1..=MAX_MONEY).contains(amount))
}

/// The prices of a deal.
pub fn prices(terms: &Terms) -> Option<Prices> {
    prices_of(terms.price_per_gb_storage, terms.price_per_gb_egress)
}

/// Listed prices as money.
pub fn prices_of(storage: u128, egress: u128) -> Option<Prices> {
    Some(Prices {
        storage: storage.try_into().ok()?,
        egress: egress.try_into().ok()?,
    })
}

/// The most that a deal can cost.
pub fn quote(prices: &Prices, storage_mb: u64, egress_mb: u64, duration_secs: u64) -> Option<i128> {
    prices.charge(mb_secs(storage_mb, duration_secs)?, egress_mb)
}

/// The least first deposit: storage for the minimum runway, and all the agreed egress.
pub fn min_fund(
    policy: &Policy,
    prices: &Prices,
    storage_mb: u64,
    egress_mb: u64,
    duration_secs: u64,
) -> Option<i128> {
    let runway_secs = policy.min_runway_secs.min(duration_secs);
    let usage = prices.charge(mb_secs(storage_mb, runway_secs)?, egress_mb)?;
    Some(usage.max(policy.min_fund))
}
