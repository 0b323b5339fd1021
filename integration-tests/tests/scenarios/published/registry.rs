//! Providers, consumers and buckets.

use flash_integration_tests::{world::POCKET, Person, World};
use soroban_sdk::{Address, Map, String, Val, Vec};

use super::{
    args, assert_fields, create_bucket, field,
    fields::{BUCKET, CONSUMER, PROVIDER},
    query, text, val,
};

/// A new person with money.
fn newcomer(world: &World, name: &'static str) -> (Person, Val) {
    let person = Person::contract(&world.env, name);
    world.mint(&person, POCKET);
    let id = val(world, &person.address);
    (person, id)
}

#[test]
fn parties_register_change_and_leave() {
    let world = World::new();
    let registry = world.at.registry.clone();
    let by = |who: &Person, command: &str, args: Vec<Val>| {
        world
            .by(who)
            .registry::<()>(command, args)
            .unwrap_or_else(|error| panic!("{command}: {error:?}"));
    };
    let (pia, pia_id) = newcomer(&world, "Pia");
    let (cleo, cleo_id) = newcomer(&world, "Cleo");
    let (full, full_id) = newcomer(&world, "Full");
    by(
        &pia,
        "register_provider",
        args(&world, [pia_id, text(&world, "Pia")]),
    );
    by(
        &cleo,
        "register_consumer",
        args(&world, [cleo_id, text(&world, "Cleo")]),
    );
    by(
        &full,
        "register_full_user",
        args(&world, [full_id, text(&world, "Full")]),
    );
    by(
        &pia,
        "update_provider",
        args(&world, [pia_id, text(&world, "Pia & Co")]),
    );
    by(
        &cleo,
        "update_consumer",
        args(&world, [cleo_id, text(&world, "Cleo & Co")]),
    );

    let provider: Val = query(&world, &registry, "get_provider", args(&world, [pia_id]));
    assert_fields(&world, provider, PROVIDER);
    assert_eq!(
        field::<String>(&world, provider, "description"),
        world.text("Pia & Co")
    );
    assert_eq!(field::<u32>(&world, provider, "reputation"), 50);
    let consumer: Val = query(&world, &registry, "get_consumer", args(&world, [cleo_id]));
    assert_fields(&world, consumer, CONSUMER);
    let none = Vec::new(&world.env);
    assert_eq!(
        query::<u32>(&world, &registry, "get_provider_count", none.clone()),
        4
    );
    assert_eq!(
        query::<u32>(&world, &registry, "get_consumer_count", none),
        4
    );
    // The client asks for a thousand entries and accepts fewer.
    let page = args(&world, [val(&world, 0_u32), val(&world, 1_000_u32)]);
    let providers: Map<Address, Val> = query(&world, &registry, "get_providers", page.clone());
    assert_eq!(providers.len(), 4);
    assert_fields(
        &world,
        providers.get(pia.address.clone()).expect("Pia"),
        PROVIDER,
    );
    let consumers: Map<Address, Val> = query(&world, &registry, "get_consumers", page);
    assert_eq!(consumers.len(), 4);

    by(&pia, "delete_provider", args(&world, [pia_id]));
    by(&cleo, "delete_consumer", args(&world, [cleo_id]));
    let provider: Val = query(&world, &registry, "get_provider", args(&world, [pia_id]));
    assert!(field::<bool>(&world, provider, "deleted"));
}

#[test]
fn a_bucket_is_listed_changed_locked_and_deleted() {
    let world = World::new();
    let registry = world.at.registry.clone();
    let ada = val(&world, &world.ada.address);
    let void = val(&world, ());
    let id = create_bucket(&world, &world.ada);
    let bucket_id = val(&world, id);
    let by_ada = |command: &str, args: Vec<Val>| {
        world
            .by(&world.ada)
            .registry::<()>(command, args)
            .unwrap_or_else(|error| panic!("{command}: {error:?}"));
    };
    let basic = [
        ada,
        bucket_id,
        text(&world, "Albums"),
        void,
        text(&world, "PT"),
    ];
    by_ada("update_bucket_basic", args(&world, basic));
    let conditions = [
        ada,
        bucket_id,
        void,
        text(&world, "eu-south"),
        val(&world, 300_000_u128),
        void,
        val(&world, 150_u32),
        void,
    ];
    by_ada("update_bucket_conditions", args(&world, conditions));
    by_ada("lock_bucket", args(&world, [ada, bucket_id]));

    let bucket: Val = query(&world, &registry, "get_bucket", args(&world, [bucket_id]));
    assert_fields(&world, bucket, BUCKET);
    let text_of = |name: &str| field::<String>(&world, bucket, name);
    assert_eq!(text_of("name"), world.text("Albums"));
    assert_eq!(text_of("region"), world.text("eu-south"));
    assert_eq!(text_of("country"), world.text("PT"));
    assert_eq!(
        field::<u128>(&world, bucket, "price_per_gb_storage"),
        300_000
    );
    assert_eq!(
        field::<u128>(&world, bucket, "price_per_gb_egress"),
        100_000
    );
    assert_eq!(field::<u32>(&world, bucket, "sla_avg_latency_ms"), 150);
    assert_eq!(field::<u32>(&world, bucket, "sla_avg_uptime_pct"), 9_990);
    assert!(field::<bool>(&world, bucket, "locked"));
    by_ada("unlock_bucket", args(&world, [ada, bucket_id]));

    let page = args(&world, [val(&world, 0_u32), val(&world, 1_000_u32)]);
    let listed: Vec<Val> = query(&world, &registry, "get_buckets", page);
    let mut marketplace = BUCKET.to_vec();
    marketplace.extend(["provider_name", "provider_reputation"]);
    assert_fields(&world, listed.get(0).expect("listed"), &marketplace);
    let own: Vec<Val> = query(
        &world,
        &registry,
        "get_buckets_by_provider",
        args(&world, [ada]),
    );
    assert_fields(&world, own.get(0).expect("listed"), BUCKET);
    assert_eq!(
        query::<u32>(&world, &registry, "get_bucket_count", Vec::new(&world.env)),
        1
    );
    by_ada("delete_bucket", args(&world, [ada, bucket_id]));
}
