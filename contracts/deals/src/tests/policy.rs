//! The owner's choices stay within bounds, at each bound and one beyond.

use flash_interfaces::deals::Policy;
use flash_money::units::{
    duration_in_bounds, payment, sizes_in_bounds, MAX_MEASURED_LATENCY_MS, ONE_USD, SECS_PER_DAY,
    SECS_PER_HOUR,
};

use super::samples::policy;
use crate::policy::{policy_in_bounds, ORACLE_DELAY_SECS};

const DAY: u64 = SECS_PER_DAY;
const HOUR: u64 = SECS_PER_HOUR;

#[test]
fn the_published_defaults_are_in_bounds() {
    assert!(policy_in_bounds(&policy()));
}

#[test]
fn every_bound_holds_and_one_beyond_fails() {
    type Set = fn(&mut Policy, u64);
    // What is bound to another value: the minimum runway, the silence.
    let roomy = Policy {
        grace_secs: 14 * DAY,
        min_window_secs: 7 * DAY,
        min_runway_secs: 60 * DAY,
        ..policy()
    };
    let rows: [(&str, Set, u64, u64); 9] = [
        (
            "accept_window",
            |p, v| p.accept_window_secs = v,
            HOUR,
            14 * DAY,
        ),
        ("fund_window", |p, v| p.fund_window_secs = v, HOUR, 14 * DAY),
        ("grace", |p, v| p.grace_secs = v, DAY, 14 * DAY),
        (
            "final_window",
            |p, v| p.final_window_secs = v,
            12 * HOUR,
            5 * DAY,
        ),
        ("silence", |p, v| p.silence_secs = v, DAY, 14 * DAY),
        (
            "min_runway",
            |p, v| p.min_runway_secs = v,
            42 * DAY,
            60 * DAY,
        ),
        ("notice", |p, v| p.notice_secs = v, DAY, 14 * DAY),
        ("min_window", |p, v| p.min_window_secs = v, HOUR, 7 * DAY),
        (
            "critical_limit",
            |p, v| p.critical_limit = u32::try_from(v).unwrap(),
            2,
            30,
        ),
    ];
    for (name, set, low, high) in rows {
        for (value, expected) in [
            (low - 1, false),
            (low, true),
            (high, true),
            (high + 1, false),
        ] {
            let mut changed = roomy.clone();
            set(&mut changed, value);
            assert_eq!(policy_in_bounds(&changed), expected, "{name} = {value}");
        }
    }
}

#[test]
fn bounds_that_start_at_zero_hold() {
    let accepts = |change: fn(&mut Policy)| {
        let mut changed = policy();
        change(&mut changed);
        policy_in_bounds(&changed)
    };
    assert!(accepts(|p| p.min_fund = 0));
    assert!(!accepts(|p| p.min_fund = -1));
    assert!(accepts(|p| p.min_fund = 100 * ONE_USD));
    assert!(!accepts(|p| p.min_fund = 100 * ONE_USD + 1));
    assert!(accepts(|p| p.fee_bps = 1_000));
    assert!(!accepts(|p| p.fee_bps = 1_001));
}

/// The grace begins with the money for the grace and three windows, and a deposit lasts a window longer.
#[test]
fn the_minimum_runway_outlasts_the_grace_and_the_silence_does_not() {
    let accepts = |change: fn(&mut Policy)| {
        let mut changed = policy();
        change(&mut changed);
        policy_in_bounds(&changed)
    };
    assert!(accepts(|p| p.min_runway_secs = 7 * DAY));
    assert!(!accepts(|p| p.min_runway_secs = 7 * DAY - 1));
    assert!(!accepts(|p| p.grace_secs = 3 * DAY + 1));
    assert!(accepts(|p| p.min_window_secs = DAY));
    assert!(!accepts(|p| p.min_window_secs = DAY + 1));
    assert!(accepts(|p| p.silence_secs = 6 * DAY));
    assert!(!accepts(|p| p.silence_secs = 6 * DAY + 1));
}

#[test]
fn sla_tiers_widen_and_credits_rise() {
    let accepts = |change: fn(&mut Policy)| {
        let mut changed = policy();
        change(&mut changed);
        policy_in_bounds(&changed)
    };
    assert!(!accepts(|p| p.sla.minor_uptime_bps = 491));
    assert!(!accepts(|p| p.sla.major_uptime_bps = 10_001));
    assert!(!accepts(|p| p.sla.minor_latency_bps = 9_999));
    assert!(!accepts(|p| p.sla.minor_latency_bps = 60_001));
    assert!(!accepts(|p| p.sla.minor_credit_bps = 2_501));
    assert!(!accepts(|p| p.sla.major_credit_bps = 10_001));
    assert!(!accepts(|p| p.sla.critical_credit_bps = 10_001));
    assert!(accepts(|p| p.sla.critical_credit_bps = 2_500));
}

#[test]
fn arguments_of_a_deal_are_bounded() {
    assert!(duration_in_bounds(HOUR) && !duration_in_bounds(HOUR - 1));
    assert!(duration_in_bounds(1_825 * DAY) && !duration_in_bounds(1_825 * DAY + 1));
    assert!(sizes_in_bounds(1 << 40, 1 << 40));
    assert!(sizes_in_bounds(0, 1) && sizes_in_bounds(1, 0) && !sizes_in_bounds(0, 0));
    assert!(!sizes_in_bounds((1 << 40) + 1, 0) && !sizes_in_bounds(0, (1 << 40) + 1));
    assert_eq!(payment(0), None);
    assert_eq!(payment(1), Some(1));
    assert_eq!(payment(1 << 62), Some(1 << 62));
    assert_eq!(payment((1 << 62) + 1), None);
    assert_eq!(payment(u128::MAX), None);
}

#[test]
fn the_fixed_times_and_limits_are_what_the_documents_say() {
    assert_eq!(ORACLE_DELAY_SECS, 86_400, "a day");
    assert_eq!(MAX_MEASURED_LATENCY_MS, 3_600_000, "an hour");
}
