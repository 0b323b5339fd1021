//! The life of a deal.

use flash_integration_tests::{world::POCKET, Answer, Person, World, DAY, USD};
use soroban_sdk::{vec, String, Symbol, Val, Vec};

use super::{
    args, assert_fields, create_bucket, field,
    fields::{BUCKET, DEAL, DEAL_INFO},
    query, text, val,
};

/// The arguments in both orders: (provider, consumer, deal) and (consumer, provider, deal).
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

/// The encoding of a unit variant: a vector with its name.
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
fn the_joined_pages_of_deals_equal_the_list() {
    let world = World::new();
    let deals = world.at.deals.clone();
    let bucket_id = create_bucket(&world, &world.ada);
    let [first, ..] = ["a", "b", "c"].map(|repo| create_deal(&world, bucket_id, repo));
    for (list, page, who) in [
        (
            "get_deals_by_consumer",
            "get_deals_by_consumer_page",
            first.consumer,
        ),
        (
            "get_deals_by_provider",
            "get_deals_by_provider_page",
            first.provider,
        ),
    ] {
        let ids = |infos: Vec<Val>| {
            let id = |info| field::<u32>(&world, field(&world, info, "deal"), "deal_id");
            infos.iter().map(id).collect::<std::vec::Vec<_>>()
        };
        let of = |skip: u32, take: u32| {
            let asked = args(&world, [who, val(&world, skip), val(&world, take)]);
            ids(query(&world, &deals, page, asked))
        };
        let whole = ids(query(&world, &deals, list, args(&world, [who])));
        assert_eq!(whole, [3, 2, 1], "{list}");
        assert_eq!([of(0, 2), of(2, 2)].concat(), whole, "{page}");
        assert_eq!(of(0, u32::MAX), whole, "{page}");
        assert!(of(3, 1).is_empty() && of(0, 0).is_empty(), "{page}");
    }
}
