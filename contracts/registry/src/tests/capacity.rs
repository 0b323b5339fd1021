use std::vec::Vec as StdVec;

use flash_interfaces::registry::{BucketUpdated, RegistryError};
use proptest::prelude::*;

use super::world::World;
use crate::storage::BucketState;

fn shared(max_storage_gb: u64, max_egress_gb: u64) -> BucketState {
    BucketState {
        max_storage_gb,
        max_egress_gb,
        ..BucketState::NEW
    }
}

#[test]
fn a_gb_is_1024_mb_and_both_sizes_must_fit() {
    for (storage_mb, egress_mb, fits) in [
        (2_048, 3_072, true),
        (2_049, 3_072, false),
        (2_048, 3_073, false),
        (0, 3_073, false),
        (1, 3_073, false),
        (2_049, 0, false),
        (u64::MAX, u64::MAX, false),
    ] {
        let mut state = shared(2, 3);
        let answer = state.reserve(storage_mb, egress_mb);
        assert_eq!(answer.is_ok(), fits);
        assert!(fits || answer == Err(RegistryError::CapacityExceeded));
        assert!(fits || state == shared(2, 3));
    }
}

#[test]
fn what_is_reserved_adds_up_and_is_given_back_exactly() {
    let mut state = shared(2, 2);
    state.reserve(2_000, 100).unwrap();
    state.reserve(48, 200).unwrap();
    let reserved = (state.reserved_storage_mb, state.reserved_egress_mb);
    assert_eq!((reserved, state.reservations), ((2_048, 300), 2));
    let full = state.reserve(1, 0);
    assert_eq!(full, Err(RegistryError::CapacityExceeded));
    state.release(2_000, 100).unwrap();
    state.release(48, 200).unwrap();
    assert_eq!(state, shared(2, 2));
}

#[test]
fn reserving_never_overflows() {
    // Exclusive and taken comes first; a shared bucket is asked for more than numbers hold.
    let mut exclusive = BucketState::NEW;
    exclusive.reserve(u64::MAX, 1).unwrap();
    assert_eq!(exclusive.reserve(1, 1), Err(RegistryError::BucketTaken));
    let full = Err(RegistryError::CapacityExceeded);
    let mut state = shared(1 << 30, 1 << 30);
    state.reserve(1, 1).unwrap();
    assert_eq!(state.reserve(u64::MAX, 0), full);
    assert_eq!(state.reserve(0, u64::MAX), full);
    state.reservations = u32::MAX;
    assert_eq!(state.reserve(1, 1), full);
    assert_eq!(
        (state.reserved_storage_mb, state.reserved_egress_mb),
        (1, 1)
    );
}

#[test]
fn more_than_what_is_reserved_is_not_released() {
    let mut state = shared(1, 1);
    state.reserve(10, 20).unwrap();
    let too_much = Err(RegistryError::ReleaseExceedsReserved);
    let before = state.clone();
    assert_eq!(state.release(11, 0), too_much);
    assert_eq!(state.release(0, 21), too_much);
    assert_eq!(state, before);
    state.release(10, 20).unwrap();
    assert_eq!(state.release(0, 0), too_much);
}

#[test]
fn nothing_is_left_when_either_size_is_used_up() {
    let reserved = |mut state: BucketState, storage_mb, egress_mb| {
        state.reserve(storage_mb, egress_mb).unwrap();
        state.nothing_left()
    };
    assert!(!shared(1, 1).nothing_left());
    assert!(!reserved(shared(1, 1), 1_023, 1_023));
    assert!(reserved(shared(1, 1), 1_024, 0));
    assert!(reserved(shared(1, 1), 0, 1_024));
    assert!(!BucketState::NEW.nothing_left());
    assert!(reserved(BucketState::NEW, 1, 0));
    // Neither is exclusive: only both capacities 0 are.
    assert!(BucketState::NEW.is_exclusive());
    assert!(!shared(1, 0).is_exclusive() && !shared(0, 1).is_exclusive());
}

#[test]
fn capacity_is_set_and_published() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    w.set_capacity(&anna, id, 10, 20).unwrap();
    (expected.max_storage_gb, expected.max_egress_gb) = (10, 20);
    expected.offer_revision = 2;
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
fn a_size_of_zero_beside_one_that_is_not_does_not_make_a_bucket_exclusive() {
    let mut state = shared(2, 2);
    state.reserve(1, 1).unwrap();
    for (storage_gb, egress_gb) in [(0, 2), (2, 0)] {
        let answer = state.resize(storage_gb, egress_gb);
        assert_eq!(answer, Err(RegistryError::CapacityBelowReserved));
    }
    assert_eq!(state.resize(0, 0), Err(RegistryError::BucketReserved));
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

proptest! {
    /// What is reserved is the sum of the deals that hold a reservation, and never above capacity.
    #[test]
    fn what_is_reserved_is_the_sum_of_the_deals(
        capacity_gb in prop_oneof![Just((0_u64, 0_u64)), (1..4_u64, 1..4_u64)],
        steps in prop::collection::vec((any::<bool>(), 0..2_500_u64, 0..2_500_u64), 1..40),
    ) {
        let mut state = shared(capacity_gb.0, capacity_gb.1);
        let mut deals: StdVec<(u64, u64)> = StdVec::new();
        for (reserve, storage_mb, egress_mb) in steps {
            let sum = deals.iter().fold((0, 0), |sum, deal| (sum.0 + deal.0, sum.1 + deal.1));
            if reserve {
                let fits = if capacity_gb == (0, 0) {
                    deals.is_empty()
                } else {
                    sum.0 + storage_mb <= capacity_gb.0 * 1_024
                        && sum.1 + egress_mb <= capacity_gb.1 * 1_024
                };
                prop_assert_eq!(state.reserve(storage_mb, egress_mb).is_ok(), fits);
                if fits {
                    deals.push((storage_mb, egress_mb));
                }
            } else if let Some(deal) = deals.pop() {
                state.release(deal.0, deal.1).unwrap();
            } else {
                prop_assert!(state.release(storage_mb, egress_mb).is_err());
            }
            let sum = deals.iter().fold((0, 0), |sum, deal| (sum.0 + deal.0, sum.1 + deal.1));
            prop_assert_eq!((state.reserved_storage_mb, state.reserved_egress_mb), sum);
            prop_assert_eq!(usize::try_from(state.reservations).unwrap(), deals.len());
        }
    }
}
