use flash_interfaces::registry::{
    BucketFeatures, BucketStatus, BucketUpdated, Metering, RegistryError,
};
use soroban_sdk::{vec, String};

use super::world::World;

const NO_TEXT: Option<String> = None;
const NO_PRICE: Option<u128> = None;
const NO_SLA: Option<u32> = None;

#[test]
fn texts_change_one_by_one() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let some = |text: &str| Some(w.text(text));
    let mut expected = w.plain_bucket(id, &anna);
    expected.name = w.text("series");
    let args = (&anna, id, some("series"), NO_TEXT, NO_TEXT);
    w.call::<()>(&anna, "update_bucket_basic", args).unwrap();
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected.clone(),
    });
    assert_eq!(w.registry.get_bucket(&id), Some(expected.clone()));

    expected.region = w.text("");
    expected.offer_revision = 2;
    let args = (&anna, id, NO_TEXT, some(""), NO_TEXT);
    w.call::<()>(&anna, "update_bucket_basic", args).unwrap();
    assert_eq!(w.registry.get_bucket(&id), Some(expected.clone()));

    expected.country = w.text("Norway");
    expected.offer_revision = 3;
    let args = (&anna, id, NO_TEXT, NO_TEXT, some("Norway"));
    w.call::<()>(&anna, "update_bucket_basic", args).unwrap();
    assert_eq!(w.registry.get_bucket(&id), Some(expected));
}

#[test]
fn conditions_change_one_by_one() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    let command = "update_bucket_conditions";
    let some = |text: &str| Some(w.text(text));

    expected.name = w.text("series");
    let name = (some("series"), NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA);
    expected.region = w.text("north");
    let region = (NO_TEXT, some("north"), NO_PRICE, NO_PRICE, NO_SLA, NO_SLA);
    expected.price_per_gb_storage = 0;
    let storage = (NO_TEXT, NO_TEXT, Some(0_u128), NO_PRICE, NO_SLA, NO_SLA);
    expected.price_per_gb_egress = 9;
    let egress = (NO_TEXT, NO_TEXT, NO_PRICE, Some(9_u128), NO_SLA, NO_SLA);
    expected.sla_avg_latency_ms = 80;
    let latency = (NO_TEXT, NO_TEXT, NO_PRICE, NO_PRICE, Some(80), NO_SLA);
    expected.sla_avg_uptime_pct = 9_999;
    let uptime = (NO_TEXT, NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, Some(9_999));
    for one in [name, region, storage, egress, latency, uptime] {
        let args = (&anna, id, one.0, one.1, one.2, one.3, one.4, one.5);
        w.call::<()>(&anna, command, args).unwrap();
    }
    // Each but the name.
    expected.offer_revision = 6;
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected.clone(),
    });
    assert_eq!(w.registry.get_bucket(&id), Some(expected));
}

#[test]
fn an_update_names_something() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let args = (&anna, id, NO_TEXT, NO_TEXT, NO_TEXT);
    let answer = w.call::<()>(&anna, "update_bucket_basic", args);
    assert_eq!(answer, Err(RegistryError::NothingToUpdate));
    let args = (
        &anna, id, NO_TEXT, NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA,
    );
    let answer = w.call::<()>(&anna, "update_bucket_conditions", args);
    assert_eq!(answer, Err(RegistryError::NothingToUpdate));
}

