//! A live deal's marks, times and money at their edges: what each of the small functions promises.

use flash_common::units::{ONE_USD, SECS_PER_DAY};
use flash_interfaces::deals::{DealsError, NOT_MEASURED};
use soroban_sdk::Env;

use super::samples::{policy, slot, terms, START_TS};
use crate::{
    math::{fee_total, mb_secs},
    policy::{min_fund, prices, prices_of, quote},
    report::Reading,
    slot::{DealSlot, SettledSpan, Settlement},
};

const DAY: u64 = SECS_PER_DAY;
const END_TS: u64 = START_TS + 90 * DAY;
const FULL_MB: u64 = 500 * 1_024;
/// A day of 500 GB at 0.02 USD a GB and month: a thirtieth of 10 USD, floored.
const STORAGE_DAY: i128 = 3_333_333;
/// 50 GB at 0.01 USD.
const ALL_EGRESS: i128 = 5_000_000;

fn marks(slot: &DealSlot) -> [bool; 4] {
    [
        slot.has_notice(),
        slot.is_silent(),
        slot.is_measured(),
        slot.is_breached(),
    ]
}

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

/// A day on which 10 % are credited.
fn poor_day() -> Reading {
    Reading {
        uptime_bps: 9_900,
        ..day(1)
    }
}

fn reported(reading: &Reading) -> DealSlot {
    let mut slot = slot();
    slot.apply(reading, END_TS).unwrap();
    slot
}

// ---- marks ----

#[test]
fn a_new_deal_has_what_was_agreed_and_nothing_behind_it() {
    let env = Env::default();
    let (terms, policy) = (terms(&env), policy());
    let slot = DealSlot::new(7, &terms, &policy, 30 * ONE_USD, START_TS).unwrap();
    assert_eq!(marks(&slot), [false; 4]);
    assert!(!slot.is_closed());
    assert_eq!((slot.start_ts, slot.end_ts), (START_TS, END_TS));
    assert_eq!((slot.close_ts, slot.through_ts), (0, START_TS));
    assert_eq!((slot.locked, slot.paid_total), (30 * ONE_USD, 0));
    let service = (slot.latency_ms, slot.uptime_bps, slot.strikes);
    assert_eq!(service, (NOT_MEASURED, NOT_MEASURED, 0));
    assert_eq!(slot.sla.latency_ms, terms.sla_avg_latency_ms);
    assert_eq!(slot.sla.uptime_bps, terms.sla_avg_uptime_pct);
    assert_eq!(slot.sla.critical_limit, policy.critical_limit);
    assert_eq!(slot.min_runway_secs, policy.min_runway_secs);
    assert_eq!(slot.final_window_secs, policy.final_window_secs);
    assert_eq!(slot.settled.through_ts, START_TS);
    assert_eq!(DealSlot::new(7, &terms, &policy, 0, u64::MAX), None);
}

#[test]
fn every_mark_stands_alone_and_is_never_lifted() {
    type Set = fn(&mut DealSlot);
    let rows: [(Set, [bool; 4]); 4] = [
        (|s| s.set_notice(END_TS, false), [true, false, false, false]),
        (|s| s.set_notice(END_TS, true), [true, true, false, false]),
        (DealSlot::set_measured, [false, false, true, false]),
        (DealSlot::set_breached, [false, false, false, true]),
    ];
    for (first, expected) in &rows {
        let mut slot = slot();
        first(&mut slot);
        assert_eq!(marks(&slot), *expected);
        for (again, more) in &rows {
            let mut both = slot.clone();
            again(&mut both);
            again(&mut both);
            let union = [0, 1, 2, 3].map(|nth| expected[nth] || more[nth]);
            assert_eq!(marks(&both), union, "set twice on top of another");
        }
    }
}

#[test]
fn notice_shortens_the_term_and_never_prolongs_it() {
    let mut slot = slot();
    slot.set_notice(END_TS + 1, false);
    assert_eq!(slot.end_ts, END_TS);
    slot.set_notice(END_TS - 1, false);
    assert_eq!(slot.end_ts, END_TS - 1);
}

