//! What settlement promises, whatever the sequence of reports, deposits and settlements.

use flash_common::units::{ONE_USD, SECS_PER_DAY};
use proptest::prelude::*;

use super::samples::{slot, START_TS};
use crate::{math::mb_secs, report::Reading, slot::DealSlot};

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

fn slot_with(locked: i128) -> DealSlot {
    let mut slot = slot();
    slot.locked = locked;
    slot
}

fn run(slot: &mut DealSlot, step: &Step, now: &mut u64) -> i128 {
    match step {
        Step::Report(hours, share, egress, uptime_bps) => {
            *now += hours * 3_600;
            let through_ts = (*now).min(slot.end_ts);
            let secs = through_ts - slot.through_ts.min(through_ts);
            let size = slot.agreed_storage_mb * share / 10_000;
            let reading = Reading {
                storage_mb_secs: slot.storage_mb_secs + mb_secs(size, secs).unwrap(),
                egress_mb: slot.egress_mb + egress,
                latency_ms: 90,
                uptime_bps: *uptime_bps,
                through_ts,
            };
            slot.apply(&reading, *now).ok();
            0
        }
        Step::Settle => slot.settle(*now).unwrap().pay,
        Step::Deposit(amount) => {
            slot.locked += amount;
            slot.clear_arrears().unwrap();
            0
        }
    }
}

proptest! {
    #[test]
    fn money_is_conserved_and_egress_always_covered(steps in prop::collection::vec(step(), 1..60)) {
        let mut slot = slot();
        let (mut now, mut deposited, mut paid) = (START_TS, slot.locked, 0);
        for step in &steps {
            if let Step::Deposit(amount) = step {
                deposited += amount;
            }
            paid += run(&mut slot, step, &mut now);
            prop_assert_eq!(deposited, slot.locked + slot.paid_total);
            prop_assert_eq!(paid, slot.paid_total);
            prop_assert!(slot.locked >= slot.reserve().unwrap(), "E7: the reserve is locked");
            prop_assert!(slot.owed().unwrap() >= 0);
            prop_assert!(slot.credited().unwrap() >= 0);
            let quote = slot
                .prices
                .charge(mb_secs(slot.agreed_storage_mb, 90 * DAY).unwrap(), slot.agreed_egress_mb);
            prop_assert!(slot.charged().unwrap() <= quote.unwrap());
        }
    }

    #[test]
    fn with_the_quote_locked_it_does_not_matter_when_it_was_settled(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let rich = || slot_with(1_000 * ONE_USD);
        let (mut often, mut once) = (rich(), rich());
        let (mut now_often, mut now_once) = (START_TS, START_TS);
        for step in steps.iter().filter(|step| !matches!(step, Step::Deposit(_))) {
            run(&mut often, step, &mut now_often);
            often.settle(now_often).unwrap();
            if !matches!(step, Step::Settle) {
                run(&mut once, step, &mut now_once);
            }
        }
        once.settle(now_once).unwrap();
        prop_assert_eq!(often.paid_total, once.paid_total);
        prop_assert_eq!(often.arrears_since_ts, 0, "a funded deal is never in arrears");
        prop_assert!(once.settle(now_once).unwrap().is_noop(), "settling twice is settling once");
    }

    #[test]
    fn the_holdback_covers_whatever_the_tail_can_cost(
        steps in prop::collection::vec(step(), 0..20),
        share in 0_u64..=10_000,
        egress in 0_u64..60_000,
        uptime in 9_000_u32..=10_000,
    ) {
        let mut slot = slot_with(1_000 * ONE_USD);
        let mut now = START_TS;
        for step in &steps {
            run(&mut slot, step, &mut now);
        }
        let now = (now + 5 * DAY).min(slot.end_ts);
        prop_assume!(slot.through_ts < now);
        slot.close_ts = now;
        slot.settle(now).unwrap();
        let held = slot.holdback(slot.close_ts).unwrap();
        slot.locked = held;
        let secs = slot.close_ts - slot.through_ts;
        let last = Reading {
            storage_mb_secs: slot.storage_mb_secs
                + mb_secs(slot.agreed_storage_mb * share / 10_000, secs).unwrap(),
            egress_mb: slot.egress_mb + egress,
            latency_ms: 90,
            uptime_bps: uptime,
            through_ts: slot.close_ts,
        };
        slot.apply(&last, now).unwrap();
        let settlement = slot.settle(now).unwrap();
        prop_assert_eq!(settlement.arrears, 0);
        prop_assert!(slot.locked >= 0);
    }
}

