use flash_interfaces::registry::{BucketStatus, CapacityReleased, CapacityReserved, RegistryError};

use soroban_sdk::Address;

use super::world::World;

fn reserved_mb(w: &World, bucket_id: u32) -> (u64, u64) {
    let bucket = w.registry.get_bucket(&bucket_id).unwrap();
    (bucket.reserved_storage_mb, bucket.reserved_egress_mb)
}

#[test]
fn a_reservation_is_taken_and_given_back() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    w.reserve(id, 7, "films", (1_000, 500)).unwrap();
    w.assert_event(&CapacityReserved {
        bucket_id: id,
        deal_id: 7,
        reserved_storage_mb: 1_000,
        reserved_egress_mb: 500,
    });
    w.reserve(id, 8, "series", (24, 12)).unwrap();
    w.assert_event(&CapacityReserved {
        bucket_id: id,
        deal_id: 8,
        reserved_storage_mb: 1_024,
        reserved_egress_mb: 512,
    });
    assert_eq!(reserved_mb(&w, id), (1_024, 512));
    w.release(id, 7, "films", (1_000, 500)).unwrap();
    w.assert_event(&CapacityReleased {
        bucket_id: id,
        deal_id: 7,
        reserved_storage_mb: 24,
        reserved_egress_mb: 12,
    });
    assert_eq!(reserved_mb(&w, id), (24, 12));
}

#[test]
fn an_exclusive_bucket_has_one_funded_deal_of_any_size() {
    let w = World::new();
    let (_, id) = w.bucket(0, 0);
    w.reserve(id, 1, "one", (1 << 40, 1 << 40)).unwrap();
    assert!(w.registry.get_bucket(&id).unwrap().locked);
    let second = w.reserve(id, 2, "two", (1, 0));
    assert_eq!(second, Err(RegistryError::BucketTaken));
    w.release(id, 1, "one", (1 << 40, 1 << 40)).unwrap();
    assert!(!w.registry.get_bucket(&id).unwrap().locked);
    w.reserve(id, 2, "two", (1, 0)).unwrap();
}

#[test]
fn a_shared_bucket_takes_what_fits() {
    let w = World::new();
    let (_, id) = w.bucket(1, 2);
    w.reserve(id, 1, "one", (1_000, 1_000)).unwrap();
    let full = Err(RegistryError::CapacityExceeded);
    assert_eq!(w.reserve(id, 2, "two", (25, 1_000)), full);
    assert_eq!(w.reserve(id, 2, "two", (24, 1_049)), full);
    assert_eq!(w.reserve(id, 2, "two", (24, 1_048)), Ok(()));
    assert_eq!(reserved_mb(&w, id), (1_024, 2_048));
    assert!(w.registry.get_bucket(&id).unwrap().locked);
    assert_eq!(w.reserve(id, 3, "three", (1, 0)), full);
}

#[test]
fn a_repository_id_is_unique_among_the_funded_deals_of_a_bucket() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let other = w.create_bucket(&anna).unwrap();
    w.reserve(id, 1, "films", (1, 1)).unwrap();
    let taken = Err(RegistryError::RepoIdTaken);
    assert_eq!(w.reserve(id, 2, "films", (1, 1)), taken);
    assert_eq!(w.reserve(id, 1, "films", (1, 1)), taken);
    // Another bucket, and another spelling, are other repositories.
    w.reserve(other, 3, "films", (1, 1)).unwrap();
    w.reserve(id, 4, "Films", (1, 1)).unwrap();
    w.release(id, 1, "films", (1, 1)).unwrap();
    w.reserve(id, 2, "films", (1, 1)).unwrap();
}

const DAY: u64 = 86_400;

/// A name that another used between two deals of its owner made the owner's renewal fail, and what the owner
/// had stored counted for the other.
#[test]
fn a_name_stays_its_consumers_for_30_days_after_a_deal_that_paid() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    let (dan, eve) = (w.someone(), w.someone());
    let take = |who: &Address, deal| w.reserve_for(who, id, deal, "films", (1, 1), None);
    let free = |who: &Address, deal, paid| {
        let freed = w.release_of(who, id, deal, "films", (1, 1), paid);
        freed.unwrap();
    };
    let owned = Err(RegistryError::RepoIdOwned);
    take(&dan, 1).unwrap();
    free(&dan, 1, true);
    assert_eq!(take(&eve, 2), owned);
    w.wait(30 * DAY - 1);
    assert_eq!(take(&eve, 2), owned);
    assert_eq!(take(&dan, 3), Ok(()));
    assert_eq!(take(&eve, 2), Err(RegistryError::RepoIdTaken));
    // A deal that pays nothing neither lengthens nor ends what an earlier one gave.
    free(&dan, 3, false);
    assert_eq!(take(&eve, 2), owned);
    w.wait(1);
    assert_eq!(take(&eve, 2), Ok(()));
    free(&eve, 2, true);
    assert_eq!(take(&dan, 4), owned);
}