#[test]
fn features_are_replaced_whole() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    let features = BucketFeatures {
        versioning_enabled: true,
        encryption_at_rest: false,
        encryption_in_transit: true,
        object_locking: false,
        access_scope: w.text("public-read"),
        auto_accept_asset: Some(w.owner.clone()),
        auto_accept_policy: 7,
        tags: vec![&w.env, w.text("cold"), w.text("green")],
    };
    expected.versioning_enabled = true;
    expected.encryption_in_transit = true;
    expected.access_scope = w.text("public-read");
    expected.auto_accept = true;
    expected.auto_accept_asset = Some(w.owner.clone());
    expected.auto_accept_policy = 7;
    expected.offer_revision = 2;
    expected.tags = features.tags.clone();
    let args = (&anna, id, features);
    w.call::<()>(&anna, "set_bucket_features", args).unwrap();
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected.clone(),
    });
    assert_eq!(w.registry.get_bucket(&id), Some(expected));

    let features = BucketFeatures {
        versioning_enabled: false,
        encryption_at_rest: true,
        encryption_in_transit: false,
        object_locking: true,
        access_scope: w.text(""),
        auto_accept_asset: None,
        auto_accept_policy: 0,
        tags: vec![&w.env],
    };
    let mut expected = w.plain_bucket(id, &anna);
    expected.encryption_at_rest = true;
    expected.object_locking = true;
    expected.offer_revision = 3;
    let args = (&anna, id, features);
    w.call::<()>(&anna, "set_bucket_features", args).unwrap();
    assert_eq!(w.registry.get_bucket(&id), Some(expected));
}

#[test]
fn endpoint_and_metering_are_replaced_together() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    let rows = [
        ("https://s3.example:9000/films", Metering::Provider),
        ("http://10.0.0.1", Metering::Gateway),
        ("", Metering::Gateway),
    ];
    for (endpoint, metering) in rows {
        expected.endpoint = w.text(endpoint);
        expected.metering = metering;
        expected.offer_revision += 1;
        let args = (&anna, id, w.text(endpoint), metering);
        w.call::<()>(&anna, "set_bucket_service", args).unwrap();
        w.assert_event(&BucketUpdated {
            bucket_id: id,
            provider_id: anna.clone(),
            bucket: expected.clone(),
        });
        assert_eq!(w.registry.get_bucket(&id), Some(expected.clone()));
    }
}

#[test]
fn an_endpoint_is_a_url_of_at_most_128_bytes() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let set = |endpoint: &str| {
        let args = (&anna, id, w.text(endpoint), Metering::Gateway);
        w.call::<()>(&anna, "set_bucket_service", args)
    };
    let of = |len: usize| std::format!("https://{}", "x".repeat(len - 8));
    assert_eq!(set(&of(128)), Ok(()));
    for wrong in [&*of(129), "s3.example", "ftp://s3.example", "https://a b"] {
        assert_eq!(set(wrong), Err(RegistryError::EndpointNotUrl));
    }
}

/// A consumer's signature covers the revision: whatever it read of the offer is what it gets.
#[test]
fn only_a_change_of_the_offer_counts_its_revision_up() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let carl = w.consumer();
    let revision = || w.registry.get_bucket(&id).unwrap().offer_revision;
    let counted = |change: &dyn Fn()| {
        let before = revision();
        change();
        assert_eq!(
            w.registry
                .get_listing(&id, &anna, &carl, &1, &1, &None)
                .offer_revision,
            revision()
        );
        revision() - before
    };
    let capacity = |gb: u64| counted(&|| w.set_capacity(&anna, id, gb, gb).unwrap());
    assert_eq!(capacity(0), 0);
    assert_eq!(capacity(5), 1, "shared now");
    assert_eq!(capacity(6), 0);
    assert_eq!(capacity(0), 1, "exclusive now");
    assert_eq!(capacity(4), 1);
    let name = (&anna, id, Some(w.text("x")), NO_TEXT, NO_TEXT);
    let rename = || w.call::<()>(&anna, "update_bucket_basic", name.clone());
    assert_eq!(counted(&|| rename().unwrap()), 0);
    let deal = || {
        w.reserve(id, 1, "films", (1, 1)).unwrap();
        w.release(id, 1, "films", (1, 1)).unwrap();
    };
    assert_eq!(counted(&deal), 0);
    let lock = || {
        w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
        w.call::<()>(&anna, "unlock_bucket", (&anna, id)).unwrap();
    };
    assert_eq!(counted(&lock), 0);
}