#[test]
fn the_minimum_deposit_covers_a_consumer_who_downloads_everything_at_once() {
    let mut slot = slot();
    slot.locked = slot
        .prices
        .charge(
            mb_secs(slot.agreed_storage_mb, DAY).unwrap(),
            slot.agreed_egress_mb,
        )
        .unwrap();
    let all = Reading {
        storage_mb_secs: mb_secs(slot.agreed_storage_mb, DAY).unwrap(),
        egress_mb: slot.agreed_egress_mb,
        latency_ms: 90,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY,
    };
    slot.apply(&all, START_TS + DAY).unwrap();
    let settlement = slot.settle(START_TS + DAY).unwrap();
    assert_eq!((settlement.arrears, slot.locked), (0, 0));
}

#[test]
fn arrears_begin_once_and_dust_does_not_clear_them() {
    let mut slot = slot_with(ONE_USD);
    let use_days = |slot: &mut DealSlot, days: u64| {
        let reading = Reading {
            storage_mb_secs: mb_secs(slot.agreed_storage_mb, days * DAY).unwrap(),
            egress_mb: 0,
            latency_ms: 90,
            uptime_bps: 10_000,
            through_ts: START_TS + days * DAY,
        };
        slot.apply(&reading, START_TS + days * DAY).unwrap();
        slot.settle(START_TS + days * DAY).unwrap()
    };
    // 10 USD a month, half a USD of it ring-fenced for egress: two days cost more than the rest.
    let first = use_days(&mut slot, 2);
    assert!(first.began && first.arrears > 0);
    assert_eq!(slot.locked, slot.reserve().unwrap());
    let again = slot.settle(START_TS + 3 * DAY).unwrap();
    assert!(again.is_noop());
    assert_eq!(
        slot.arrears_since_ts,
        START_TS + 2 * DAY,
        "the first day counts"
    );

    slot.locked += first.arrears;
    assert_eq!(
        slot.clear_arrears(),
        Some(false),
        "what is owed alone is dust"
    );
    let runway = slot
        .prices
        .charge(mb_secs(slot.agreed_storage_mb, DAY).unwrap(), 0)
        .unwrap();
    slot.locked += runway - 1;
    assert_eq!(slot.clear_arrears(), Some(false));
    slot.locked += 1;
    assert_eq!(slot.clear_arrears(), Some(true));
    assert_eq!(slot.arrears_since_ts, 0);
}

#[test]
fn nothing_is_held_back_when_all_is_reported_and_never_more_than_is_locked() {
    let slot = slot_with(ONE_USD);
    assert!(slot.agreed_egress_mb > slot.egress_mb, "egress is left");
    assert_eq!(slot.holdback(slot.through_ts), Some(0));
    let short = slot_with(7);
    assert!(slot.holdback(slot.through_ts + DAY) > Some(7));
    assert_eq!(short.holdback(short.through_ts + DAY), Some(7));
}

#[test]
fn grace_is_over_at_its_last_second() {
    let mut slot = slot();
    assert!(!slot.grace_is_over(DAY, START_TS + 100 * DAY));
    slot.arrears_since_ts = START_TS;
    assert!(!slot.grace_is_over(DAY, START_TS + DAY - 1));
    assert!(slot.grace_is_over(DAY, START_TS + DAY));
}

#[test]
fn an_unreported_tail_is_billed_at_the_last_rate_for_a_bounded_time() {
    let mut slot = slot();
    let day = Reading {
        storage_mb_secs: mb_secs(1_000, DAY).unwrap(),
        egress_mb: 0,
        latency_ms: 90,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY,
    };
    slot.apply(&day, START_TS + DAY).unwrap();
    slot.close_ts = START_TS + 11 * DAY;
    slot.add_unreported_tail(3 * DAY).unwrap();
    assert_eq!(slot.storage_mb_secs, mb_secs(1_000, 4 * DAY).unwrap());
    assert_eq!(slot.payable_mb_secs_bps, slot.storage_mb_secs * 10_000);
}
