use flash_interfaces::{
    registry::{
        Consumer, ConsumerDeleted, ConsumerReadmitted, ConsumerRegistered, ConsumerUpdated,
        Provider, ProviderDeleted, ProviderReadmitted, ProviderRegistered, ProviderUpdated,
        RegistryError,
    },
    reputation::Role,
};
use soroban_sdk::{testutils::Events as _, Address, Event as _, Map};

use super::world::{World, START_TS};

#[test]
fn a_registered_provider_is_published_with_its_score_and_empty_maps() {
    let w = World::new();
    let anna = w.someone();
    w.register_provider(&anna, "Anna's disks").unwrap();
    w.assert_event(&ProviderRegistered {
        provider_id: anna.clone(),
        description: w.text("Anna's disks"),
    });
    w.scores.set(&anna, &Role::Provider, &77);
    let expected = Provider {
        provider_id: anna.clone(),
        description: w.text("Anna's disks"),
        reputation: 77,
        registered_ts: START_TS,
        last_update_ts: START_TS,
        units_count: 0,
        deleted: false,
        buckets: Map::new(&w.env),
        deals: Map::new(&w.env),
        active_deals: Map::new(&w.env),
    };
    assert_eq!(w.registry.get_provider(&anna), Some(expected));
    assert_eq!(w.registry.get_provider_count(), 1);
    assert_eq!(w.registry.get_consumer(&anna), None);
    assert_eq!(w.registry.get_consumer_count(), 0);
}

#[test]
fn a_registered_consumer_is_published_with_its_score_and_empty_maps() {
    let w = World::new();
    let carl = w.someone();
    w.register_consumer(&carl, "Carl's films").unwrap();
    w.assert_event(&ConsumerRegistered {
        consumer_id: carl.clone(),
        description: w.text("Carl's films"),
    });
    w.scores.set(&carl, &Role::Consumer, &31);
    let expected = Consumer {
        consumer_id: carl.clone(),
        description: w.text("Carl's films"),
        reputation: 31,
        registered_ts: START_TS,
        last_update_ts: START_TS,
        deleted: false,
        deals: Map::new(&w.env),
        active_deals: Map::new(&w.env),
    };
    assert_eq!(w.registry.get_consumer(&carl), Some(expected));
    assert_eq!(w.registry.get_consumer_count(), 1);
    assert_eq!(w.registry.get_provider(&carl), None);
    assert_eq!(w.registry.get_provider_count(), 0);
}

#[test]
fn a_role_is_registered_once() {
    let w = World::new();
    let (anna, carl) = (w.provider(), w.consumer());
    let again = w.register_provider(&anna, "again");
    assert_eq!(again, Err(RegistryError::ProviderExists));
    let again = w.register_consumer(&carl, "again");
    assert_eq!(again, Err(RegistryError::ConsumerExists));
    // The other role is free.
    w.register_consumer(&anna, "Anna buys").unwrap();
    w.register_provider(&carl, "Carl sells").unwrap();
    assert_eq!(w.registry.get_provider_count(), 2);
    assert_eq!(w.registry.get_consumer_count(), 2);
}

#[test]
fn a_full_user_has_both_roles_or_none() {
    let w = World::new();
    let eve = w.someone();
    let args = |id| (id, w.text("Eve"));
    w.call::<()>(&eve, "register_full_user", args(&eve))
        .unwrap();
    let provider = ProviderRegistered {
        provider_id: eve.clone(),
        description: w.text("Eve"),
    };
    let consumer = ConsumerRegistered {
        consumer_id: eve.clone(),
        description: w.text("Eve"),
    };
    let expected = [
        provider.to_xdr(&w.env, &w.id),
        consumer.to_xdr(&w.env, &w.id),
    ];
    assert_eq!(w.env.events().all(), expected);
    assert_eq!(
        w.registry.get_provider(&eve).unwrap().description,
        w.text("Eve")
    );
    assert_eq!(
        w.registry.get_consumer(&eve).unwrap().description,
        w.text("Eve")
    );

    let (anna, carl) = (w.provider(), w.consumer());
    let taken = w.call::<()>(&anna, "register_full_user", args(&anna));
    assert_eq!(taken, Err(RegistryError::ProviderExists));
    let taken = w.call::<()>(&carl, "register_full_user", args(&carl));
    assert_eq!(taken, Err(RegistryError::ConsumerExists));
    assert_eq!(w.registry.get_consumer(&anna), None);
    assert_eq!(w.registry.get_provider(&carl), None);
}

