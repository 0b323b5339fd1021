//! What settlement promises, whatever the sequence of reports, deposits and settlements.

use crate::{
    mb_secs,
    report::{flags, Reading},
    settle::GraceChange,
    units::{ONE_USD, SECS_PER_DAY},
    Meter,
};
use proptest::prelude::*;

use super::samples::{meter, START_TS};

const DAY: u64 = SECS_PER_DAY;

#[derive(Clone, Debug)]
enum Step {
    /// Hours since the last report, share of the agreed storage (bps), egress MB, uptime.
    Report(u64, u64, u64, u32),
    Settle,
    Deposit(i128),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u64..72, 0_u64..=12_000, 0_u64..8_192, 9_000_u32..=10_000)
            .prop_map(|(hours, share, egress, uptime)| Step::Report(hours, share, egress, uptime)),
        Just(Step::Settle),
        (1..20 * ONE_USD).prop_map(Step::Deposit),
    ]
}

fn meter_with(locked: i128) -> Meter {
    let mut meter = meter();
    meter.locked = locked;
    meter
}

fn run(meter: &mut Meter, step: &Step, now: &mut u64) -> i128 {
    match step {
        Step::Report(hours, share, egress, uptime_bps) => {
            *now += hours * 3_600;
            let through_ts = (*now).min(meter.end_ts);
            let secs = through_ts - meter.through_ts.min(through_ts);
            let size = meter.agreed_storage_mb * share / 10_000;
            let reading = Reading {
                storage_mb_secs: meter.storage_mb_secs + mb_secs(size, secs).unwrap(),
                egress_mb: meter.egress_mb + egress,
                latency_ms: 90,
                uptime_bps: *uptime_bps,
                through_ts,
            };
            meter.apply(&reading, *now).ok();
            0
        }
        Step::Settle => meter.settle().unwrap().pay,
        Step::Deposit(amount) => {
            meter.locked += amount;
            meter.review_grace(*now).unwrap();
            0
        }
    }
}

proptest! {
    #[test]
    fn money_is_conserved_and_egress_always_covered(steps in prop::collection::vec(step(), 1..60)) {
        let mut meter = meter();
        let (mut now, mut deposited, mut paid) = (START_TS, meter.locked, 0);
        for step in &steps {
            if let Step::Deposit(amount) = step {
                deposited += amount;
            }
            paid += run(&mut meter, step, &mut now);
            prop_assert_eq!(deposited, meter.locked + meter.paid_total);
            prop_assert_eq!(paid, meter.paid_total);
            prop_assert!(meter.locked >= meter.reserve().unwrap(), "E7: the reserve is locked");
            prop_assert!(meter.owed().unwrap() >= 0);
            prop_assert!(meter.credited().unwrap() >= 0);
            let quote = meter
                .prices
                .charge(mb_secs(meter.agreed_storage_mb, 90 * DAY).unwrap(), meter.agreed_egress_mb);
            prop_assert!(meter.charged().unwrap() <= quote.unwrap());
        }
    }

    #[test]
    fn with_the_quote_locked_it_does_not_matter_when_it_was_settled(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let rich = || meter_with(1_000 * ONE_USD);
        let (mut often, mut once) = (rich(), rich());
        let (mut now_often, mut now_once) = (START_TS, START_TS);
        for step in steps.iter().filter(|step| !matches!(step, Step::Deposit(_))) {
            run(&mut often, step, &mut now_often);
            often.settle().unwrap();
            if !matches!(step, Step::Settle) {
                run(&mut once, step, &mut now_once);
            }
        }
        once.settle().unwrap();
        prop_assert_eq!(often.paid_total, once.paid_total);
        prop_assert_eq!(often.arrears_since_ts, 0, "a deal with its quote never enters the grace");
        prop_assert!(once.settle().unwrap().is_noop(), "settling twice is settling once");
    }

    #[test]
    fn the_holdback_covers_whatever_the_tail_can_cost(
        steps in prop::collection::vec(step(), 0..20),
        share in 0_u64..=10_000,
        egress in 0_u64..60_000,
        uptime in 9_000_u32..=10_000,
    ) {
        let mut meter = meter_with(1_000 * ONE_USD);
        let mut now = START_TS;
        for step in &steps {
            run(&mut meter, step, &mut now);
        }
        let now = (now + 5 * DAY).min(meter.end_ts);
        prop_assume!(meter.through_ts < now);
        meter.close(DAY, now);
        meter.settle().unwrap();
        let held = meter.holdback(meter.close_ts).unwrap();
        meter.locked = held;
        let secs = meter.close_ts - meter.through_ts;
        let last = Reading {
            storage_mb_secs: meter.storage_mb_secs
                + mb_secs(meter.agreed_storage_mb * share / 10_000, secs).unwrap(),
            egress_mb: meter.egress_mb + egress,
            latency_ms: 90,
            uptime_bps: uptime,
            through_ts: meter.close_ts,
        };
        meter.apply(&last, now).unwrap();
        let settlement = meter.settle().unwrap();
        prop_assert_eq!(settlement.arrears, 0);
        prop_assert!(meter.locked >= 0);
    }
}