#[test]
fn the_limit_of_strikes_is_reached_at_the_limit() {
    let mut slot = slot();
    for (strikes, reached) in [(0, false), (2, false), (3, true), (4, true)] {
        slot.strikes = strikes;
        assert_eq!(slot.strikes_at_limit(), reached, "{strikes} of 3");
    }
}

#[test]
fn strikes_stop_at_what_a_byte_holds() {
    let mut slot = slot();
    slot.strikes = 255;
    let outage = Reading {
        uptime_bps: 0,
        ..day(1)
    };
    slot.apply(&outage, END_TS).unwrap();
    assert_eq!(slot.strikes, 255);
}

#[test]
fn what_was_not_measured_leaves_the_last_measure() {
    let mut slot = reported(&day(1));
    let rows = [
        (NOT_MEASURED, 9_000, (80, 9_000)),
        (70, NOT_MEASURED, (70, 9_000)),
    ];
    for (nth, (latency_ms, uptime_bps, shown)) in (2..).zip(rows) {
        let next = Reading {
            latency_ms,
            uptime_bps,
            ..day(nth)
        };
        slot.apply(&next, END_TS).unwrap();
        assert_eq!((slot.latency_ms, slot.uptime_bps), shown);
        assert!(slot.is_measured());
    }
}

// ---- times ----

#[test]
fn reports_reach_to_now_to_the_end_and_to_the_close() {
    let mut slot = slot();
    assert_eq!(slot.latest_through_ts(START_TS + 1), START_TS + 1);
    assert_eq!(slot.latest_through_ts(END_TS + 1), END_TS);
    slot.close(START_TS + DAY);
    assert_eq!(slot.latest_through_ts(START_TS + 2 * DAY), START_TS + DAY);
    assert_eq!(slot.latest_through_ts(START_TS + 1), START_TS + 1);
}

#[test]
fn whoever_closes_late_leaves_the_whole_final_window_from_then() {
    let window = policy().final_window_secs;
    for (now, close_ts, until_ts) in [
        (START_TS + DAY, START_TS + DAY, START_TS + DAY + window),
        (END_TS, END_TS, END_TS + window),
        (END_TS + 9, END_TS, END_TS + 9 + window),
    ] {
        let mut slot = slot();
        assert_eq!(slot.final_until_ts(), 0, "live");
        slot.close(now);
        assert!(slot.is_closed());
        assert_eq!((slot.close_ts, slot.final_until_ts()), (close_ts, until_ts));
    }
}

#[test]
fn a_deal_closed_years_late_still_fits_its_field() {
    let mut slot = slot();
    slot.close(END_TS + 3_650 * DAY);
    assert_eq!(slot.final_window_secs, 0xff_ffff, "what three bytes hold");
    assert_eq!(slot.final_until_ts(), END_TS + 0xff_ffff);
}

#[test]
fn the_final_report_is_the_one_through_the_close() {
    let mut slot = reported(&day(1));
    assert!(!slot.is_final(), "live");
    slot.close(START_TS + 2 * DAY);
    assert!(!slot.is_final(), "a day is not reported");
    slot.apply(&day(2), START_TS + 2 * DAY).unwrap();
    assert!(slot.is_final());
    let never_reported = DealSlot::default();
    assert!(!never_reported.is_final(), "0 is no close");
}

// ---- money ----

#[test]
fn charge_credit_and_debt_are_exact() {
    let clean = reported(&day(1));
    assert_eq!(clean.charged(), Some(STORAGE_DAY + 100_000));
    assert_eq!(clean.credited(), Some(0));
    let mut poor = reported(&poor_day());
    assert_eq!(poor.charged(), Some(3_000_000 + 100_000));
    assert_eq!(poor.credited(), Some(333_333));
    poor.paid_total = 1_000_000;
    assert_eq!(poor.owed(), Some(2_100_000));
    poor.paid_total = 3_100_001;
    assert_eq!(poor.owed(), Some(-1), "which settling does not take back");
    assert_eq!(poor.settle(END_TS).unwrap().pay, 0);
}

