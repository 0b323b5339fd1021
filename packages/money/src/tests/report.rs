//! What a report may say, what of it is applied, and how service is judged.

use crate::{
    meter::Flags,
    report::{flags, Reading, Refusal},
    sla::Verdict,
    units::{NOT_MEASURED, SECS_PER_DAY},
    Meter,
};

use super::samples::{meter, START_TS};

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

fn apply(meter: &mut Meter, reading: Reading) -> Result<u32, Refusal> {
    meter.apply(&reading, START_TS + 200 * DAY)
}

#[test]
fn a_report_moves_totals_watermark_and_rate() {
    let mut meter = meter();
    assert_eq!(apply(&mut meter, reading(1)), Ok(flags::VERDICT));
    assert_eq!(meter.storage_mb_secs, u128::from(FULL_MB * DAY));
    assert_eq!(
        meter.payable_mb_secs_bps,
        u128::from(FULL_MB * DAY) * 10_000
    );
    assert_eq!((meter.egress_mb, meter.rate_mb), (1_024, FULL_MB));
    assert_eq!(meter.through_ts, START_TS + DAY);
}

#[test]
fn each_wrong_report_has_its_error_and_changes_nothing() {
    let mut meter = meter();
    apply(&mut meter, reading(2)).unwrap();
    let same = reading(2);
    let rows = [
        (same, Refusal::AlreadyReported),
        (
            Reading {
                egress_mb: 9_999,
                ..same
            },
            Refusal::WatermarkNotAfter,
        ),
        (reading(1), Refusal::WatermarkNotAfter),
        (
            Reading {
                through_ts: START_TS + 91 * DAY,
                ..same
            },
            Refusal::WatermarkTooLate,
        ),
        (
            Reading {
                storage_mb_secs: 1,
                ..reading(3)
            },
            Refusal::TotalsFell,
        ),
        (
            Reading {
                egress_mb: 2_047,
                ..reading(3)
            },
            Refusal::TotalsFell,
        ),
        (
            Reading {
                latency_ms: 3_600_001,
                ..reading(3)
            },
            Refusal::ServiceOutOfBounds,
        ),
        (
            Reading {
                uptime_bps: 10_001,
                ..reading(3)
            },
            Refusal::ServiceOutOfBounds,
        ),
    ];
    let before = meter;
    for (wrong, error) in rows {
        assert_eq!(apply(&mut meter, wrong), Err(error), "{wrong:?}");
        assert_eq!(meter, before);
    }
}

#[test]
fn a_watermark_in_the_future_is_refused() {
    let mut meter = meter();
    let now = START_TS + DAY - 1;
    assert_eq!(
        meter.apply(&reading(1), now),
        Err(Refusal::WatermarkTooLate)
    );
    assert!(meter.apply(&reading(1), now + 1).is_ok());
}

#[test]
fn usage_above_the_agreed_is_clipped() {
    let mut meter = meter();
    let greedy = Reading {
        storage_mb_secs: u128::MAX,
        egress_mb: u64::MAX,
        ..reading(1)
    };
    let applied = apply(&mut meter, greedy).unwrap();
    assert_eq!(applied & flags::CLIPPED, flags::CLIPPED);
    assert_eq!(meter.storage_mb_secs, u128::from(FULL_MB * DAY));
    assert_eq!(meter.egress_mb, meter.agreed_egress_mb);
}

#[test]
fn verdicts_stand_at_the_edges_of_the_tiers() {
    let sla = meter().sla;
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
    let mut meter = meter();
    let bad = Reading {
        uptime_bps: 9_900,
        ..reading(1)
    };
    let applied = apply(&mut meter, bad).unwrap();
    assert_eq!(applied >> flags::CREDIT_SHIFT, 1_000);
    apply(&mut meter, reading(2)).unwrap();
    let day = u128::from(FULL_MB * DAY);
    assert_eq!(meter.payable_mb_secs_bps, day * 9_000 + day * 10_000);
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
    let mut meter = meter();
    assert_eq!(apply(&mut meter, short), Ok(0));
    assert!(!meter.flags.has(Flags::MEASURED));
    let unmeasured = Reading {
        storage_mb_secs: 2,
        latency_ms: NOT_MEASURED,
        uptime_bps: NOT_MEASURED,
        ..reading(3)
    };
    assert_eq!(apply(&mut meter, unmeasured), Ok(0));
    assert!(!meter.flags.has(Flags::MEASURED));
}

#[test]
fn critical_windows_in_a_row_are_strikes_and_any_better_one_resets_them() {
    let mut meter = meter();
    let outage = |days| Reading {
        uptime_bps: 0,
        ..reading(days)
    };
    apply(&mut meter, outage(1)).unwrap();
    apply(&mut meter, outage(2)).unwrap();
    assert_eq!(meter.strikes, 2);
    apply(
        &mut meter,
        Reading {
            uptime_bps: NOT_MEASURED,
            latency_ms: NOT_MEASURED,
            ..reading(3)
        },
    )
    .unwrap();
    assert_eq!(meter.strikes, 2, "no verdict leaves them");
    apply(
        &mut meter,
        Reading {
            uptime_bps: 9_500,
            ..reading(4)
        },
    )
    .unwrap();
    assert_eq!(meter.strikes, 0);
    for days in 5..8 {
        assert!(!meter.strikes_at_limit());
        let applied = apply(&mut meter, outage(days)).unwrap();
        assert_eq!(applied & flags::STRIKE, flags::STRIKE);
    }
    assert!(meter.strikes_at_limit());
    assert_eq!(meter.payable_mb_secs_bps % 10_000, 0);
}

#[test]
fn a_closed_deal_takes_reports_through_its_close_until_the_final_window_ends() {
    let mut meter = meter();
    meter.close_ts = START_TS + 10 * DAY;
    let until = meter.close_ts + 3 * DAY;
    let beyond = Reading {
        through_ts: meter.close_ts + 1,
        ..reading(10)
    };
    assert_eq!(meter.apply(&beyond, until), Err(Refusal::WatermarkTooLate));
    assert_eq!(
        meter.apply(&reading(10), until + 1),
        Err(Refusal::ReportsClosed)
    );
    assert!(meter.apply(&reading(10), until).is_ok());
    meter.flags.set(Flags::BREACHED);
    assert_eq!(
        meter.apply(&reading(10), until),
        Err(Refusal::ReportsClosed)
    );
}
