//! What a bucket offers: a signature covers it, and nobody is bound to what they never saw.

use flash_integration_tests::{refused, Answer, World, USD};
use flash_interfaces::{
    deals::{DealStatus, DealsError},
    registry::{BucketFeatures, BucketStatus, Metering, RegistryError},
};
use soroban_sdk::{Env, IntoVal, String, Val, Vec};

use super::bounds::{ask, request};

const NO_TEXT: Option<String> = None;
const NO_PRICE: Option<u128> = None;
const NO_SLA: Option<u32> = None;

/// A command of Ada on one of her buckets.
fn change<A: IntoVal<Env, Vec<Val>>>(world: &World, command: &str, bucket_id: u32, rest: A) {
    let mut args: Vec<Val> = (&world.ada.address, bucket_id).into_val(&world.env);
    args.append(&rest.into_val(&world.env));
    let answer: Answer = world.by(&world.ada).registry(command, args);
    answer.expect(command);
}

fn features(world: &World) -> BucketFeatures {
    BucketFeatures {
        versioning_enabled: false,
        encryption_at_rest: false,
        encryption_in_transit: false,
        object_locking: false,
        access_scope: world.text(""),
        auto_accept_asset: None,
        auto_accept_policy: 0,
        tags: Vec::new(&world.env),
    }
}

fn worse_sla(world: &World, bucket_id: u32) {
    let sla = (
        NO_TEXT,
        NO_TEXT,
        NO_PRICE,
        NO_PRICE,
        Some(60_000_u32),
        Some(5_000_u32),
    );
    change(world, "update_bucket_conditions", bucket_id, sla);
}

/// The promise of 99.9 % and 200 ms became 50 % and 60 s before a deal at the same price landed.
#[test]
fn a_signature_covers_the_whole_offer() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).sla(200, 9_990).listed();
    let changes: [&dyn Fn(); 6] = [
        &|| worse_sla(&world, bucket_id),
        &|| {
            let price = (NO_TEXT, NO_TEXT, Some(1_u128), NO_PRICE, NO_SLA, NO_SLA);
            change(&world, "update_bucket_conditions", bucket_id, price);
        },
        &|| {
            let region = (NO_TEXT, Some(world.text("elsewhere")), NO_TEXT);
            change(&world, "update_bucket_basic", bucket_id, region);
        },
        &|| {
            change(
                &world,
                "set_bucket_features",
                bucket_id,
                (features(&world),),
            )
        },
        &|| change(&world, "set_bucket_capacity", bucket_id, (200_u64, 200_u64)),
        &|| {
            let service = (world.text("https://s3.example"), Metering::Provider);
            change(&world, "set_bucket_service", bucket_id, service);
        },
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let mut seen = request(&world, &world.ada, bucket_id);
        let bucket = world.registry().get_bucket(&bucket_id).expect("listed");
        seen.offer_revision = bucket.offer_revision;
        change();
        assert_eq!(
            ask(&world, &world.carol, seen),
            refused(DealsError::OfferRevisionMismatch),
            "change {nth}"
        );
    }
    let bucket = world.registry().get_bucket(&bucket_id).expect("listed");
    let mut seen = request(&world, &world.ada, bucket_id);
    seen.offer_revision = bucket.offer_revision;
    let deal_id = ask(&world, &world.carol, seen).expect("as it is now");
    let terms = world.deals().get_deal_terms(&deal_id).expect("a deal");
    assert_eq!(
        (
            terms.offer_revision,
            terms.metering,
            terms.sla_avg_uptime_pct
        ),
        (bucket.offer_revision, Metering::Provider, 5_000)
    );
    // What is copied does not change with the bucket.
    let gateway = (world.text(""), Metering::Gateway);
    change(&world, "set_bucket_service", bucket_id, gateway);
    assert_eq!(world.deals().get_deal_terms(&deal_id), Some(terms));
}

/// The owner raised the fee, and the provider was bound by it.
#[test]
fn a_bucket_accepts_under_the_policy_alone_that_its_provider_named() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).shared(1_000, 1_000).auto_accept();
    let bucket_id = bucket_id.listed();
    let status = || world.status(&world.deal().bucket(bucket_id).created());
    assert_eq!(status(), DealStatus::Accepted);
    let mut dearer = world.deals().get_policy(&1).expect("the first");
    dearer.fee_bps = 1_000;
    let answer = world.as_owner().deals::<u32>("add_policy", (dearer,));
    assert_eq!(answer, Ok(2));
    assert_eq!(status(), DealStatus::Pending);
    let agreed = BucketFeatures {
        auto_accept_asset: Some(world.asset.address()),
        auto_accept_policy: 2,
        ..features(&world)
    };
    change(&world, "set_bucket_features", bucket_id, (agreed,));
    assert_eq!(status(), DealStatus::Accepted);
}

/// The owner changed the asset, and the provider was paid in what it never agreed to.
#[test]
fn a_bucket_accepts_in_the_asset_alone_that_its_provider_named() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).auto_accept().listed();
    let other = world
        .env
        .register_stellar_asset_contract_v2(world.owner.address.clone())
        .address();
    let answer: Answer = world
        .as_owner()
        .escrow("set_stable_asset_address", (&other,));
    answer.expect("the owner");
    let deal = world.deal().bucket(bucket_id).created();
    assert_eq!(world.status(&deal), DealStatus::Pending);
    let terms = world.deals().get_deal_terms(&deal.id).expect("a deal");
    assert_eq!(terms.asset, other);
}

#[test]
fn a_deal_that_its_bucket_accepted_is_funded_while_the_offer_stands() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).shared(1_000, 1_000).auto_accept();
    let bucket_id = bucket_id.listed();
    let deal = || world.deal().bucket(bucket_id);
    let (first, second) = (deal().repo("a").created(), deal().repo("b").created());
    let by_hand = {
        let manual = world.bucket(&world.ada).listed();
        let deal = world.deal().bucket(manual).accepted();
        worse_sla(&world, manual);
        deal
    };
    world.fund(&first, 5 * USD).expect("the offer stands");
    worse_sla(&world, bucket_id);
    assert_eq!(
        world.fund(&second, 5 * USD),
        refused(RegistryError::OfferChanged)
    );
    world.withdraw_deal(&second).expect("nothing is lost");
    world
        .fund(&by_hand, 5 * USD)
        .expect("its provider accepted this very deal");
    world
        .fund(&deal().repo("c").created(), 5 * USD)
        .expect("the new offer");
}

#[test]
fn a_locked_or_unlisted_bucket_takes_no_accepted_deals_funding() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).listed();
    let deal = world.deal().bucket(bucket_id).accepted();
    let status = |status: BucketStatus| change(&world, "set_bucket_status", bucket_id, (status,));
    change(&world, "lock_bucket", bucket_id, ());
    let fund = || world.fund(&deal, deal.agreed.quote());
    assert_eq!(fund(), refused(RegistryError::BucketLocked));
    change(&world, "unlock_bucket", bucket_id, ());
    status(BucketStatus::Inactive);
    assert_eq!(fund(), refused(RegistryError::BucketInactive));
    status(BucketStatus::Active);
    fund().expect("open again");
}