#[test]
fn a_name_is_free_at_once_after_a_deal_that_paid_nothing() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    let (dan, eve) = (w.someone(), w.someone());
    let take = |who: &Address, deal| w.reserve_for(who, id, deal, "films", (1, 1), None);
    take(&dan, 1).unwrap();
    w.release_of(&dan, id, 1, "films", (1, 1), false).unwrap();
    assert_eq!(take(&eve, 2), Ok(()));
}

#[test]
fn a_name_in_use_is_released_by_the_deal_that_uses_it_alone() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    let dan = w.someone();
    let free = |deal, paid| w.release_of(&dan, id, deal, "films", (1, 1), paid);
    let refused = Err(RegistryError::ReleaseExceedsReserved);
    w.reserve_for(&dan, id, 1, "films", (1, 1), None).unwrap();
    assert_eq!(free(2, true), refused);
    assert_eq!(free(1, true), Ok(()));
    assert_eq!(free(1, true), refused);
    w.reserve_for(&dan, id, 2, "films", (1, 1), None).unwrap();
    assert_eq!(free(1, true), refused);
    assert_eq!(free(2, true), Ok(()));
}

#[test]
fn a_locked_or_unlisted_bucket_takes_no_accepted_deals_funding() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    let locked = w.reserve(id, 1, "films", (1, 1));
    assert_eq!(locked, Err(RegistryError::BucketLocked));
    w.call::<()>(&anna, "unlock_bucket", (&anna, id)).unwrap();
    let status = |status| {
        let args = (&anna, id, status);
        w.call::<()>(&anna, "set_bucket_status", args).unwrap();
    };
    status(BucketStatus::Inactive);
    let unlisted = w.reserve(id, 1, "films", (1, 1));
    assert_eq!(unlisted, Err(RegistryError::BucketInactive));
    status(BucketStatus::Active);
    w.reserve(id, 1, "films", (1, 1)).unwrap();
}

#[test]
fn a_deal_that_the_bucket_accepted_is_funded_under_that_offer_alone() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    let revision = w.registry.get_bucket(&id).unwrap().offer_revision;
    let changed = Err(RegistryError::OfferChanged);
    for other in [revision - 1, revision + 1, 0, u32::MAX] {
        let answer = w.reserve_at(id, 1, "films", (1, 1), Some(other));
        assert_eq!(answer, changed);
    }
    let same = w.reserve_at(id, 1, "films", (1, 1), Some(revision));
    assert_eq!(same, Ok(()));
}

#[test]
fn only_what_the_deal_reserved_is_released_and_only_once() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    w.reserve(id, 1, "films", (10, 10)).unwrap();
    w.reserve(id, 2, "series", (5, 5)).unwrap();
    let refused = Err(RegistryError::ReleaseExceedsReserved);
    assert_eq!(w.release(id, 2, "films", (5, 5)), refused);
    assert_eq!(w.release(id, 1, "never", (10, 10)), refused);
    assert_eq!(w.release(id, 1, "films", (16, 10)), refused);
    assert_eq!(w.release(id, 1, "films", (10, 16)), refused);
    assert_eq!(w.release(id, 1, "films", (10, 10)), Ok(()));
    assert_eq!(w.release(id, 1, "films", (0, 0)), refused);
    assert_eq!(reserved_mb(&w, id), (5, 5));
}

#[test]
fn an_unknown_bucket_reserves_and_releases_nothing() {
    let w = World::new();
    let missing = Err(RegistryError::BucketNotFound);
    assert_eq!(w.reserve(1, 1, "films", (1, 1)), missing);
    assert_eq!(w.release(1, 1, "films", (1, 1)), missing);
}

#[test]
fn what_the_provider_or_the_owner_does_never_blocks_a_release() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    w.reserve(id, 1, "films", (10, 10)).unwrap();
    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    let args = (&anna, id, BucketStatus::Inactive);
    w.call::<()>(&anna, "set_bucket_status", args).unwrap();
    w.set_capacity(&anna, id, 1, 1).unwrap();
    w.pause();
    w.scores.refuse();
    w.wait(10 * 365 * 86_400);
    w.release(id, 1, "films", (10, 10)).unwrap();
}
