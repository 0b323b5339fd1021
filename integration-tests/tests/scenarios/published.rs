//! The published client's calls, to the letter: names, argument orders, types, void for `None`, and
//! the field names that it reads.

use flash_integration_tests::{world::POCKET, Answer, Person, World, DAY, USD};
use soroban_sdk::{
    vec, Address, Env, IntoVal, Map, String, Symbol, TryFromVal, TryIntoVal, Val, Vec,
};

/// A value as the client encodes it.
fn val<T: IntoVal<Env, Val>>(world: &World, value: T) -> Val {
    value.into_val(&world.env)
}

fn text(world: &World, value: &str) -> Val {
    val(world, world.text(value))
}

/// Arguments, each as the client encodes it.
fn args<const N: usize>(world: &World, values: [Val; N]) -> Vec<Val> {
    Vec::from_array(&world.env, values)
}

fn query<T: TryFromVal<Env, Val>>(
    world: &World,
    contract: &Address,
    name: &str,
    args: Vec<Val>,
) -> T {
    let answer: Val = world
        .env
        .invoke_contract(contract, &Symbol::new(&world.env, name), args);
    let value = answer.try_into_val(&world.env);
    value.unwrap_or_else(|_| panic!("{name} answers in another type"))
}

/// A struct is a map by field name: these are its fields, no more and no fewer.
fn assert_fields(world: &World, value: Val, fields: &[&str]) {
    let map: Map<Symbol, Val> = value.try_into_val(&world.env).expect("a struct");
    let found: std::vec::Vec<std::string::String> =
        map.keys().iter().map(|key| key.to_string()).collect();
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn field<T: TryFromVal<Env, Val>>(world: &World, value: Val, name: &str) -> T {
    let map: Map<Symbol, Val> = value.try_into_val(&world.env).expect("a struct");
    let found = map.get(Symbol::new(&world.env, name)).expect("the field");
    let value = found.try_into_val(&world.env);
    value.unwrap_or_else(|_| panic!("{name} has another type"))
}

const PROVIDER: &[&str] = &[
    "provider_id",
    "description",
    "reputation",
    "registered_ts",
    "last_update_ts",
    "units_count",
    "deleted",
    "buckets",
    "deals",
    "active_deals",
];
const CONSUMER: &[&str] = &[
    "consumer_id",
    "description",
    "reputation",
    "registered_ts",
    "last_update_ts",
    "deleted",
    "deals",
    "active_deals",
];
const BUCKET: &[&str] = &[
    "bucket_id",
    "name",
    "region",
    "country",
    "provider_id",
    "fb_bucket_id",
    "price_per_gb_storage",
    "price_per_gb_egress",
    "max_storage_gb",
    "max_egress_gb",
    "versioning_enabled",
    "encryption_at_rest",
    "encryption_in_transit",
    "object_locking",
    "api_compatibility",
    "sla_avg_latency_ms",
    "sla_avg_uptime_pct",
    "access_scope",
    "tags",
    "created_ts",
    "status",
    "locked",
    "auto_accept",
    "reserved_storage_mb",
    "reserved_egress_mb",
];
const DEAL: &[&str] = &[
    "deal_id",
    "consumer_id",
    "provider_id",
    "bucket_id",
    "fb_repo_id",
    "api_compatibility",
    "start_ts",
    "duration_secs",
    "agreed_storage_mb",
    "agreed_egress_mb",
    "unpaid_storage_mb",
    "unpaid_egress_mb",
    "paid_storage_mb",
    "paid_egress_mb",
    "status",
    "balance_consumer",
    "balance_provider",
    "sla_avg_latency_ms",
    "sla_avg_uptime_pct",
    "slash_storage_mb",
    "slash_egress_mb",
    "slash_amount_usd",
    "last_settled_ts",
    "reason",
];
const DEAL_INFO: &[&str] = &[
    "deal",
    "bucket",
    "provider_name",
    "provider_reputation",
    "consumer_name",
    "consumer_reputation",
];

/// Somebody new, with money.
fn newcomer(world: &World, name: &'static str) -> (Person, Val) {
    let person = Person::contract(&world.env, name);
    world.mint(&person, POCKET);
    let id = val(world, &person.address);
    (person, id)
}

fn create_bucket(world: &World, provider: &Person) -> u32 {
    let answer: Answer<u32> = world.by(provider).registry(
        "create_bucket",
        args(
            world,
            [
                val(world, &provider.address),
                text(world, "Photos"),
                text(world, "eu-west"),
                text(world, "fb-1"),
                text(world, "S3"),
                val(world, 200_000_u128),
                val(world, 100_000_u128),
                val(world, 200_u32),
                val(world, 9_990_u32),
            ],
        ),
    );
    answer.expect("listed")
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
    // The client asks for a thousand and takes what comes.
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

/// The arguments (provider, consumer, deal) and (consumer, provider, deal).
struct Parties {
    provider: Val,
    consumer: Val,
    deal_id: Val,
}

impl Parties {
    fn provider_first(&self, world: &World) -> Vec<Val> {
        args(world, [self.provider, self.consumer, self.deal_id])
    }

    fn consumer_first(&self, world: &World) -> Vec<Val> {
        args(world, [self.consumer, self.provider, self.deal_id])
    }
}

fn create_deal(world: &World, bucket_id: u32, repo: &str) -> Parties {
    let (provider, consumer) = (
        val(world, &world.ada.address),
        val(world, &world.carol.address),
    );
    let deal_id: Answer<u32> = world.by(&world.carol).deals(
        "create_deal",
        args(
            world,
            [
                consumer,
                provider,
                val(world, bucket_id),
                text(world, repo),
                val(world, 90 * DAY),
                val(world, 102_400_u64),
                val(world, 1_024_u64),
                text(world, "s3"),
            ],
        ),
    );
    Parties {
        provider,
        consumer,
        deal_id: val(world, deal_id.expect("created")),
    }
}

fn fund_deal(world: &World, of: &Parties, amount: u128) {
    let command = "set_deal_funded";
    let values = [
        of.consumer,
        of.provider,
        of.deal_id,
        val(world, amount),
        text(world, "repo"),
    ];
    let pulled = i128::try_from(amount).expect("small");
    world
        .by(&world.carol)
        .deals_pulling::<()>(command, args(world, values), pulled)
        .expect("accepted");
}

#[test]
fn a_deal_is_made_funded_metered_and_completed() {
    let world = World::new();
    let deals = world.at.deals.clone();
    let of = create_deal(&world, create_bucket(&world, &world.ada), "repo");
    let command = |who: &Person, name: &str, args: Vec<Val>| {
        world
            .by(who)
            .deals::<()>(name, args)
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    };
    command(&world.ada, "set_deal_accepted", of.provider_first(&world));
    fund_deal(&world, &of, 5_0000000);
    let deposit = [
        of.consumer,
        of.provider,
        of.deal_id,
        val(&world, 1_0000000_u128),
    ];
    world
        .by(&world.carol)
        .deals_pulling::<()>("deposit_to_deal", args(&world, deposit), USD)
        .expect("live");

    world.advance(DAY);
    let mut consumption = of.provider_first(&world);
    consumption.push_back(val(&world, 51_200_u64));
    consumption.push_back(val(&world, 512_u64));
    command(&world.oracle, "update_deal_consumption", consumption);
    let mut service = of.provider_first(&world);
    service.push_back(val(&world, 120_u32));
    service.push_back(val(&world, 9_995_u32));
    command(&world.oracle, "update_deal_sla", service);
    command(
        &world.oracle,
        "pay_pending_consumption",
        of.provider_first(&world),
    );

    let deal: Val = query(&world, &deals, "get_deal", of.consumer_first(&world));
    assert_fields(&world, deal, DEAL);
    assert_eq!(field::<u64>(&world, deal, "paid_storage_mb"), 51_200);
    assert_eq!(field::<u64>(&world, deal, "paid_egress_mb"), 512);
    // 50 GB for a day at 0.02 USD a month, and half a GB of egress at 0.01 USD.
    let gross = 50 * 200_000 / 30 + 50_000_u128;
    assert_eq!(
        field::<u128>(&world, deal, "balance_consumer"),
        6_0000000 - gross
    );
    assert_eq!(
        field::<u128>(&world, deal, "balance_provider"),
        gross - gross * 200 / 10_000
    );
    assert_eq!(
        field::<Vec<Symbol>>(&world, deal, "status"),
        status(&world, "Funded")
    );

    command(
        &world.carol,
        "set_deal_completed",
        of.consumer_first(&world),
    );
    world.history.borrow_mut().freed.insert(1);
    let deal: Val = query(&world, &deals, "get_deal", of.consumer_first(&world));
    assert_eq!(
        field::<Vec<Symbol>>(&world, deal, "status"),
        status(&world, "Completed")
    );
    assert_eq!(
        field::<Vec<Symbol>>(&world, deal, "reason"),
        status(&world, "Consumer")
    );
    let carol = i128::try_from(gross).expect("small");
    assert_eq!(world.balance(&world.carol), POCKET - carol);
    let step: u32 = world
        .unsigned()
        .deals("advance_deal", args(&world, [of.deal_id]))
        .expect("a deal");
    assert_eq!(
        step, 0,
        "completed with everything reported: nothing is left to do"
    );
    command(&world.owner, "delete_deal", of.consumer_first(&world));
    world.history.borrow_mut().deleted.insert(1);
    let deal: Val = query(&world, &deals, "get_deal", of.consumer_first(&world));
    assert!(deal.is_void());
}

/// A unit variant as it is encoded: a vector of its name.
fn status(world: &World, name: &str) -> Vec<Symbol> {
    vec![&world.env, Symbol::new(&world.env, name)]
}

#[test]
fn deals_are_rejected_cancelled_and_listed() {
    let world = World::new();
    let deals = world.at.deals.clone();
    let bucket_id = create_bucket(&world, &world.ada);
    let [rejected, cancelled, noticed] =
        ["a", "b", ""].map(|repo| create_deal(&world, bucket_id, repo));
    let by_ada = |name: &str, of: &Parties| {
        world
            .by(&world.ada)
            .deals::<()>(name, of.provider_first(&world))
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    };
    by_ada("set_deal_rejected", &rejected);
    by_ada("set_deal_cancelled", &cancelled);
    by_ada("set_deal_accepted", &noticed);
    fund_deal(&world, &noticed, 2_0000000);
    by_ada("set_deal_cancelled", &noticed);

    let page = args(&world, [val(&world, 0_u32), val(&world, 1_000_u32)]);
    let all: Vec<Val> = query(&world, &deals, "get_deals", page.clone());
    assert_eq!(all.len(), 3);
    assert_fields(&world, all.get(0).expect("newest"), DEAL);
    assert_eq!(
        field::<u32>(&world, all.get(0).expect("newest"), "deal_id"),
        3
    );
    let active: Vec<Val> = query(&world, &deals, "get_active_deals", page);
    assert_eq!(active.len(), 1);
    assert_eq!(
        query::<u32>(&world, &deals, "get_deal_count", Vec::new(&world.env)),
        3
    );
    for (name, who) in [
        ("get_deals_by_consumer", rejected.consumer),
        ("get_deals_by_provider", rejected.provider),
    ] {
        let infos: Vec<Val> = query(&world, &deals, name, args(&world, [who]));
        assert_eq!(infos.len(), 3);
        let info = infos.get(0).expect("newest");
        assert_fields(&world, info, DEAL_INFO);
        assert_fields(&world, field(&world, info, "deal"), DEAL);
        assert_fields(&world, field(&world, info, "bucket"), BUCKET);
        assert_eq!(
            field::<String>(&world, info, "provider_name"),
            world.text("Ada")
        );
        assert_eq!(
            field::<String>(&world, info, "consumer_name"),
            world.text("Carol")
        );
        assert_eq!(field::<u32>(&world, info, "provider_reputation"), 50);
    }
}

#[test]
fn the_escrow_tells_its_asset_gives_from_its_faucet_and_sends_its_fees() {
    let world = World::new();
    let escrow = world.at.escrow.clone();
    let none = Vec::new(&world.env);
    let asset: Address = query(&world, &escrow, "get_stable_asset_address", none.clone());
    assert_eq!(asset, world.asset.address());
    let name: String = query(&world, &escrow, "get_stable_asset_name", none);
    assert_eq!(name, world.token().name());

    world.as_issuer(|issuer| issuer.set_admin(&escrow));
    let faucet = args(
        &world,
        [val(&world, &world.dan.address), val(&world, 5 * USD)],
    );
    world
        .by(&world.dan)
        .escrow::<()>("test_faucet", faucet)
        .expect("a test network");
    assert_eq!(world.balance(&world.dan), POCKET + 5 * USD);
    let admin = args(&world, [val(&world, &world.mallory.address)]);
    world
        .as_owner()
        .escrow::<()>("change_asset_admin", admin)
        .expect("a test network");

    let deal = world.deal().storage_gb(1_000).funded();
    world.days(&deal, 1, flash_integration_tests::Usage::stored_gb(1_000));
    let fees = world.fees();
    assert!(fees > 0);
    let to_mallory = args(
        &world,
        [val(&world, &world.mallory.address), val(&world, fees)],
    );
    world
        .as_owner()
        .escrow::<()>("send_funds_owner", to_mallory)
        .expect("the owner");
    assert_eq!(world.balance(&world.mallory), POCKET + fees);
    let address = args(&world, [val(&world, world.asset.address())]);
    world
        .as_owner()
        .escrow::<()>("set_stable_asset_address", address)
        .expect("the owner");
}