#[test]
fn an_update_changes_description_and_time_only() {
    let w = World::new();
    let (anna, carl) = (w.provider(), w.consumer());
    w.wait(60);
    w.call::<()>(&anna, "update_provider", (&anna, w.text("Anna & Co")))
        .unwrap();
    w.assert_event(&ProviderUpdated {
        provider_id: anna.clone(),
        description: w.text("Anna & Co"),
    });
    let provider = w.registry.get_provider(&anna).unwrap();
    assert_eq!(provider.description, w.text("Anna & Co"));
    assert_eq!(
        (provider.registered_ts, provider.last_update_ts),
        (START_TS, START_TS + 60)
    );

    w.call::<()>(&carl, "update_consumer", (&carl, w.text("")))
        .unwrap();
    w.assert_event(&ConsumerUpdated {
        consumer_id: carl.clone(),
        description: w.text(""),
    });
    let consumer = w.registry.get_consumer(&carl).unwrap();
    assert_eq!(consumer.description, w.text(""));
    assert_eq!(
        (consumer.registered_ts, consumer.last_update_ts),
        (START_TS, START_TS + 60)
    );
}

#[test]
fn who_is_not_registered_cannot_be_updated_or_deleted() {
    let w = World::new();
    let (anna, carl, dora) = (w.provider(), w.consumer(), w.someone());
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    let text = w.text("x");
    for who in [&anna, &dora] {
        let missing = Err(RegistryError::ProviderNotFound);
        let update = w.call::<()>(who, "update_provider", (who, text.clone()));
        assert_eq!(update, missing);
        assert_eq!(w.call::<()>(who, "delete_provider", (who,)), missing);
        assert_eq!(w.call::<()>(&w.owner, "remove_provider", (who,)), missing);
    }
    for who in [&carl, &dora] {
        let missing = Err(RegistryError::ConsumerNotFound);
        let update = w.call::<()>(who, "update_consumer", (who, text.clone()));
        assert_eq!(update, missing);
        assert_eq!(w.call::<()>(who, "delete_consumer", (who,)), missing);
        assert_eq!(w.call::<()>(&w.owner, "remove_consumer", (who,)), missing);
    }
}

#[test]
fn a_deleted_party_stays_readable_and_is_counted() {
    let w = World::new();
    let (anna, carl) = (w.provider(), w.consumer());
    w.wait(60);
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    w.assert_event(&ProviderDeleted {
        provider_id: anna.clone(),
        by_owner: false,
    });
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    w.assert_event(&ConsumerDeleted {
        consumer_id: carl.clone(),
        by_owner: false,
    });
    let provider = w.registry.get_provider(&anna).unwrap();
    assert!(provider.deleted);
    assert_eq!(provider.last_update_ts, START_TS + 60);
    let consumer = w.registry.get_consumer(&carl).unwrap();
    assert!(consumer.deleted);
    assert_eq!(consumer.last_update_ts, START_TS + 60);
    assert_eq!(w.registry.get_provider_count(), 1);
    assert_eq!(w.registry.get_consumer_count(), 1);
    assert_eq!(w.registry.get_provider_list(&0, &20).len(), 1);
}

#[test]
fn the_owner_removes_under_the_same_conditions() {
    let w = World::new();
    let (anna, carl) = (w.provider(), w.consumer());
    let bucket_id = w.create_bucket(&anna).unwrap();
    let refused: Result<(), _> = Err(RegistryError::ProviderHasBuckets);
    assert_eq!(w.call(&anna, "delete_provider", (&anna,)), refused);
    assert_eq!(w.call(&w.owner, "remove_provider", (&anna,)), refused);
    w.delete_bucket(&anna, bucket_id);
    w.call::<()>(&w.owner, "remove_provider", (&anna,)).unwrap();
    w.assert_event(&ProviderDeleted {
        provider_id: anna.clone(),
        by_owner: true,
    });
    w.call::<()>(&w.owner, "remove_consumer", (&carl,)).unwrap();
    w.assert_event(&ConsumerDeleted {
        consumer_id: carl.clone(),
        by_owner: true,
    });
    assert!(w.registry.get_provider(&anna).unwrap().deleted);
    assert!(w.registry.get_consumer(&carl).unwrap().deleted);
}

