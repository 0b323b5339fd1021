use flash_interfaces::registry::{BucketUpdated, RegistryError};

use super::world::World;
use crate::storage::BucketState;

fn shared(max_storage_gb: u64, max_egress_gb: u64) -> BucketState {
    BucketState {
        listed: true,
        max_storage_gb,
        max_egress_gb,
        ..BucketState::default()
    }
}

#[test]
fn a_gb_is_1024_mb_and_both_sizes_must_fit() {
    let state = shared(2, 3);
    for (storage_mb, egress_mb, fits) in [
        (2_048, 3_072, true),
        (2_049, 3_072, false),
        (2_048, 3_073, false),
        (0, 3_073, false),
        (2_049, 0, false),
        (u64::MAX, u64::MAX, false),
    ] {
        let answer = state.reserving(storage_mb, egress_mb);
        assert_eq!(answer.is_ok(), fits);
        assert!(fits || answer == Err(RegistryError::CapacityExceeded));
    }
}

#[test]
fn what_is_reserved_adds_up_and_is_given_back_exactly() {
    let state = shared(2, 2);
    let one = state.reserving(2_000, 100).unwrap();
    let two = one.reserving(48, 200).unwrap();
    assert_eq!(
        (
            two.reserved_storage_mb,
            two.reserved_egress_mb,
            two.reservations
        ),
        (2_048, 300, 2)
    );
    let full = two.reserving(1, 0);
    assert_eq!(full, Err(RegistryError::CapacityExceeded));
    assert_eq!(
        two.releasing(2_000, 100).unwrap().releasing(48, 200),
        Ok(state)
    );
}

#[test]
fn reserving_never_overflows() {
    let state = BucketState::default().reserving(u64::MAX, 1).unwrap();
    // Exclusive and taken comes first; a shared bucket is asked for more than numbers hold.
    assert_eq!(state.reserving(1, 1), Err(RegistryError::BucketTaken));
    let mut state = shared(1 << 30, 1 << 30);
    state.reserved_storage_mb = 1;
    let answer = state.reserving(u64::MAX, 0);
    assert_eq!(answer, Err(RegistryError::CapacityExceeded));
    state.reserved_egress_mb = 1;
    let answer = state.reserving(0, u64::MAX);
    assert_eq!(answer, Err(RegistryError::CapacityExceeded));
    state.reservations = u32::MAX;
    let answer = state.reserving(1, 1);
    assert_eq!(answer, Err(RegistryError::CapacityExceeded));
}

#[test]
fn more_than_what_is_reserved_is_not_released() {
    let state = shared(1, 1).reserving(10, 20).unwrap();
    let too_much = Err(RegistryError::ReleaseExceedsReserved);
    assert_eq!(state.releasing(11, 0), too_much);
    assert_eq!(state.releasing(0, 21), too_much);
    let none = state.releasing(10, 20).unwrap();
    assert_eq!(none.releasing(0, 0), too_much);
}

#[test]
fn nothing_is_left_when_either_size_is_used_up() {
    let state = shared(1, 1);
    assert!(!state.nothing_left());
    assert!(!state.reserving(1_023, 1_023).unwrap().nothing_left());
    assert!(state.reserving(1_024, 0).unwrap().nothing_left());
    assert!(state.reserving(0, 1_024).unwrap().nothing_left());
    let exclusive = BucketState::default();
    assert!(exclusive.is_exclusive() && !exclusive.nothing_left());
    assert!(exclusive.reserving(1, 0).unwrap().nothing_left());
}

#[test]
fn capacity_is_set_and_published() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    w.set_capacity(&anna, id, 10, 20).unwrap();
    (expected.max_storage_gb, expected.max_egress_gb) = (10, 20);
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected.clone(),
    });
    assert_eq!(w.registry.get_bucket(&id), Some(expected));
}

#[test]
fn capacity_never_falls_below_what_is_reserved() {
    let w = World::new();
    let (anna, id) = w.bucket(10, 10);
    w.reserve(id, 1, "one", (3 * 1_024, 2 * 1_024)).unwrap();
    let below = Err(RegistryError::CapacityBelowReserved);
    assert_eq!(w.set_capacity(&anna, id, 2, 10), below);
    assert_eq!(w.set_capacity(&anna, id, 10, 1), below);
    assert_eq!(w.set_capacity(&anna, id, 3, 2), Ok(()));
    assert!(w.registry.get_bucket(&id).unwrap().locked);
    assert_eq!(w.set_capacity(&anna, id, 4, 3), Ok(()));
    assert!(!w.registry.get_bucket(&id).unwrap().locked);
}

#[test]
fn a_bucket_with_a_reservation_does_not_change_its_kind() {
    let w = World::new();
    let (anna, id) = w.bucket(10, 10);
    w.reserve(id, 1, "one", (1, 1)).unwrap();
    let reserved = Err(RegistryError::BucketReserved);
    assert_eq!(w.set_capacity(&anna, id, 0, 0), reserved);
    w.release(id, 1, "one", (1, 1)).unwrap();
    assert_eq!(w.set_capacity(&anna, id, 0, 0), Ok(()));
    w.reserve(id, 2, "two", (1, 1)).unwrap();
    assert_eq!(w.set_capacity(&anna, id, 10, 10), reserved);
    // The same kind again changes nothing.
    assert_eq!(w.set_capacity(&anna, id, 0, 0), Ok(()));
    w.release(id, 2, "two", (1, 1)).unwrap();
    assert_eq!(w.set_capacity(&anna, id, 10, 10), Ok(()));
}