#[test]
fn the_minimum_deposit_covers_a_consumer_who_downloads_everything_at_once() {
    let mut meter = meter();
    meter.locked = meter
        .prices
        .charge(
            mb_secs(meter.agreed_storage_mb, DAY).unwrap(),
            meter.agreed_egress_mb,
        )
        .unwrap();
    let all = Reading {
        storage_mb_secs: mb_secs(meter.agreed_storage_mb, DAY).unwrap(),
        egress_mb: meter.agreed_egress_mb,
        latency_ms: 90,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY,
    };
    meter.apply(&all, START_TS + DAY).unwrap();
    let settlement = meter.settle().unwrap();
    assert_eq!((settlement.arrears, meter.locked), (0, 0));
}

#[test]
fn the_grace_begins_while_there_is_money_for_it_and_dust_does_not_end_it() {
    // A third of a USD a day: nine days, half a USD of egress beside them.
    let mut meter = meter_with(3 * ONE_USD + ONE_USD / 2);
    let use_days = |meter: &mut Meter, days: u64| {
        let reading = Reading {
            storage_mb_secs: mb_secs(meter.agreed_storage_mb, days * DAY).unwrap(),
            egress_mb: 0,
            latency_ms: 90,
            uptime_bps: 10_000,
            through_ts: START_TS + days * DAY,
        };
        meter.apply(&reading, START_TS + days * DAY).unwrap()
    };
    assert_eq!(use_days(&mut meter, 3) & flags::GRACE_BEGAN, 0);
    assert_eq!(meter.settle().unwrap().arrears, 0);
    assert_eq!(
        meter.covers(6 * DAY),
        Some(true),
        "exactly six days are left"
    );
    assert_ne!(use_days(&mut meter, 4) & flags::GRACE_BEGAN, 0);
    assert_eq!(meter.arrears_since_ts, START_TS + 4 * DAY);
    assert_eq!(use_days(&mut meter, 5) & flags::GRACE_BEGAN, 0, "once");
    assert_eq!(meter.arrears_since_ts, START_TS + 4 * DAY);

    let now = START_TS + 5 * DAY;
    let missing = meter.owed_at_most(mb_secs(meter.agreed_storage_mb, 7 * DAY).unwrap(), 0);
    let missing = missing.unwrap() - meter.available().unwrap();
    assert!(missing > 9_000_000, "three days");
    meter.locked += missing - 1;
    assert_eq!(meter.review_grace(now), Some(GraceChange::None));
    meter.locked += 1;
    assert_eq!(meter.review_grace(now), Some(GraceChange::Ended));
    assert_eq!(meter.arrears_since_ts, 0);
}

/// With a report a day and a closing within a day after the grace, the minimum deposit pays for all.
#[test]
fn a_provider_is_paid_for_everything_until_the_grace_is_over() {
    let mut meter = meter();
    let agreed = meter.agreed_storage_mb;
    meter.locked = meter
        .prices
        .charge(mb_secs(agreed, 7 * DAY).unwrap(), meter.agreed_egress_mb)
        .unwrap();
    let mut days = 0;
    while !meter.grace_is_over(3 * DAY, START_TS + days * DAY) {
        days += 1;
        let day = Reading {
            storage_mb_secs: mb_secs(agreed, days * DAY).unwrap(),
            egress_mb: meter.agreed_egress_mb,
            latency_ms: 90,
            uptime_bps: 10_000,
            through_ts: START_TS + days * DAY,
        };
        meter.apply(&day, START_TS + days * DAY).unwrap();
        assert_eq!(meter.settle().unwrap().arrears, 0, "day {days}");
    }
    let close_ts = START_TS + (days + 1) * DAY;
    meter.close(DAY, close_ts);
    let last = Reading {
        storage_mb_secs: mb_secs(agreed, (days + 1) * DAY).unwrap(),
        egress_mb: meter.agreed_egress_mb,
        latency_ms: 90,
        uptime_bps: 10_000,
        through_ts: close_ts,
    };
    meter.apply(&last, close_ts).unwrap();
    assert_eq!(meter.settle().unwrap().arrears, 0, "a day after the grace");
}

#[test]
fn nothing_is_held_back_when_all_is_reported_and_never_more_than_is_locked() {
    let meter = meter_with(ONE_USD);
    assert!(meter.agreed_egress_mb > meter.egress_mb, "egress is left");
    assert_eq!(meter.holdback(meter.through_ts), Some(0));
    let short = meter_with(7);
    assert!(meter.holdback(meter.through_ts + DAY) > Some(7));
    assert_eq!(short.holdback(short.through_ts + DAY), Some(7));
}

#[test]
fn grace_is_over_at_its_last_second() {
    let mut meter = meter();
    assert!(!meter.grace_is_over(DAY, START_TS + 100 * DAY));
    meter.arrears_since_ts = START_TS;
    assert!(!meter.grace_is_over(DAY, START_TS + DAY - 1));
    assert!(meter.grace_is_over(DAY, START_TS + DAY));
}

#[test]
fn an_unreported_tail_is_billed_at_the_last_rate_for_a_bounded_time() {
    let mut meter = meter();
    let day = Reading {
        storage_mb_secs: mb_secs(1_000, DAY).unwrap(),
        egress_mb: 0,
        latency_ms: 90,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY,
    };
    meter.apply(&day, START_TS + DAY).unwrap();
    meter.close_ts = START_TS + 11 * DAY;
    meter.add_unreported_tail(3 * DAY).unwrap();
    assert_eq!(meter.storage_mb_secs, mb_secs(1_000, 4 * DAY).unwrap());
    assert_eq!(meter.payable_mb_secs_bps, meter.storage_mb_secs * 10_000);
}
