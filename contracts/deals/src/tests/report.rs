//! What a report may say, what of it is applied, and how service is judged.

use flash_common::units::SECS_PER_DAY;
use flash_interfaces::deals::{report_flags, DealsError, NOT_MEASURED};

use super::samples::{slot, START_TS};
use crate::{
    report::{Reading, Verdict},
    slot::DealSlot,
};

const DAY: u64 = SECS_PER_DAY;
const FULL_MB: u64 = 500 * 1_024;

fn reading(days: u64) -> Reading {
    Reading {
        storage_mb_secs: u128::from(FULL_MB * DAY * days),
        egress_mb: 1_024 * days,
        latency_ms: 80,
        uptime_bps: 10_000,
        through_ts: START_TS + DAY * days,
    }
}

fn apply(slot: &mut DealSlot, reading: Reading) -> Result<u32, DealsError> {
    slot.apply(&reading, START_TS + 200 * DAY)
}

#[test]
fn a_report_moves_totals_watermark_and_rate() {
    let mut slot = slot();
    assert_eq!(apply(&mut slot, reading(1)), Ok(report_flags::VERDICT));
    assert_eq!(slot.storage_mb_secs, u128::from(FULL_MB * DAY));
    assert_eq!(slot.payable_mb_secs_bps, u128::from(FULL_MB * DAY) * 10_000);
    assert_eq!((slot.egress_mb, slot.rate_mb), (1_024, FULL_MB));
    assert_eq!(slot.through_ts, START_TS + DAY);
}

#[test]
fn each_wrong_report_has_its_error_and_changes_nothing() {
    let mut slot = slot();
    apply(&mut slot, reading(2)).unwrap();
    let same = reading(2);
    let rows = [
        (same, DealsError::AlreadyReported),
        (
            Reading {
                egress_mb: 9_999,
                ..same
            },
            DealsError::WatermarkNotAfter,
        ),
        (reading(1), DealsError::WatermarkNotAfter),
        (
            Reading {
                through_ts: START_TS + 91 * DAY,
                ..same
            },
            DealsError::WatermarkTooLate,
        ),
        (
            Reading {
                storage_mb_secs: 1,
                ..reading(3)
            },
            DealsError::TotalsFell,
        ),
        (
            Reading {
                egress_mb: 2_047,
                ..reading(3)
            },
            DealsError::TotalsFell,
        ),
        (
            Reading {
                latency_ms: 3_600_001,
                ..reading(3)
            },
            DealsError::ServiceOutOfBounds,
        ),
        (
            Reading {
                uptime_bps: 10_001,
                ..reading(3)
            },
            DealsError::ServiceOutOfBounds,
        ),
    ];
    let before = slot.clone();
    for (wrong, error) in rows {
        assert_eq!(apply(&mut slot, wrong), Err(error), "{wrong:?}");
        assert_eq!(slot, before);
    }
}

#[test]
fn a_watermark_in_the_future_is_refused() {
    let mut slot = slot();
    let now = START_TS + DAY - 1;
    assert_eq!(
        slot.apply(&reading(1), now),
        Err(DealsError::WatermarkTooLate)
    );
    assert!(slot.apply(&reading(1), now + 1).is_ok());
}

#[test]
fn usage_above_the_agreed_is_clipped() {
    let mut slot = slot();
    let greedy = Reading {
        storage_mb_secs: u128::MAX,
        egress_mb: u64::MAX,
        ..reading(1)
    };
    let flags = apply(&mut slot, greedy).unwrap();
    assert_eq!(flags & report_flags::CLIPPED, report_flags::CLIPPED);
    assert_eq!(slot.storage_mb_secs, u128::from(FULL_MB * DAY));
    assert_eq!(slot.egress_mb, slot.agreed_egress_mb);
}

