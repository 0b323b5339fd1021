//! Properties of totals that hold for any samples in any order.

use flash_meter::{
    overlap::{contested, Claim},
    service::{minutes_of, Probes},
    totals::{held, Basis, Running, Sample, Totals},
};
use flash_money::units::{BYTES_PER_MB, MAX_DEAL_MB, NOT_MEASURED};
use proptest::prelude::*;

const DAY: u64 = 86_400;

fn sample() -> impl Strategy<Value = Sample> {
    let size = prop_oneof![
        -(1_i64 << 34)..(1_i64 << 34),
        Just(i64::MIN),
        Just(i64::MAX)
    ];
    let egress = prop_oneof![0..(1_u64 << 34), Just(u64::MAX)];
    (0..40 * DAY, egress, size).prop_map(|(at_secs, egress_bytes, size_change_bytes)| Sample {
        at_secs,
        egress_bytes,
        size_change_bytes,
    })
}

fn basis() -> impl Strategy<Value = Basis> {
    let span = (0..40 * DAY, 0..DAY).prop_map(|(from, len)| (from, from + len));
    (
        0..10 * DAY,
        0..100_000_u64,
        0..100_000_u64,
        prop::collection::vec(span, 0..2),
    )
        .prop_map(|(start_secs, storage, egress, excluded)| Basis {
            start_secs,
            agreed_storage_mb: storage,
            agreed_egress_mb: egress,
            excluded,
        })
}

fn whole(basis: &Basis, samples: &[Sample], to: u64) -> Running {
    Running::default().advance(basis, samples, to).unwrap()
}

