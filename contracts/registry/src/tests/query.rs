use std::vec::Vec as StdVec;

use flash_interfaces::{
    registry::{BucketStatus, Parties, PartiesQuery, RegistryError},
    reputation::Role,
};
use soroban_sdk::{vec, Address, Vec};

use super::world::World;
use crate::query::newest_first;

#[test]
fn a_window_is_newest_first_clamped_and_safe_everywhere() {
    let window = |count, skip, take| newest_first(count, skip, take, 20).collect::<StdVec<u32>>();
    assert_eq!(window(5, 0, 3), [5, 4, 3]);
    assert_eq!(window(5, 1, 3), [4, 3, 2]);
    assert_eq!(window(5, 3, 20), [2, 1]);
    assert_eq!(window(5, 4, 1), [1]);
    for (skip, take) in [(0, 0), (5, 1), (6, 20), (u32::MAX, u32::MAX)] {
        assert!(window(5, skip, take).is_empty());
    }
    assert!(window(0, 0, u32::MAX).is_empty());
    for (take, len) in [(19, 19), (20, 20), (21, 20), (1_000, 20), (u32::MAX, 20)] {
        assert_eq!(window(u32::MAX, 0, take).len(), len);
        assert_eq!(window(u32::MAX, 0, take)[0], u32::MAX);
    }
    assert_eq!(window(u32::MAX, u32::MAX - 1, 20), [1]);
}

/// Newest first.
fn many(register: impl Fn() -> Address) -> StdVec<Address> {
    let mut made: StdVec<Address> = (0..23).map(|_| register()).collect();
    made.reverse();
    made
}

#[test]
fn pages_of_providers_joined_are_the_list() {
    let w = World::new();
    let made = many(|| w.provider());
    let page = |skip: u32, take: u32| {
        let list = w.registry.get_provider_list(&skip, &take);
        let map = w.registry.get_providers(&skip, &take);
        assert_eq!(map.len(), list.len());
        for provider in list.iter() {
            assert_eq!(map.get(provider.provider_id.clone()), Some(provider));
        }
        list.iter().map(|provider| provider.provider_id)
    };
    let first: StdVec<Address> = page(0, 20).collect();
    assert_eq!(first, made[..20]);
    assert_eq!(page(0, 21).collect::<StdVec<_>>(), first);
    assert_eq!(page(0, u32::MAX).collect::<StdVec<_>>(), first);
    assert_eq!(page(20, 20).collect::<StdVec<_>>(), made[20..]);
    assert_eq!(page(22, 1).collect::<StdVec<_>>(), made[22..]);
    assert_eq!(page(5, 2).collect::<StdVec<_>>(), made[5..7]);
    for (skip, take) in [(0, 0), (23, 20), (u32::MAX, u32::MAX)] {
        assert_eq!(page(skip, take).count(), 0);
    }
}

#[test]
fn pages_of_consumers_joined_are_the_list() {
    let w = World::new();
    let made = many(|| w.consumer());
    let page = |skip: u32, take: u32| {
        let list = w.registry.get_consumer_list(&skip, &take);
        let map = w.registry.get_consumers(&skip, &take);
        assert_eq!(map.len(), list.len());
        for consumer in list.iter() {
            assert_eq!(map.get(consumer.consumer_id.clone()), Some(consumer));
        }
        list.iter().map(|consumer| consumer.consumer_id)
    };
    let first: StdVec<Address> = page(0, 20).collect();
    assert_eq!(first, made[..20]);
    assert_eq!(page(0, u32::MAX).collect::<StdVec<_>>(), first);
    assert_eq!(page(20, 20).collect::<StdVec<_>>(), made[20..]);
    for (skip, take) in [(0, 0), (23, 20), (u32::MAX, u32::MAX)] {
        assert_eq!(page(skip, take).count(), 0);
    }
}