#[test]
fn verdicts_stand_at_the_edges_of_the_tiers() {
    let sla = slot().sla;
    let rows = [
        (100, 9_990, Verdict::Met),
        (101, 9_990, Verdict::Minor),
        (120, 9_990, Verdict::Minor),
        (121, 9_990, Verdict::Major),
        (60_000, 9_990, Verdict::Major),
        (100, 9_989, Verdict::Minor),
        (100, 9_900, Verdict::Minor),
        (100, 9_899, Verdict::Major),
        (100, 9_500, Verdict::Major),
        (100, 9_499, Verdict::Critical),
        (0, 0, Verdict::Critical),
        (121, 9_989, Verdict::Major),
        (NOT_MEASURED, 9_989, Verdict::Minor),
        (121, NOT_MEASURED, Verdict::Major),
    ];
    for (latency_ms, uptime_bps, verdict) in rows {
        assert_eq!(
            sla.verdict(latency_ms, uptime_bps),
            Some(verdict),
            "{latency_ms} {uptime_bps}"
        );
    }
    assert_eq!(sla.verdict(NOT_MEASURED, NOT_MEASURED), None);
}

#[test]
fn credit_is_taken_off_the_window_it_belongs_to() {
    let mut slot = slot();
    let bad = Reading {
        uptime_bps: 9_900,
        ..reading(1)
    };
    let flags = apply(&mut slot, bad).unwrap();
    assert_eq!(flags >> report_flags::CREDIT_SHIFT, 1_000);
    apply(&mut slot, reading(2)).unwrap();
    let day = u128::from(FULL_MB * DAY);
    assert_eq!(slot.payable_mb_secs_bps, day * 9_000 + day * 10_000);
}

#[test]
fn a_window_too_short_or_unmeasured_carries_no_verdict() {
    let short = Reading {
        storage_mb_secs: 1,
        egress_mb: 0,
        latency_ms: 1,
        uptime_bps: 0,
        through_ts: START_TS + DAY / 2 - 1,
    };
    let mut slot = slot();
    assert_eq!(apply(&mut slot, short), Ok(0));
    assert!(!slot.is_measured());
    let unmeasured = Reading {
        storage_mb_secs: 2,
        latency_ms: NOT_MEASURED,
        uptime_bps: NOT_MEASURED,
        ..reading(3)
    };
    assert_eq!(apply(&mut slot, unmeasured), Ok(0));
    assert!(!slot.is_measured());
}

#[test]
fn critical_windows_in_a_row_are_strikes_and_any_better_one_resets_them() {
    let mut slot = slot();
    let outage = |days| Reading {
        uptime_bps: 0,
        ..reading(days)
    };
    apply(&mut slot, outage(1)).unwrap();
    apply(&mut slot, outage(2)).unwrap();
    assert_eq!(slot.strikes, 2);
    apply(
        &mut slot,
        Reading {
            uptime_bps: NOT_MEASURED,
            latency_ms: NOT_MEASURED,
            ..reading(3)
        },
    )
    .unwrap();
    assert_eq!(slot.strikes, 2, "no verdict leaves them");
    apply(
        &mut slot,
        Reading {
            uptime_bps: 9_500,
            ..reading(4)
        },
    )
    .unwrap();
    assert_eq!(slot.strikes, 0);
    for days in 5..8 {
        assert!(!slot.strikes_at_limit());
        let flags = apply(&mut slot, outage(days)).unwrap();
        assert_eq!(flags & report_flags::STRIKE, report_flags::STRIKE);
    }
    assert!(slot.strikes_at_limit());
    assert_eq!(slot.payable_mb_secs_bps % 10_000, 0);
}

#[test]
fn a_closed_deal_takes_reports_through_its_close_until_the_final_window_ends() {
    let mut slot = slot();
    slot.close_ts = START_TS + 10 * DAY;
    let until = slot.close_ts + 3 * DAY;
    let beyond = Reading {
        through_ts: slot.close_ts + 1,
        ..reading(10)
    };
    assert_eq!(
        slot.apply(&beyond, until),
        Err(DealsError::WatermarkTooLate)
    );
    assert_eq!(
        slot.apply(&reading(10), until + 1),
        Err(DealsError::ReportsClosed)
    );
    assert!(slot.clone().apply(&reading(10), until).is_ok());
    slot.set_breached();
    assert_eq!(
        slot.apply(&reading(10), until),
        Err(DealsError::ReportsClosed)
    );
}
