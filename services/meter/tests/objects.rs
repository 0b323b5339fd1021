//! The size of an object from the events of access logs depends only on their times.

use flash_meter::objects::{effects, ties, Action, Event};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn event(at_secs: u64, request: &str, action: Action, version: &str, size_bytes: u64) -> Event {
    Event {
        at_secs,
        request: request.to_owned(),
        action,
        version: version.to_owned(),
        size_bytes,
    }
}

fn put(at_secs: u64, request: &str, size_bytes: u64) -> Event {
    event(at_secs, request, Action::Put, "", size_bytes)
}

fn delete(at_secs: u64, request: &str) -> Event {
    event(at_secs, request, Action::Delete, "", 0)
}

fn size_after(events: &[Event]) -> u64 {
    size_shown(events, &[])
}

fn size_shown(events: &[Event], shown: &[u64]) -> u64 {
    let shown: BTreeSet<u64> = shown.iter().copied().collect();
    let all = effects(0, events, &shown);
    let last = events
        .iter()
        .zip(&all)
        .max_by_key(|(event, _)| event.at_secs);
    let after = last.map_or(0, |(_, effect)| effect.size_after_bytes);
    let sum: i64 = all.iter().map(|effect| effect.change_bytes).sum();
    assert_eq!(
        u64::try_from(sum).unwrap(),
        after,
        "changes add up to the size"
    );
    after
}

#[test]
fn a_deletion_that_arrives_first_deletes_what_was_put_before_it() {
    let events = [delete(900, "R2"), put(100, "R1", 10)];
    let all = effects(0, &events, &BTreeSet::new());
    assert_eq!([all[0].change_bytes, all[1].change_bytes], [-10, 10]);
}

#[test]
fn a_put_overwrites_and_requests_order_the_puts_of_a_second() {
    assert_eq!(size_after(&[put(1, "R1", 10), put(2, "R2", 3)]), 3);
    assert_eq!(size_after(&[put(1, "R2", 3), put(1, "R1", 10)]), 3);
}

#[test]
fn a_put_and_a_deletion_of_one_second_end_without_the_object() {
    assert_eq!(size_after(&[delete(5, "R1"), put(5, "R2", 10)]), 0);
    assert_eq!(size_after(&[put(5, "R2", 10), delete(5, "R1")]), 0);
}

#[test]
fn a_later_line_that_shows_the_object_puts_the_deletion_first() {
    let events = [put(5, "R2", 10), delete(5, "R1")];
    assert_eq!(ties(&events).len(), 1);
    assert_eq!(size_shown(&events, &[5]), 10);
    // A later deletion that deleted bytes also shows the object; one of 0 bytes does not.
    let later = event(9, "R3", Action::Delete, "", 10);
    let all = effects(
        0,
        &[put(5, "R2", 10), delete(5, "R1"), later],
        &BTreeSet::new(),
    );
    assert_eq!(all[0].size_after_bytes, 10);
    let all = effects(
        0,
        &[put(5, "R2", 10), delete(5, "R1"), delete(9, "R3")],
        &BTreeSet::new(),
    );
    assert_eq!(all[0].size_after_bytes, 0);
}

#[test]
fn a_deleted_version_that_is_not_current_leaves_the_object() {
    let old = event(3, "R3", Action::Delete, "vOld", 10);
    assert_eq!(size_after(&[put(1, "R1", 10), put(2, "R2", 7), old]), 7);
}

#[test]
fn a_deleted_version_that_is_current_makes_the_one_before_current() {
    let first = event(1, "R1", Action::Put, "v1", 10);
    let second = event(2, "R2", Action::Put, "v2", 7);
    let gone = event(3, "R3", Action::Delete, "v2", 7);
    assert_eq!(
        size_after(&[first.clone(), second.clone(), gone.clone()]),
        10
    );
    let both = event(4, "R4", Action::Delete, "v1", 10);
    assert_eq!(size_after(&[first, second, gone, both]), 0);
}

#[test]
fn a_deletion_without_version_leaves_a_marker_on_a_bucket_with_versions() {
    let first = event(1, "R1", Action::Put, "v1", 10);
    let second = event(2, "R2", Action::Put, "v2", 7);
    let gone = event(4, "R4", Action::Delete, "v2", 7);
    assert_eq!(
        size_after(&[first.clone(), second.clone(), delete(3, "R3")]),
        0
    );
    // The marker stays the newest entry, whatever version below it is deleted.
    assert_eq!(
        size_after(&[first.clone(), second.clone(), delete(3, "R3"), gone]),
        0
    );
    let again = event(5, "R5", Action::Put, "v3", 2);
    assert_eq!(size_after(&[first, second, delete(3, "R3"), again]), 2);
}

#[test]
fn the_initial_size_is_overwritten_and_deleted_too() {
    let none = BTreeSet::new();
    assert_eq!(effects(4, &[put(1, "R1", 10)], &none)[0].change_bytes, 6);
    assert_eq!(effects(4, &[delete(1, "R1")], &none)[0].change_bytes, -4);
}

fn any_event() -> impl Strategy<Value = Event> {
    let action = prop_oneof![Just(Action::Put), Just(Action::Delete)];
    let version = prop_oneof![3 => Just(""), 1 => Just("v1"), 1 => Just("v2")];
    (0..6_u64, 0..50_u32, action, version, 0..1_000_u64).prop_map(
        |(at_secs, request, action, version, size)| {
            event(at_secs, &format!("R{request:02}"), action, version, size)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_matter(events in prop::collection::vec(any_event(), 0..12),
                                            shown in prop::collection::btree_set(0..6_u64, 0..3),
                                            turn in 0..12_usize) {
        let mut other = events.clone();
        other.reverse();
        let turn = turn.min(other.len());
        other.rotate_left(turn);
        let by_second = |events: &[Event]| {
            let all = effects(0, events, &shown);
            let mut sizes: Vec<_> = events.iter().zip(all).map(|(event, effect)| {
                (event.at_secs, effect.size_after_bytes)
            }).collect();
            sizes.sort_unstable();
            sizes
        };
        prop_assert_eq!(by_second(&events), by_second(&other));
    }

    /// How the oracle handles a late event: from the second before it to the second one after it.
    #[test]
    fn a_second_without_versions_decides_what_comes_after_it(
        events in prop::collection::vec(any_event(), 1..12), from in 0..6_u64)
    {
        let plain: Vec<_> = events.into_iter().filter(|event| event.version.is_empty()).collect();
        let none = BTreeSet::new();
        let all = effects(0, &plain, &none);
        let before = plain.iter().zip(&all).filter(|(event, _)| event.at_secs < from);
        let before = before.max_by_key(|(event, _)| event.at_secs);
        let size_before = before.map_or(0, |(_, effect)| effect.size_after_bytes);
        let later: Vec<_> = plain.iter().filter(|event| event.at_secs >= from).cloned().collect();
        let expected: Vec<_> = plain.iter().zip(&all).filter(|(event, _)| event.at_secs >= from)
            .map(|(_, effect)| *effect).collect();
        prop_assert_eq!(effects(size_before, &later, &none), expected);
    }
}