#[test]
fn who_the_owner_removed_stays_removed_until_the_owner_lets_them_back() {
    let w = World::new();
    let (anna, carl) = (w.provider(), w.consumer());
    let not_removed: Result<(), _> = Err(RegistryError::PartyNotRemoved);
    let readmit = |command: &str, who: &Address| w.call::<()>(&w.owner, command, (who,));
    assert_eq!(readmit("readmit_provider", &anna), not_removed);
    assert_eq!(readmit("readmit_consumer", &carl), not_removed);
    w.call::<()>(&w.owner, "remove_provider", (&anna,)).unwrap();
    w.call::<()>(&w.owner, "remove_consumer", (&carl,)).unwrap();
    let removed = Err(RegistryError::PartyRemoved);
    assert_eq!(w.register_provider(&anna, "again"), removed);
    assert_eq!(w.register_consumer(&carl, "again"), removed);
    for who in [&anna, &carl] {
        let both = w.call::<()>(who, "register_full_user", (who, w.text("both")));
        assert_eq!(both, removed);
    }
    // A role that was not removed is not touched.
    w.register_consumer(&anna, "Anna rents").unwrap();
    assert_eq!(readmit("readmit_consumer", &anna), not_removed);

    readmit("readmit_provider", &anna).unwrap();
    w.assert_event(&ProviderReadmitted {
        provider_id: anna.clone(),
    });
    assert_eq!(readmit("readmit_provider", &anna), not_removed);
    assert!(w.registry.get_provider(&anna).unwrap().deleted);
    w.register_provider(&anna, "Anna is back").unwrap();
    readmit("readmit_consumer", &carl).unwrap();
    w.assert_event(&ConsumerReadmitted {
        consumer_id: carl.clone(),
    });
    w.register_consumer(&carl, "Carl is back").unwrap();

    // Who leaves on their own comes back on their own.
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    assert_eq!(readmit("readmit_provider", &anna), not_removed);
    w.register_provider(&anna, "Anna again").unwrap();
}

#[test]
fn registering_again_revives_under_the_old_number() {
    let w = World::new();
    let (anna, bert) = (w.provider(), w.provider());
    let carl = w.consumer();
    let first = w.create_bucket(&anna).unwrap();
    w.delete_bucket(&anna, first);
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    w.wait(60);
    w.register_provider(&anna, "Anna is back").unwrap();
    w.assert_event(&ProviderRegistered {
        provider_id: anna.clone(),
        description: w.text("Anna is back"),
    });
    w.register_consumer(&carl, "Carl is back").unwrap();
    assert_eq!(w.registry.get_provider_count(), 2);
    assert_eq!(w.registry.get_consumer_count(), 1);

    let provider = w.registry.get_provider(&anna).unwrap();
    assert!(!provider.deleted);
    assert_eq!(
        (provider.registered_ts, provider.last_update_ts),
        (START_TS, START_TS + 60)
    );
    let consumer = w.registry.get_consumer(&carl).unwrap();
    assert!(!consumer.deleted);
    assert_eq!(consumer.description, w.text("Carl is back"));
    // Still the oldest, and its former bucket is still its own.
    let list = w.registry.get_provider_list(&0, &20);
    assert_eq!(list.get(0).unwrap().provider_id, bert);
    assert_eq!(list.get(1).unwrap().provider_id, anna);
    let second = w.create_bucket(&anna).unwrap();
    let buckets = w.registry.get_buckets_by_provider(&anna);
    assert_eq!(buckets.get(0).unwrap().bucket_id, second);
    assert_eq!(buckets.get(1).unwrap().bucket_id, first);
    assert_eq!(w.registry.get_provider(&anna).unwrap().units_count, 1);
}

#[test]
fn commands_do_not_depend_on_reputation() {
    let w = World::new();
    w.scores.refuse();
    let (anna, bucket_id) = w.bucket(1, 1);
    let carl = w.consumer();
    w.reserve(bucket_id, 1, "repo", (1, 1)).unwrap();
    w.release(bucket_id, 1, "repo", (1, 1)).unwrap();
    let asked = (&bucket_id, &anna, &carl, &1, &1);
    w.registry
        .get_listing(asked.0, asked.1, asked.2, asked.3, asked.4, &None);
    assert_eq!(w.registry.get_bucket(&bucket_id).unwrap().provider_id, anna);
    assert!(w.registry.try_get_provider(&anna).is_err());
}