#[test]
fn a_page_asks_reputation_once_and_an_empty_one_never() {
    let w = World::new();
    let (anna, bert, carl) = (w.provider(), w.provider(), w.consumer());
    w.create_bucket(&anna).unwrap();
    w.create_bucket(&bert).unwrap();
    w.scores.set(&anna, &Role::Provider, &81);
    w.scores.set(&bert, &Role::Provider, &82);
    w.scores.set(&carl, &Role::Consumer, &83);
    // A score in the other role is not theirs.
    w.scores.set(&anna, &Role::Consumer, &1);

    let list = w.registry.get_provider_list(&0, &20);
    assert_eq!(w.scores.asked(), 1);
    let scores: StdVec<u32> = list.iter().map(|provider| provider.reputation).collect();
    assert_eq!(scores, [82, 81]);
    let consumers = w.registry.get_consumer_list(&0, &20);
    assert_eq!(consumers.get(0).unwrap().reputation, 83);
    assert_eq!(w.scores.asked(), 2);
    let buckets = w.registry.get_buckets(&0, &20);
    assert_eq!(w.scores.asked(), 3);
    let joined = buckets
        .iter()
        .map(|b| (b.provider_id, b.provider_reputation));
    assert_eq!(joined.collect::<StdVec<_>>(), [(bert, 82), (anna, 81)]);

    w.scores.refuse();
    assert!(w.registry.get_provider_list(&9, &20).is_empty());
    assert!(w.registry.get_consumers(&9, &20).is_empty());
    assert!(w.registry.get_buckets(&9, &20).is_empty());
    assert!(w.registry.try_get_provider_list(&0, &20).is_err());
}

#[test]
fn a_listed_bucket_is_joined_with_its_provider() {
    let w = World::new();
    let (anna, id) = w.bucket(3, 4);
    w.reserve(id, 1, "films", (10, 20)).unwrap();
    let features = (&anna, id, w.longest_features());
    w.call::<()>(&anna, "set_bucket_features", features)
        .unwrap();
    let bucket = w.registry.get_bucket(&id).unwrap();
    let item = w.registry.get_buckets(&0, &1).get(0).unwrap();
    assert_eq!(item.provider_name, w.text("Anna's disks"));
    assert_eq!(item.provider_reputation, 50);
    // Every other field is the bucket's.
    let back = flash_interfaces::registry::Bucket {
        bucket_id: item.bucket_id,
        name: item.name,
        region: item.region,
        country: item.country,
        provider_id: item.provider_id,
        fb_bucket_id: item.fb_bucket_id,
        price_per_gb_storage: item.price_per_gb_storage,
        price_per_gb_egress: item.price_per_gb_egress,
        max_storage_gb: item.max_storage_gb,
        max_egress_gb: item.max_egress_gb,
        versioning_enabled: item.versioning_enabled,
        encryption_at_rest: item.encryption_at_rest,
        encryption_in_transit: item.encryption_in_transit,
        object_locking: item.object_locking,
        api_compatibility: item.api_compatibility,
        sla_avg_latency_ms: item.sla_avg_latency_ms,
        sla_avg_uptime_pct: item.sla_avg_uptime_pct,
        access_scope: item.access_scope,
        tags: item.tags,
        created_ts: item.created_ts,
        status: item.status,
        locked: item.locked,
        auto_accept: item.auto_accept,
        auto_accept_asset: item.auto_accept_asset,
        auto_accept_policy: item.auto_accept_policy,
        reserved_storage_mb: item.reserved_storage_mb,
        reserved_egress_mb: item.reserved_egress_mb,
        endpoint: item.endpoint,
        metering: item.metering,
        offer_revision: item.offer_revision,
    };
    assert_eq!(back, bucket);
}

