//! What the contract adds to a meter: where it comes from, what a report is called, what the lists
//! remember of a settlement.

use flash_interfaces::deals::NOT_MEASURED;
use flash_money::{
    meter::Flags,
    report::Reading,
    settle::Settlement,
    units::{ONE_USD, SECS_PER_DAY},
};
use soroban_sdk::Env;

use super::samples::{policy, slot, terms, START_TS};
use crate::{
    policy::min_fund,
    report,
    slot::{DealSlot, SettledSpan},
};

const DAY: u64 = SECS_PER_DAY;
const END_TS: u64 = START_TS + 90 * DAY;
const FULL_MB: u64 = 500 * 1_024;
/// A day of 500 GB at 0.02 USD a GB and month: a thirtieth of 10 USD, floored.
const STORAGE_DAY: i128 = 3_333_333;

/// A day at the agreed size with 1 GB of egress.
fn day(nth: u64) -> Reading {
    Reading {
        storage_mb_secs: u128::from(FULL_MB * DAY * nth),
        egress_mb: 1_024 * nth,
        latency_ms: 80,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY * nth,
    }
}

#[test]
fn a_new_deal_has_what_was_agreed_and_nothing_behind_it() {
    let env = Env::default();
    let (terms, policy) = (terms(&env), policy());
    let slot = DealSlot::new(7, &terms, &policy, 30 * ONE_USD, START_TS).unwrap();
    assert_eq!(slot.meter.flags, Flags::default());
    assert!(!slot.meter.is_closed());
    assert_eq!((slot.meter.start_ts, slot.meter.end_ts), (START_TS, END_TS));
    assert_eq!((slot.meter.close_ts, slot.meter.through_ts), (0, START_TS));
    assert_eq!(
        (slot.meter.locked, slot.meter.paid_total),
        (30 * ONE_USD, 0)
    );
    let service = (
        slot.meter.latency_ms,
        slot.meter.uptime_bps,
        slot.meter.strikes,
    );
    assert_eq!(service, (NOT_MEASURED, NOT_MEASURED, 0));
    assert_eq!(slot.meter.sla.latency_ms, terms.sla_avg_latency_ms);
    assert_eq!(slot.meter.sla.uptime_bps, terms.sla_avg_uptime_pct);
    assert_eq!(slot.meter.sla.critical_limit, policy.critical_limit);
    assert_eq!(slot.meter.min_runway_secs, policy.min_runway_secs);
    assert_eq!(slot.settled.through_ts, START_TS);
    assert_eq!(DealSlot::new(7, &terms, &policy, 0, u64::MAX), None);
}

#[test]
fn a_settlement_pays_what_is_owed_and_remembers_what_was_reported() {
    let mut slot = slot();
    slot.apply(&day(1), END_TS).unwrap();
    let due = STORAGE_DAY + 100_000;
    let settlement = slot.settle().unwrap();
    let expected = Settlement {
        pay: due,
        arrears: 0,
    };
    assert_eq!(settlement, expected);
    assert_eq!(
        (slot.meter.paid_total, slot.meter.locked),
        (due, 30 * ONE_USD - due)
    );
    let span = SettledSpan {
        through_ts: START_TS + DAY,
        storage_mb_secs: u128::from(FULL_MB * DAY),
        egress_mb: 1_024,
    };
    assert_eq!(slot.settled, span);
}

#[test]
fn the_least_deposit_is_that_of_the_policy_and_the_terms() {
    let env = Env::default();
    let mut policy = policy();
    policy.min_fund = 3 * ONE_USD;
    assert_eq!(min_fund(&policy, &terms(&env)), Some(3 * ONE_USD));
    policy.min_fund = 0;
    let egress = 5_000_000;
    assert_eq!(
        min_fund(&policy, &terms(&env)),
        Some(7 * STORAGE_DAY + 2 + egress)
    );
}

#[test]
fn a_report_answers_with_each_flag_on_its_own() {
    use flash_interfaces::deals::report_flags::{CLIPPED, CREDIT_SHIFT, STRIKE, VERDICT};
    let flags = |change: fn(&mut Reading)| {
        let mut reading = day(1);
        change(&mut reading);
        slot().apply(&reading, END_TS).unwrap()
    };
    assert_eq!(flags(|_| ()), VERDICT, "exactly what is agreed");
    assert_eq!(flags(|r| r.storage_mb_secs += 1), CLIPPED | VERDICT);
    assert_eq!(flags(|r| r.egress_mb = 50 * 1_024), VERDICT);
    assert_eq!(flags(|r| r.egress_mb = 50 * 1_024 + 1), CLIPPED | VERDICT);
    let minor = VERDICT | (1_000 << CREDIT_SHIFT);
    assert_eq!(flags(|r| r.uptime_bps = 9_900), minor);
    let critical = VERDICT | STRIKE | (10_000 << CREDIT_SHIFT);
    assert_eq!(flags(|r| r.uptime_bps = 0), critical);
}

#[test]
fn a_report_reads_as_it_was_sent() {
    let reading = report::reading(&(7, 11, 12, 13, 14, 15));
    let expected = Reading {
        storage_mb_secs: 11,
        egress_mb: 12,
        latency_ms: 13,
        uptime_bps: 14,
        through_ts: 15,
    };
    assert_eq!(reading, expected);
}