#[test]
fn status_is_active_or_inactive_but_not_deleted() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    for status in [BucketStatus::Inactive, BucketStatus::Active] {
        expected.status = status;
        w.call::<()>(&anna, "set_bucket_status", (&anna, id, status))
            .unwrap();
        w.assert_event(&BucketUpdated {
            bucket_id: id,
            provider_id: anna.clone(),
            bucket: expected.clone(),
        });
        assert_eq!(w.registry.get_bucket(&id), Some(expected.clone()));
    }
    let args = (&anna, id, BucketStatus::Deleted);
    let answer = w.call::<()>(&anna, "set_bucket_status", args);
    assert_eq!(answer, Err(RegistryError::StatusNotSettable));
}

#[test]
fn a_lock_is_set_once_and_taken_off_once() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let mut expected = w.plain_bucket(id, &anna);
    let args = || (&anna, id);
    let loose = w.call::<()>(&anna, "unlock_bucket", args());
    assert_eq!(loose, Err(RegistryError::BucketNotLocked));

    w.call::<()>(&anna, "lock_bucket", args()).unwrap();
    expected.locked = true;
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected.clone(),
    });
    assert_eq!(w.registry.get_bucket(&id), Some(expected.clone()));
    let twice = w.call::<()>(&anna, "lock_bucket", args());
    assert_eq!(twice, Err(RegistryError::BucketAlreadyLocked));

    w.call::<()>(&anna, "unlock_bucket", args()).unwrap();
    expected.locked = false;
    w.assert_event(&BucketUpdated {
        bucket_id: id,
        provider_id: anna.clone(),
        bucket: expected,
    });
}

#[test]
fn a_taken_bucket_is_shown_locked_but_its_provider_has_not_locked_it() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    w.reserve(id, 1, "repo", (1, 1)).unwrap();
    assert!(w.registry.get_bucket(&id).unwrap().locked);
    let loose = w.call::<()>(&anna, "unlock_bucket", (&anna, id));
    assert_eq!(loose, Err(RegistryError::BucketNotLocked));
    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    w.release(id, 1, "repo", (1, 1)).unwrap();
    // The provider's own lock outlives the deal.
    assert!(w.registry.get_bucket(&id).unwrap().locked);
    w.call::<()>(&anna, "unlock_bucket", (&anna, id)).unwrap();
    assert!(!w.registry.get_bucket(&id).unwrap().locked);
}

/// Every command on a bucket, with arguments that would succeed on a bucket of one's own.
fn every_change(w: &World, who: &soroban_sdk::Address, id: u32) -> [Result<(), RegistryError>; 9] {
    let text = Some(w.text("x"));
    let basic = (who, id, text.clone(), NO_TEXT, NO_TEXT);
    let conditions = (who, id, text, NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA);
    let features = (who, id, w.longest_features());
    let service = (who, id, w.text(""), Metering::Provider);
    [
        w.call(who, "update_bucket_basic", basic),
        w.call(who, "update_bucket_conditions", conditions),
        w.call(who, "set_bucket_capacity", (who, id, 1_u64, 1_u64)),
        w.call(who, "set_bucket_features", features),
        w.call(who, "set_bucket_service", service),
        w.call(who, "set_bucket_status", (who, id, BucketStatus::Inactive)),
        w.call(who, "lock_bucket", (who, id)),
        w.call(who, "unlock_bucket", (who, id)),
        w.call(who, "delete_bucket", (who, id)),
    ]
}

#[test]
fn every_change_needs_a_bucket_of_ones_own_that_is_not_deleted() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let bert = w.provider();
    let missing = every_change(&w, &anna, id + 1);
    assert_eq!(missing, [Err(RegistryError::BucketNotFound); 9]);
    let missing = every_change(&w, &anna, 0);
    assert_eq!(missing, [Err(RegistryError::BucketNotFound); 9]);
    let foreign = every_change(&w, &bert, id);
    assert_eq!(foreign, [Err(RegistryError::NotBucketProvider); 9]);
    assert_eq!(every_change(&w, &anna, id), [Ok(()); 9]);
    let deleted = every_change(&w, &anna, id);
    assert_eq!(deleted, [Err(RegistryError::BucketDeleted); 9]);
}