/// Advances in steps, like a daemon.
fn stepwise(basis: &Basis, samples: &[Sample], mut stops: Vec<u64>, to: u64) -> Running {
    stops.push(to);
    stops.sort_unstable();
    stops.iter().fold(Running::default(), |state, stop| {
        let window = state.at_secs..*stop;
        let inside: Vec<_> = samples
            .iter()
            .copied()
            .filter(|sample| window.contains(&sample.at_secs))
            .collect();
        state.advance(basis, &inside, *stop).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_do_not_change_a_total(basis in basis(), samples in prop::collection::vec(sample(), 0..60),
                                     stops in prop::collection::vec(0..40 * DAY, 0..8)) {
        let to = 40 * DAY;
        prop_assert_eq!(stepwise(&basis, &samples, stops, to), whole(&basis, &samples, to));
    }

    #[test]
    fn order_does_not_change_a_total(basis in basis(), mut samples in prop::collection::vec(sample(), 0..60),
                                     seed in any::<u64>()) {
        let before = whole(&basis, &samples, 40 * DAY);
        let len = samples.len().max(1);
        for nth in 0..samples.len() {
            let other = usize::try_from(seed.rotate_left(u32::try_from(nth).unwrap()) % u64::try_from(len).unwrap()).unwrap();
            samples.swap(nth, other);
        }
        prop_assert_eq!(whole(&basis, &samples, 40 * DAY), before);
    }

    #[test]
    fn splitting_a_sample_does_not_change_a_total(basis in basis(), samples in prop::collection::vec(sample(), 1..40),
                                                  part in 0..100_u64) {
        let pieces: Vec<_> = samples.iter().flat_map(|one| {
            let egress = u64::try_from(u128::from(one.egress_bytes) * u128::from(part) / 100).unwrap();
            let size = i64::try_from(i128::from(one.size_change_bytes) * i128::from(part) / 100).unwrap();
            let first = Sample { egress_bytes: egress, size_change_bytes: size, ..*one };
            let second = Sample { egress_bytes: one.egress_bytes - egress, size_change_bytes: one.size_change_bytes - size, ..*one };
            [first, second]
        }).collect();
        let (one, other) = (whole(&basis, &samples, 40 * DAY), whole(&basis, &pieces, 40 * DAY));
        prop_assert_eq!(one.totals(&basis), other.totals(&basis));
        prop_assert_eq!(one.size_bytes, other.size_bytes);
    }

    #[test]
    fn totals_grow_with_time_and_stay_within_the_agreed_size(basis in basis(), samples in prop::collection::vec(sample(), 0..60),
                                                            a in 0..40 * DAY, b in 0..40 * DAY) {
        let (early, late) = (a.min(b), a.max(b));
        let until = |to: u64| {
            let seen: Vec<_> = samples.iter().copied().filter(|sample| sample.at_secs < to).collect();
            whole(&basis, &seen, to).totals(&basis)
        };
        let (first, second) = (until(early), until(late));
        prop_assert!(first.storage_mb_secs <= second.storage_mb_secs && first.egress_mb <= second.egress_mb);
        let secs = u128::from(late - early);
        // Both ends are rounded down, so allow one MB-second.
        let most = u128::from(basis.agreed_storage_mb) * secs;
        prop_assert!(second.storage_mb_secs - first.storage_mb_secs <= most + u128::from(secs > 0));
        prop_assert!(second.egress_mb <= basis.agreed_egress_mb);
    }

    #[test]
    fn nothing_overflows_at_the_edges(count in 0..50_usize, at in any::<u64>(), start in any::<u64>(), agreed in any::<u64>()) {
        let basis = Basis { start_secs: start, agreed_storage_mb: agreed, agreed_egress_mb: u64::MAX, excluded: vec![(u64::MAX, 0)] };
        let extreme = Sample { at_secs: at.min(u64::MAX - 1), egress_bytes: u64::MAX, size_change_bytes: i64::MAX };
        let state = whole(&basis, &vec![extreme; count], u64::MAX);
        prop_assert!(state.byte_secs <= (1_u128 << 60) * u128::from(u64::MAX));
        prop_assert_eq!(state.egress_bytes, if extreme.at_secs >= start { u128::from(u64::MAX) * u128::try_from(count).unwrap() } else { 0 });
    }

    #[test]
    fn a_sample_in_two_deals_counts_for_neither(a in 0..1000_u64, b in 0..1000_u64, len_a in 1..500_u64, len_b in 1..500_u64, at in 0..1500_u64) {
        let claims = [
            Claim { deal_id: 1, series: "s", start_secs: a, end_secs: a + len_a },
            Claim { deal_id: 2, series: "s", start_secs: b, end_secs: b + len_b },
        ];
        let both = claims.iter().all(|claim| (claim.start_secs..claim.end_secs).contains(&at));
        let contested = contested(&claims);
        for id in [1, 2] {
            let out = contested.get(&id).is_some_and(|spans| spans.iter().any(|span| (span.0..span.1).contains(&at)));
            prop_assert_eq!(out, both);
        }
    }
}

#[test]
fn cold_data_is_billed() {
    let basis = deal(0, 1_000);
    let put = put_mb(0, 100);
    let state = whole(&basis, &[put], 30 * DAY);
    let expected = Totals {
        storage_mb_secs: 100 * 30 * u128::from(DAY),
        egress_mb: 0,
    };
    assert_eq!(state.totals(&basis), expected);
}

#[test]
fn what_was_stored_before_the_start_is_billed_from_the_start() {
    let basis = deal(DAY, 1_000);
    let state = whole(&basis, &[put_mb(0, 7)], DAY + 10);
    assert_eq!(state.totals(&basis).storage_mb_secs, 70);
}

#[test]
fn egress_before_the_start_is_not_billed() {
    let basis = deal(DAY, 1_000);
    let get = |at_secs| Sample {
        at_secs,
        egress_bytes: 5 << 20,
        size_change_bytes: 0,
    };
    let state = whole(&basis, &[get(DAY - 1), get(DAY)], 2 * DAY);
    assert_eq!(state.totals(&basis).egress_mb, 5);
}

#[test]
fn a_peak_above_the_agreed_is_not_billed_later() {
    let basis = deal(0, 10);
    let samples = [put_mb(0, 50), put_mb(100, -45)];
    let state = whole(&basis, &samples, 200);
    assert_eq!(
        state.totals(&basis).storage_mb_secs,
        10 * 100 + 5 * 100,
        "cut at each moment, not over the window"
    );
}

#[test]
fn a_late_sample_enters_the_next_total() {
    let basis = deal(0, 1_000);
    let (first, late) = (put_mb(0, 10), put_mb(50, 10));
    let without = whole(&basis, &[first], 100).totals(&basis);
    let with = whole(&basis, &[first, late], 200).totals(&basis);
    assert_eq!(without.storage_mb_secs, 1_000);
    assert_eq!(with.storage_mb_secs, 10 * 200 + 10 * 150);
}

#[test]
fn an_over_report_is_held_until_reality_catches_up() {
    let reported = Totals {
        storage_mb_secs: 100,
        egress_mb: 3,
    };
    let low = Totals {
        storage_mb_secs: 90,
        egress_mb: 4,
    };
    let expected = Totals {
        storage_mb_secs: 100,
        egress_mb: 4,
    };
    assert_eq!(held(low, reported), (expected, true));
    let caught_up = Totals {
        storage_mb_secs: 101,
        egress_mb: 4,
    };
    assert_eq!(held(caught_up, reported), (caught_up, false));
}

#[test]
fn a_sample_outside_of_the_window_is_an_error() {
    let basis = deal(0, 10);
    let state = whole(&basis, &[], 100);
    let late = put_mb(99, 1);
    let error = state.advance(&basis, &[late], 200).unwrap_err();
    assert_eq!(error.at_secs, 99);
    assert!(state.advance(&basis, &[put_mb(200, 1)], 200).is_err());
}

#[test]
fn a_silent_node_is_down_and_a_minute_without_a_probe_is_no_data() {
    let probes = Probes {
        minutes: 1_000,
        up_minutes: 999,
        answers: 999,
        latency_sum_ms: 999 * 40,
    };
    let service = probes.service(3_600_000);
    assert_eq!((service.latency_ms, service.uptime_bps), (40, 9_990));
    let down = Probes {
        minutes: 3,
        ..Probes::default()
    };
    let service = down.service(3_600_000);
    assert_eq!((service.latency_ms, service.uptime_bps), (NOT_MEASURED, 0));
    let nothing = Probes::default().service(3_600_000);
    assert_eq!(nothing.uptime_bps, NOT_MEASURED);
}

#[test]
fn a_minute_belongs_to_one_window() {
    for cut in [60, 61, 119, 120] {
        let first: Vec<_> = minutes_of(0, cut).collect();
        let second: Vec<_> = minutes_of(cut, 600).collect();
        let joined: Vec<_> = first.into_iter().chain(second).collect();
        assert_eq!(joined, (0..10).collect::<Vec<_>>());
    }
}

#[test]
fn the_largest_deal_does_not_overflow() {
    let basis = deal(0, MAX_DEAL_MB);
    let put = Sample {
        at_secs: 0,
        egress_bytes: 0,
        size_change_bytes: i64::MAX,
    };
    let five_years = 5 * 365 * DAY;
    let state = whole(&basis, &[put], five_years);
    let expected = u128::from(MAX_DEAL_MB) * BYTES_PER_MB * u128::from(five_years);
    assert_eq!(state.byte_secs, expected);
}

fn deal(start_secs: u64, agreed_mb: u64) -> Basis {
    Basis {
        start_secs,
        agreed_storage_mb: agreed_mb,
        agreed_egress_mb: agreed_mb,
        excluded: vec![],
    }
}

fn put_mb(at_secs: u64, mb: i64) -> Sample {
    Sample {
        at_secs,
        egress_bytes: 0,
        size_change_bytes: mb << 20,
    }
}