#[test]
fn the_reserve_is_the_egress_to_come_until_the_deal_is_closed() {
    let mut slot = slot();
    assert_eq!(slot.reserve(), Some(ALL_EGRESS));
    slot.apply(&day(1), END_TS).unwrap();
    assert_eq!(slot.reserve(), Some(ALL_EGRESS - 100_000));
    let available = 30 * ONE_USD - ALL_EGRESS + 100_000;
    assert_eq!(slot.available(), Some(available));
    slot.close(START_TS + DAY);
    assert_eq!(slot.reserve(), Some(0));
    assert_eq!(slot.available(), Some(30 * ONE_USD));
}

#[test]
fn a_settlement_pays_what_is_owed_and_remembers_what_was_reported() {
    let mut slot = reported(&day(1));
    let due = STORAGE_DAY + 100_000;
    let settlement = slot.settle(END_TS).unwrap();
    let expected = Settlement {
        pay: due,
        arrears: 0,
        began: false,
        cleared: false,
    };
    assert_eq!(settlement, expected);
    assert_eq!((slot.paid_total, slot.locked), (due, 30 * ONE_USD - due));
    let span = SettledSpan {
        through_ts: START_TS + DAY,
        storage_mb_secs: u128::from(FULL_MB * DAY),
        egress_mb: 1_024,
    };
    assert_eq!(slot.settled, span);
}

#[test]
fn arrears_begin_once_and_on_live_deals_only() {
    let poor = || {
        let mut slot = reported(&day(1));
        slot.locked = ALL_EGRESS - 100_000 + 1;
        slot
    };
    let mut live = poor();
    let first = live.settle(END_TS - 9).unwrap();
    assert_eq!((first.pay, first.arrears), (1, STORAGE_DAY + 99_999));
    assert!(first.began && !first.cleared);
    let second = live.settle(END_TS - 8).unwrap();
    assert!(!second.began && second.is_noop());
    assert_eq!(live.arrears_since_ts, END_TS - 9);

    let mut closed = poor();
    closed.locked = 1;
    closed.close(START_TS + DAY);
    let last = closed.settle(START_TS + DAY).unwrap();
    assert!(last.arrears > 0 && !last.began);
    assert_eq!(closed.arrears_since_ts, 0);
}

#[test]
fn arrears_of_a_closed_deal_stay_as_they_ended() {
    let mut slot = reported(&day(1));
    slot.arrears_since_ts = START_TS + 5;
    let mut closed = slot.clone();
    assert_eq!(slot.clear_arrears(), Some(true));
    closed.close(START_TS + 2 * DAY);
    assert_eq!(closed.clear_arrears(), Some(false));
    assert_eq!(closed.arrears_since_ts, START_TS + 5);
}

#[test]
fn near_the_end_the_runway_is_what_is_left_of_the_term() {
    let mut slot = slot();
    slot.through_ts = END_TS - DAY / 2;
    slot.arrears_since_ts = END_TS - DAY;
    slot.locked = ALL_EGRESS + STORAGE_DAY / 2 - 1;
    assert_eq!(slot.clear_arrears(), Some(false));
    slot.locked += 1;
    assert_eq!(slot.clear_arrears(), Some(true));
}

#[test]
fn a_settlement_is_no_change_only_when_nothing_happened() {
    let settlement = |pay, began, cleared| Settlement {
        pay,
        arrears: 5,
        began,
        cleared,
    };
    assert!(settlement(0, false, false).is_noop());
    assert!(!settlement(1, false, false).is_noop());
    assert!(!settlement(0, true, false).is_noop());
    assert!(!settlement(0, false, true).is_noop());
}

#[test]
fn the_holdback_is_the_whole_tail_at_the_agreed_size_and_all_egress_left() {
    let slot = reported(&poor_day());
    let tail = slot.holdback(START_TS + 2 * DAY).unwrap();
    // Two days less the credited tenth of one, floored once, and less what is charged already.
    assert_eq!(tail, 6_333_333 + ALL_EGRESS - 3_100_000);
    assert_eq!(slot.holdback(START_TS + DAY), Some(0));
    assert_eq!(slot.holdback(START_TS), None, "before the watermark");
}

#[test]
fn an_unreported_tail_ends_at_the_close_and_is_not_credited() {
    let mut slot = reported(&poor_day());
    let before = slot.payable_mb_secs_bps;
    slot.close(START_TS + 2 * DAY);
    slot.add_unreported_tail(3 * DAY).unwrap();
    let tail = mb_secs(FULL_MB, DAY).unwrap();
    assert_eq!(slot.storage_mb_secs, 2 * tail);
    assert_eq!(slot.payable_mb_secs_bps, before + 10_000 * tail);
}

