use flash_interfaces::registry::{BucketCreated, BucketRemoved, BucketStatus, RegistryError};

use soroban_sdk::IntoVal as _;

use super::world::World;

#[test]
fn a_new_bucket_is_active_unlocked_exclusive_and_without_features() {
    let w = World::new();
    let anna = w.provider();
    w.wait(60);
    assert_eq!(w.create_bucket(&anna), Ok(1));
    w.assert_event(&BucketCreated {
        bucket_id: 1,
        provider_id: anna.clone(),
        bucket: w.plain_bucket(1, &anna),
    });
    assert_eq!(w.registry.get_bucket(&1), Some(w.plain_bucket(1, &anna)));
    assert_eq!(w.registry.get_bucket_count(), 1);
    assert_eq!(w.registry.get_provider(&anna).unwrap().units_count, 1);
}

#[test]
fn ids_are_dense_over_all_providers() {
    let w = World::new();
    let (anna, bert) = (w.provider(), w.provider());
    assert_eq!(w.create_bucket(&anna), Ok(1));
    assert_eq!(w.create_bucket(&bert), Ok(2));
    w.delete_bucket(&bert, 2);
    assert_eq!(w.create_bucket(&anna), Ok(3));
    assert_eq!(w.registry.get_bucket_count(), 3);
    assert_eq!(w.registry.get_bucket(&0), None);
    assert_eq!(w.registry.get_bucket(&4), None);
    assert_eq!(w.registry.get_provider(&anna).unwrap().units_count, 2);
    assert_eq!(w.registry.get_provider(&bert).unwrap().units_count, 0);
}

#[test]
fn only_a_registered_provider_lists() {
    let w = World::new();
    let (carl, anna) = (w.consumer(), w.provider());
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    for who in [&carl, &anna, &w.someone()] {
        let answer = w.create_bucket(who);
        assert_eq!(answer, Err(RegistryError::ProviderNotFound));
    }
}

#[test]
fn a_deleted_bucket_stays_readable_and_is_over_for_good() {
    let w = World::new();
    let (anna, id) = w.bucket(5, 7);
    w.call::<()>(&anna, "delete_bucket", (&anna, id)).unwrap();
    w.assert_event(&BucketRemoved {
        bucket_id: id,
        provider_id: anna.clone(),
        by_owner: false,
    });
    let bucket = w.registry.get_bucket(&id).unwrap();
    assert_eq!(bucket.status, BucketStatus::Deleted);
    assert_eq!((bucket.max_storage_gb, bucket.max_egress_gb), (5, 7));
    assert_eq!(w.registry.get_provider(&anna).unwrap().units_count, 0);

    let over = Err(RegistryError::BucketDeleted);
    assert_eq!(w.call(&anna, "delete_bucket", (&anna, id)), over);
    assert_eq!(w.call(&w.owner, "remove_bucket", (id,)), over);
    let active = BucketStatus::Active;
    let revival = w.call(&anna, "set_bucket_status", (&anna, id, active));
    assert_eq!(revival, over);
    assert_eq!(w.reserve(id, 1, "repo", (1, 1)), over);
}

#[test]
fn the_owner_removes_an_idle_bucket() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    w.call::<()>(&w.owner, "remove_bucket", (id,)).unwrap();
    w.assert_event(&BucketRemoved {
        bucket_id: id,
        provider_id: anna.clone(),
        by_owner: true,
    });
    assert_eq!(w.registry.get_provider(&anna).unwrap().units_count, 0);
    let missing = w.call::<()>(&w.owner, "remove_bucket", (id + 1,));
    assert_eq!(missing, Err(RegistryError::BucketNotFound));
}

#[test]
fn a_bucket_with_a_reservation_is_deleted_by_nobody() {
    let w = World::new();
    for capacity_gb in [0, 4] {
        let (anna, id) = w.bucket(capacity_gb, capacity_gb);
        w.reserve(id, 1, "repo", (1, 0)).unwrap();
        let refused: Result<(), _> = Err(RegistryError::BucketReserved);
        assert_eq!(w.call(&anna, "delete_bucket", (&anna, id)), refused);
        assert_eq!(w.call(&w.owner, "remove_bucket", (id,)), refused);
        w.release(id, 1, "repo", (1, 0)).unwrap();
        w.delete_bucket(&anna, id);
    }
}

/// A second listing of an external bucket took the usage of the first: the deal on it was billed nothing.
#[test]
fn an_external_bucket_is_listed_once_by_its_provider() {
    let w = World::new();
    let (anna, bert) = (w.provider(), w.provider());
    let args = w.new_bucket(&anna);
    let again = || w.call::<u32>(&anna, "create_bucket", args.clone());
    let first = again().unwrap();
    let taken = Err(RegistryError::ExternalIdTaken);
    assert_eq!(again(), taken);
    // Another provider's bucket is another bucket.
    let mut of_bert = args.clone();
    of_bert.set(0, bert.into_val(&w.env));
    w.call::<u32>(&bert, "create_bucket", of_bert).unwrap();
    assert_eq!(again(), taken);
    // The provider may list it again once the first listing is deleted, by whomever.
    w.delete_bucket(&anna, first);
    let second = again().unwrap();
    assert_eq!(again(), taken);
    w.call::<()>(&w.owner, "remove_bucket", (second,)).unwrap();
    assert!(again().unwrap() > second);
}
