//! A live deal's marks, times and money at their edges: what each of the small functions promises.

use crate::{
    fee_total, mb_secs,
    meter::Flags,
    report::{Reading, Refusal},
    settle::GraceChange,
    units::{NOT_MEASURED, ONE_USD, SECS_PER_DAY},
    Agreed, Meter, Prices,
};

use super::samples::{meter, FINAL_WINDOW_SECS, START_TS};

const DAY: u64 = SECS_PER_DAY;
const END_TS: u64 = START_TS + 90 * DAY;
const FULL_MB: u64 = 500 * 1_024;
/// A day of 500 GB at 0.02 USD a GB and month: a thirtieth of 10 USD, floored.
const STORAGE_DAY: i128 = 3_333_333;
/// 50 GB at 0.01 USD.
const ALL_EGRESS: i128 = 5_000_000;

fn marks(meter: &Meter) -> [bool; 4] {
    [
        meter.flags.has(Flags::NOTICE),
        meter.flags.has(Flags::SILENT),
        meter.flags.has(Flags::MEASURED),
        meter.flags.has(Flags::OVERUSED),
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

fn reported(reading: &Reading) -> Meter {
    let mut meter = meter();
    meter.apply(reading, END_TS).unwrap();
    meter
}

// ---- marks ----

#[test]
fn every_mark_stands_alone_and_is_never_lifted() {
    type Set = fn(&mut Meter);
    let rows: [(Set, [bool; 4]); 4] = [
        (
            |m| m.give_notice(END_TS, false),
            [true, false, false, false],
        ),
        (|m| m.give_notice(END_TS, true), [true, true, false, false]),
        (
            |m| m.flags.set(Flags::MEASURED),
            [false, false, true, false],
        ),
        (
            |m| m.flags.set(Flags::OVERUSED),
            [false, false, false, true],
        ),
    ];
    for (first, expected) in &rows {
        let mut meter = meter();
        first(&mut meter);
        assert_eq!(marks(&meter), *expected);
        for (again, more) in &rows {
            let mut both = meter;
            again(&mut both);
            again(&mut both);
            let union = [0, 1, 2, 3].map(|nth| expected[nth] || more[nth]);
            assert_eq!(marks(&both), union, "set twice on top of another");
        }
    }
}

#[test]
fn notice_shortens_the_term_and_never_prolongs_it() {
    let mut meter = meter();
    meter.give_notice(END_TS + 1, false);
    assert_eq!(meter.end_ts, END_TS);
    meter.give_notice(END_TS - 1, false);
    assert_eq!(meter.end_ts, END_TS - 1);
}

#[test]
fn the_limit_of_strikes_is_reached_at_the_limit() {
    for (strikes, reached) in [(0, false), (1, false), (2, true), (3, true)] {
        let mut meter = meter();
        meter.strikes = strikes;
        let outage = Reading {
            uptime_bps: 0,
            ..day(1)
        };
        meter.apply(&outage, END_TS).unwrap();
        assert_eq!(meter.is_breached(), reached, "one after {strikes} of 3");
    }
}

#[test]
fn strikes_stop_at_what_a_byte_holds() {
    let mut meter = meter();
    meter.strikes = 255;
    let outage = Reading {
        uptime_bps: 0,
        ..day(1)
    };
    meter.apply(&outage, END_TS).unwrap();
    assert_eq!(meter.strikes, 255);
}

#[test]
fn what_was_not_measured_leaves_the_last_measure() {
    let mut meter = reported(&day(1));
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
        meter.apply(&next, END_TS).unwrap();
        assert_eq!((meter.latency_ms, meter.uptime_bps), shown);
        assert!(meter.flags.has(Flags::MEASURED));
    }
}

// ---- times ----

#[test]
fn reports_reach_to_now_to_the_end_and_to_the_close() {
    let mut meter = meter();
    assert_eq!(meter.latest_through_ts(START_TS + 1), START_TS + 1);
    assert_eq!(meter.latest_through_ts(END_TS + 1), END_TS);
    meter.close(FINAL_WINDOW_SECS, START_TS + DAY);
    assert_eq!(meter.latest_through_ts(START_TS + 2 * DAY), START_TS + DAY);
    assert_eq!(meter.latest_through_ts(START_TS + 1), START_TS + 1);
}

#[test]
fn whoever_closes_late_leaves_the_whole_final_window_from_then() {
    let window = FINAL_WINDOW_SECS;
    for (now, close_ts, until_ts) in [
        (START_TS + DAY, START_TS + DAY, START_TS + DAY + window),
        (END_TS, END_TS, END_TS + window),
        (END_TS + 9, END_TS, END_TS + 9 + window),
    ] {
        let mut meter = meter();
        assert_eq!(meter.final_until_ts, 0, "live");
        meter.close(window, now);
        assert!(meter.is_closed());
        assert_eq!((meter.close_ts, meter.final_until_ts), (close_ts, until_ts));
    }
}

#[test]
fn the_final_report_is_the_one_through_the_close() {
    let mut meter = reported(&day(1));
    assert!(!meter.is_final(), "live");
    meter.close(FINAL_WINDOW_SECS, START_TS + 2 * DAY);
    assert!(!meter.is_final(), "a day is not reported");
    meter.apply(&day(2), START_TS + 2 * DAY).unwrap();
    assert!(meter.is_final());
    let never_reported = Meter::default();
    assert!(!never_reported.is_final(), "0 is no close");
}

#[test]
fn a_closed_deal_is_complete_once_everything_is_reported_and_can_be_paid() {
    let now = START_TS + DAY;
    let mut meter = reported(&day(1));
    assert_eq!(meter.is_complete(), Some(false), "live");
    meter.close(FINAL_WINDOW_SECS, now);
    assert_eq!(meter.release_is_due(now), Some(true));
    let owed = meter.owed().unwrap();
    meter.locked = owed - 1;
    assert_eq!(meter.release_is_due(now), Some(false), "a stroop is owed");
    let until = now + FINAL_WINDOW_SECS;
    assert_eq!(meter.release_is_due(until - 1), Some(false));
    assert_eq!(meter.release_is_due(until), Some(true), "whatever is owed");
    meter.locked = owed;
    assert_eq!(meter.is_complete(), Some(true));
    let mut early = reported(&day(1));
    early.close(FINAL_WINDOW_SECS, now + 1);
    assert_eq!(early.is_complete(), Some(false), "a second is not reported");
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
    assert_eq!(poor.settle().unwrap().pay, 0);
}

#[test]
fn the_reserve_is_the_egress_to_come_until_the_deal_is_closed() {
    let mut meter = meter();
    assert_eq!(meter.reserve(), Some(ALL_EGRESS));
    meter.apply(&day(1), END_TS).unwrap();
    assert_eq!(meter.reserve(), Some(ALL_EGRESS - 100_000));
    let available = 30 * ONE_USD - ALL_EGRESS + 100_000;
    assert_eq!(meter.available(), Some(available));
    meter.close(FINAL_WINDOW_SECS, START_TS + DAY);
    assert_eq!(meter.reserve(), Some(0));
    assert_eq!(meter.available(), Some(30 * ONE_USD));
}

#[test]
fn what_cannot_be_paid_is_left_as_arrears() {
    let mut meter = reported(&day(1));
    meter.locked = ALL_EGRESS - 100_000 + 1;
    let first = meter.settle().unwrap();
    assert_eq!((first.pay, first.arrears), (1, STORAGE_DAY + 99_999));
    assert!(!first.is_noop());
    let second = meter.settle().unwrap();
    assert_eq!((second.pay, second.arrears), (0, STORAGE_DAY + 99_999));
    assert!(second.is_noop(), "arrears alone change nothing");
}

#[test]
fn the_grace_of_a_closed_deal_stays_as_it_ended() {
    let mut meter = reported(&day(1));
    meter.arrears_since_ts = START_TS + 5;
    let mut closed = meter;
    let now = START_TS + 2 * DAY;
    assert_eq!(meter.review_grace(now), Some(GraceChange::Ended));
    closed.close(FINAL_WINDOW_SECS, now);
    assert_eq!(closed.review_grace(now), Some(GraceChange::None));
    assert_eq!(closed.arrears_since_ts, START_TS + 5);
    let mut poor = reported(&day(1));
    poor.close(FINAL_WINDOW_SECS, now);
    poor.locked = 0;
    assert_eq!(poor.review_grace(now), Some(GraceChange::None));
    assert_eq!(poor.arrears_since_ts, 0, "no grace begins after closing");
}

#[test]
fn near_the_end_the_runway_is_what_is_left_of_the_term() {
    let mut meter = meter();
    meter.through_ts = END_TS - DAY / 2;
    meter.arrears_since_ts = END_TS - DAY;
    meter.locked = ALL_EGRESS + STORAGE_DAY / 2 - 1;
    assert_eq!(meter.review_grace(END_TS), Some(GraceChange::None));
    meter.locked += 1;
    assert_eq!(meter.review_grace(END_TS), Some(GraceChange::Ended));
    assert_eq!(meter.least_to_keep(END_TS), Some(meter.locked));
}

#[test]
fn the_holdback_is_the_whole_tail_at_the_agreed_size_and_all_egress_left() {
    let meter = reported(&poor_day());
    let tail = meter.holdback(START_TS + 2 * DAY).unwrap();
    // Two days less the credited tenth of one, floored once, and less what is charged already.
    assert_eq!(tail, 6_333_333 + ALL_EGRESS - 3_100_000);
    assert_eq!(meter.holdback(START_TS + DAY), Some(0));
    assert_eq!(meter.holdback(START_TS), None, "before the watermark");
}

#[test]
fn an_unreported_tail_ends_at_the_close_and_is_not_credited() {
    let mut meter = reported(&poor_day());
    let before = meter.payable_mb_secs_bps;
    meter.close(FINAL_WINDOW_SECS, START_TS + 2 * DAY);
    meter.add_unreported_tail(3 * DAY).unwrap();
    let tail = mb_secs(FULL_MB, DAY).unwrap();
    assert_eq!(meter.storage_mb_secs, 2 * tail);
    assert_eq!(meter.payable_mb_secs_bps, before + 10_000 * tail);
}

#[test]
fn a_provider_in_breach_gets_nothing_for_an_unreported_tail() {
    let mut meter = reported(&day(1));
    let before = meter;
    meter.breach_ts = START_TS + DAY;
    meter.close(FINAL_WINDOW_SECS, START_TS + 2 * DAY);
    meter.add_unreported_tail(3 * DAY).unwrap();
    assert_eq!(meter.storage_mb_secs, before.storage_mb_secs);
    assert_eq!(meter.payable_mb_secs_bps, before.payable_mb_secs_bps);
}

#[test]
fn the_fee_is_floored_on_the_total() {
    assert_eq!(fee_total(3_433_333, 200), Some(68_666));
    assert_eq!(fee_total(49, 200), Some(0));
    assert_eq!(fee_total(50, 200), Some(1));
    assert_eq!(fee_total(-1, 200), None);
}

#[test]
fn quote_and_least_deposit_are_exact() {
    let prices = meter().prices;
    let agreed = |duration_secs| Agreed {
        storage_mb: FULL_MB,
        egress_mb: 50 * 1_024,
        duration_secs,
    };
    let quote = prices.quote(&agreed(90 * DAY));
    assert_eq!(quote, Some(3 * 100_000_000 + ALL_EGRESS));
    let least = |min_fund, secs| prices.min_fund(&agreed(secs), DAY, min_fund);
    assert_eq!(least(ONE_USD, 90 * DAY), Some(ONE_USD), "the policy's");
    assert_eq!(least(0, 90 * DAY), Some(STORAGE_DAY + ALL_EGRESS));
    assert_eq!(least(0, 3_600), Some(138_888 + ALL_EGRESS), "an hour");
}

#[test]
fn published_prices_fit_64_bits_or_are_refused() {
    let prices = Prices {
        storage: 200_000,
        egress: 100_000,
    };
    assert_eq!(Prices::published(200_000, 100_000), Some(prices));
    assert_eq!(Prices::published(1 << 64, 0), None);
    assert_eq!(Prices::published(0, 1 << 64), None);
}

#[test]
fn what_costs_nothing_lasts_for_ever() {
    let prices = meter().prices;
    assert_eq!(prices.runway_secs(ONE_USD, 0), u64::MAX);
    // A USD is three days of 500 GB.
    assert_eq!(prices.runway_secs(ONE_USD, FULL_MB), 3 * DAY);
    assert_eq!(prices.runway_secs(-1, FULL_MB), 0);
    assert_eq!(prices.runway_secs(i128::MAX, 1), u64::MAX);
}

// ---- reports ----

#[test]
fn a_report_is_the_same_only_when_watermark_and_both_totals_are() {
    let mut meter = reported(&day(1));
    let rows = [
        (day(1), Refusal::AlreadyReported),
        (
            Reading {
                storage_mb_secs: day(1).storage_mb_secs + 1,
                ..day(1)
            },
            Refusal::WatermarkNotAfter,
        ),
        (
            Reading {
                egress_mb: 0,
                ..day(1)
            },
            Refusal::WatermarkNotAfter,
        ),
    ];
    for (reading, error) in rows {
        assert_eq!(meter.apply(&reading, END_TS), Err(error));
    }
    let idle = Reading {
        through_ts: START_TS + 2 * DAY,
        ..day(1)
    };
    assert!(meter.apply(&idle, END_TS).is_ok(), "an idle day");
}

#[test]
fn the_bounds_of_service_are_themselves_allowed() {
    let taken = |latency_ms, uptime_bps| {
        let reading = Reading {
            latency_ms,
            uptime_bps,
            ..day(1)
        };
        meter().apply(&reading, END_TS).is_ok()
    };
    assert!(taken(3_600_000, 10_000));
    assert!(taken(NOT_MEASURED, NOT_MEASURED));
    assert!(!taken(3_600_001, NOT_MEASURED));
    assert!(!taken(NOT_MEASURED, 10_001));
}

#[test]
fn a_window_of_the_least_length_carries_a_verdict() {
    let at = |secs| {
        let mut meter = meter();
        let reading = Reading {
            storage_mb_secs: 0,
            through_ts: START_TS + secs,
            ..day(1)
        };
        meter.apply(&reading, END_TS).unwrap();
        meter.flags.has(Flags::MEASURED)
    };
    assert!(at(DAY / 2));
    assert!(!at(DAY / 2 - 1));
}