#[test]
fn quote_and_least_deposit_are_exact() {
    let env = Env::default();
    let mut policy = policy();
    let prices = prices(&terms(&env)).unwrap();
    assert_eq!((prices.storage, prices.egress), (200_000, 100_000));
    assert_eq!(prices_of(1 << 64, 0), None);
    assert_eq!(prices_of(0, 1 << 64), None);
    let full = quote(&prices, FULL_MB, 50 * 1_024, 90 * DAY);
    assert_eq!(full, Some(3 * 100_000_000 + ALL_EGRESS));
    let least = |policy: &_, secs| min_fund(policy, &prices, FULL_MB, 50 * 1_024, secs);
    assert_eq!(least(&policy, 90 * DAY), Some(ONE_USD), "the policy's");
    policy.min_fund = 0;
    assert_eq!(least(&policy, 90 * DAY), Some(STORAGE_DAY + ALL_EGRESS));
    assert_eq!(least(&policy, 3_600), Some(138_888 + ALL_EGRESS), "an hour");
}

#[test]
fn the_fee_is_floored_on_the_total() {
    assert_eq!(fee_total(3_433_333, 200), Some(68_666));
    assert_eq!(fee_total(49, 200), Some(0));
    assert_eq!(fee_total(50, 200), Some(1));
    assert_eq!(fee_total(-1, 200), None);
}

#[test]
fn what_costs_nothing_has_no_end_of_money() {
    let prices = prices(&terms(&Env::default())).unwrap();
    assert_eq!(prices.runway_secs(ONE_USD, 0), None);
    // A USD is three days of 500 GB.
    assert_eq!(prices.runway_secs(ONE_USD, FULL_MB), Some(3 * DAY));
    assert_eq!(prices.runway_secs(-1, FULL_MB), Some(0));
}

// ---- reports ----

#[test]
fn a_report_is_the_same_only_when_watermark_and_both_totals_are() {
    let slot = reported(&day(1));
    let rows = [
        (day(1), DealsError::AlreadyReported),
        (
            Reading {
                storage_mb_secs: day(1).storage_mb_secs + 1,
                ..day(1)
            },
            DealsError::WatermarkNotAfter,
        ),
        (
            Reading {
                egress_mb: 0,
                ..day(1)
            },
            DealsError::WatermarkNotAfter,
        ),
    ];
    for (reading, error) in rows {
        assert_eq!(slot.clone().apply(&reading, END_TS), Err(error));
    }
    let idle = Reading {
        through_ts: START_TS + 2 * DAY,
        ..day(1)
    };
    assert!(slot.clone().apply(&idle, END_TS).is_ok(), "an idle day");
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
fn the_bounds_of_service_are_themselves_allowed() {
    let taken = |latency_ms, uptime_bps| {
        let reading = Reading {
            latency_ms,
            uptime_bps,
            ..day(1)
        };
        slot().apply(&reading, END_TS).is_ok()
    };
    assert!(taken(3_600_000, 10_000));
    assert!(taken(NOT_MEASURED, NOT_MEASURED));
    assert!(!taken(3_600_001, NOT_MEASURED));
    assert!(!taken(NOT_MEASURED, 10_001));
}

#[test]
fn a_window_of_the_least_length_carries_a_verdict() {
    let at = |secs| {
        let mut slot = slot();
        let reading = Reading {
            storage_mb_secs: 0,
            through_ts: START_TS + secs,
            ..day(1)
        };
        slot.apply(&reading, END_TS).unwrap();
        slot.is_measured()
    };
    assert!(at(DAY / 2));
    assert!(!at(DAY / 2 - 1));
}

#[test]
fn a_report_reads_as_it_was_sent() {
    let reading = Reading::of(&(7, 11, 12, 13, 14, 15));
    let expected = Reading {
        storage_mb_secs: 11,
        egress_mb: 12,
        latency_ms: 13,
        uptime_bps: 14,
        through_ts: 15,
    };
    assert_eq!(reading, expected);
}