#[test]
fn a_window_of_buckets_leaves_the_deleted_out_and_keeps_the_unlisted() {
    let w = World::new();
    let anna = w.provider();
    for _ in 0..23 {
        w.create_bucket(&anna).unwrap();
    }
    w.delete_bucket(&anna, 22);
    w.delete_bucket(&anna, 1);
    let args = (&anna, 21_u32, BucketStatus::Inactive);
    w.call::<()>(&anna, "set_bucket_status", args).unwrap();
    let page = |skip: u32, take: u32| -> StdVec<u32> {
        let page = w.registry.get_buckets(&skip, &take);
        page.iter().map(|bucket| bucket.bucket_id).collect()
    };
    let expected: StdVec<u32> = [23].into_iter().chain((4..=21).rev()).collect();
    assert_eq!(page(0, 20), expected);
    assert_eq!(page(0, 21), expected);
    assert_eq!(page(0, u32::MAX), expected);
    assert_eq!(page(20, 20), [3, 2]);
    assert!(page(1, 1).is_empty());
    assert_eq!(page(2, 1), [21]);
    for (skip, take) in [(0, 0), (23, 20), (u32::MAX, u32::MAX)] {
        assert!(page(skip, take).is_empty());
    }
    assert_eq!(w.registry.get_bucket_count(), 23);
}

#[test]
fn buckets_of_a_provider_are_paged_with_the_deleted() {
    let w = World::new();
    let (anna, bert) = (w.provider(), w.provider());
    for _ in 0..52 {
        w.create_bucket(&anna).unwrap();
    }
    let foreign = w.create_bucket(&bert).unwrap();
    w.delete_bucket(&anna, 51);
    let page = |skip: u32, take: u32| -> StdVec<u32> {
        let page = w.registry.get_buckets_by_provider_page(&anna, &skip, &take);
        page.iter().map(|bucket| bucket.bucket_id).collect()
    };
    let newest: StdVec<u32> = (3..=52).rev().collect();
    assert_eq!(page(0, 50), newest);
    assert_eq!(page(0, 51), newest);
    assert_eq!(page(0, u32::MAX), newest);
    assert_eq!(page(50, 50), [2, 1]);
    assert_eq!(page(10, 2), [42, 41]);
    for (skip, take) in [(0, 0), (52, 50), (u32::MAX, u32::MAX)] {
        assert!(page(skip, take).is_empty());
    }
    let all = w.registry.get_buckets_by_provider(&anna);
    let ids = all.iter().map(|bucket| bucket.bucket_id);
    assert_eq!(ids.collect::<StdVec<u32>>(), newest);
    assert_eq!(all.get(1).unwrap().status, BucketStatus::Deleted);
    let berts = w.registry.get_buckets_by_provider(&bert);
    assert_eq!(
        berts,
        vec![&w.env, w.registry.get_bucket(&foreign).unwrap()]
    );
    let nobody = w.registry.get_buckets_by_provider(&w.someone());
    assert!(nobody.is_empty());
}

#[test]
fn parties_of_deals_are_joined_in_order() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let (carl, dora) = (w.consumer(), w.someone());
    let asked = |bucket_id, provider: &Address, consumer: &Address| PartiesQuery {
        bucket_id,
        provider: provider.clone(),
        consumer: consumer.clone(),
    };
    w.delete_bucket(&anna, id);
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    let other = w.create_bucket(&anna).unwrap();
    let of = vec![&w.env, asked(id, &anna, &carl), asked(other, &dora, &dora)];
    let known = Parties {
        bucket: w.registry.get_bucket(&id).unwrap(),
        provider_name: w.text("Anna's disks"),
        consumer_name: w.text("Carl's films"),
    };
    let unknown = Parties {
        bucket: w.registry.get_bucket(&other).unwrap(),
        provider_name: w.text(""),
        consumer_name: w.text(""),
    };
    assert_eq!(w.registry.get_parties(&of), vec![&w.env, known, unknown]);
    assert!(w.registry.get_parties(&Vec::new(&w.env)).is_empty());

    let missing = vec![&w.env, asked(id, &anna, &carl), asked(99, &anna, &carl)];
    let answer = w.registry.try_get_parties(&missing);
    assert_eq!(answer, Err(Ok(RegistryError::BucketNotFound)));

    let mut many = Vec::new(&w.env);
    for _ in 0..20 {
        many.push_back(asked(id, &anna, &carl));
    }
    assert_eq!(w.registry.get_parties(&many).len(), 20);
    many.push_back(asked(id, &anna, &carl));
    let answer = w.registry.try_get_parties(&many);
    assert_eq!(answer, Err(Ok(RegistryError::TooManyItems)));
}
