//! The economics that the owner may choose and the texts of a deal, held against their bounds; and the
//! terms of a deal as `flash_money` wants them.

use flash_common::{
    ensure,
    limits::MAX_EXTERNAL_ID_LEN,
    text::{self, Charset},
};
use flash_interfaces::deals::{DealsError, Policy, SlaTiers, Terms};
use flash_money::{
    policy as bounds,
    units::{BPS, SECS_PER_DAY},
    Agreed, Prices,
};
use soroban_sdk::String;

/// Between naming an oracle and its taking over.
pub const ORACLE_DELAY_SECS: u64 = SECS_PER_DAY;

/// Whether every value lies within its bounds.
pub fn policy_in_bounds(policy: &Policy) -> bool {
    bounds::WINDOW_SECS.contains(&policy.accept_window_secs)
        && bounds::WINDOW_SECS.contains(&policy.fund_window_secs)
        && bounds::NOTICE_SECS.contains(&policy.notice_secs)
        && bounds::GRACE_SECS.contains(&policy.grace_secs)
        && bounds::FINAL_WINDOW_SECS.contains(&policy.final_window_secs)
        && bounds::SILENCE_SECS.contains(&policy.silence_secs)
        && policy.silence_secs <= grace_runway_secs(policy)
        && runway_in_bounds(policy)
        && bounds::MIN_FUND.contains(&policy.min_fund)
        && bounds::MIN_WINDOW_SECS.contains(&policy.min_window_secs)
        && bounds::CRITICAL_LIMIT.contains(&policy.critical_limit)
        && bounds::FEE_BPS.contains(&policy.fee_bps)
        && tiers_in_bounds(&policy.sla)
}

/// What must be paid for when the grace begins.
pub fn grace_runway_secs(policy: &Policy) -> u64 {
    bounds::grace_runway_secs(policy.grace_secs, policy.min_window_secs)
}

fn runway_in_bounds(policy: &Policy) -> bool {
    let least_secs = bounds::least_runway_secs(policy.grace_secs, policy.min_window_secs);
    (least_secs..=bounds::MAX_MIN_RUNWAY_SECS).contains(&policy.min_runway_secs)
}

/// Tiers widen and credits rise from the minor to the critical one.
fn tiers_in_bounds(sla: &SlaTiers) -> bool {
    sla.minor_uptime_bps <= sla.major_uptime_bps
        && sla.major_uptime_bps <= BPS
        && bounds::MINOR_LATENCY_BPS.contains(&sla.minor_latency_bps)
        && sla.minor_credit_bps <= sla.major_credit_bps
        && sla.major_credit_bps <= sla.critical_credit_bps
        && sla.critical_credit_bps <= BPS
}

/// At most 128 bytes of printable ASCII.
pub fn check_repo_id(fb_repo_id: &String) -> Result<(), DealsError> {
    let fits = fb_repo_id.len() <= MAX_EXTERNAL_ID_LEN;
    ensure!(fits, DealsError::RepoIdLength);
    let printable = text::is_printable(fb_repo_id, Charset::Ascii);
    ensure!(printable, DealsError::RepoIdNotPrintable);
    Ok(())
}

/// The prices of a deal.
pub fn prices(terms: &Terms) -> Option<Prices> {
    Prices::published(terms.price_per_gb_storage, terms.price_per_gb_egress)
}

/// The least first deposit of a deal.
pub fn min_fund(policy: &Policy, terms: &Terms) -> Option<i128> {
    let agreed = Agreed {
        storage_mb: terms.agreed_storage_mb,
        egress_mb: terms.agreed_egress_mb,
        duration_secs: terms.duration_secs,
    };
    prices(terms)?.min_fund(&agreed, policy.min_runway_secs, policy.min_fund)
}
