//! What a report may say, what of it is applied, and how service is judged.

use crate::{
    meter::Flags,
    report::{flags, Reading, Refusal},
    sla::Verdict,
    units::{NOT_MEASURED, SECS_PER_DAY},
    Meter,
};

use super::samples::{meter, FINAL_WINDOW_SECS, START_TS};

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
        assert!(!meter.is_breached());
        let applied = apply(&mut meter, outage(days)).unwrap();
        assert_eq!(applied & flags::STRIKE, flags::STRIKE);
    }
    assert_eq!(
        meter.breach_ts,
        START_TS + 200 * DAY,
        "when the report came"
    );
    assert_eq!(meter.payable_mb_secs_bps % 10_000, 0);
}

#[test]
fn no_better_window_takes_a_breach_back() {
    let mut meter = meter();
    for days in 1..4 {
        let outage = Reading {
            uptime_bps: 0,
            ..reading(days)
        };
        meter.apply(&outage, START_TS + DAY * days).unwrap();
    }
    meter.apply(&reading(4), START_TS + 4 * DAY).unwrap();
    assert_eq!((meter.strikes, meter.breach_ts), (0, START_TS + 3 * DAY));
    for days in 5..8 {
        let outage = Reading {
            uptime_bps: 0,
            ..reading(days)
        };
        meter.apply(&outage, START_TS + DAY * days).unwrap();
    }
    assert_eq!(meter.breach_ts, START_TS + 3 * DAY, "the first one counts");
}

#[test]
fn clipped_windows_in_a_row_are_counted_and_a_short_one_is_none() {
    let mut meter = meter();
    let greedy = |secs| Reading {
        storage_mb_secs: u128::MAX,
        through_ts: START_TS + secs,
        ..reading(0)
    };
    let modest = |meter: &Meter, secs| Reading {
        storage_mb_secs: meter.storage_mb_secs,
        ..greedy(secs)
    };
    apply(&mut meter, greedy(DAY / 2)).unwrap();
    apply(&mut meter, greedy(DAY)).unwrap();
    assert_eq!(meter.clipped_windows, 2);
    let short = modest(&meter, DAY + DAY / 2 - 1);
    apply(&mut meter, short).unwrap();
    apply(&mut meter, greedy(DAY + DAY / 2)).unwrap();
    assert_eq!(meter.clipped_windows, 2, "short windows change nothing");
    let whole = modest(&meter, 2 * DAY);
    apply(&mut meter, whole).unwrap();
    assert_eq!(meter.clipped_windows, 0);
    let all_egress = Reading {
        egress_mb: meter.agreed_egress_mb + 1,
        ..modest(&meter, 3 * DAY)
    };
    apply(&mut meter, all_egress).unwrap();
    assert_eq!(meter.clipped_windows, 1, "egress counts too");
}

#[test]
fn after_clipped_windows_in_a_row_a_notice_is_neutral() {
    for (clipped_windows, neutral) in [(2, false), (3, true)] {
        let mut meter = meter();
        meter.clipped_windows = clipped_windows;
        meter.give_notice(START_TS + DAY, false);
        assert_eq!(meter.flags.has(Flags::OVERUSED), neutral);
    }
}

#[test]
fn a_closed_deal_takes_reports_through_its_close_until_the_final_window_ends() {
    let mut meter = meter();
    meter.close(FINAL_WINDOW_SECS, START_TS + 10 * DAY);
    let until = meter.close_ts + FINAL_WINDOW_SECS;
    let beyond = Reading {
        through_ts: meter.close_ts + 1,
        ..reading(10)
    };
    assert_eq!(meter.apply(&beyond, until), Err(Refusal::WatermarkTooLate));
    assert_eq!(
        meter.apply(&reading(10), until + 1),
        Err(Refusal::ReportsClosed)
    );
    meter.breach_ts = START_TS + 9 * DAY;
    let last = meter.apply(&reading(10), until);
    assert!(last.is_ok(), "a provider in breach is paid for the end too");
}
