//! Each argument of `deals` beyond its limit has its own error, and nothing changes. (The caller of
//! every test checks that a failed call leaves the ledger unchanged.)

use flash_common::limits::MAX_EXTERNAL_ID_LEN;
use flash_integration_tests::{
    deploy::default_policy, expected::Prices, refused, Answer, Person, World, DAY, GB, HOUR, USD,
};
use flash_interfaces::deals::{BookDeals, BookReports, DealRequest, DealsError};
use flash_money::units::{MAX_DEAL_MB, MAX_DURATION_SECS, MAX_MONEY};
use soroban_sdk::{vec, Vec};

/// One field of a request, set beyond its limit.
type Change<'a> = &'a dyn Fn(&mut DealRequest);

pub fn request(world: &World, provider: &Person, bucket_id: u32) -> DealRequest {
    DealRequest {
        provider_id: provider.address.clone(),
        bucket_id,
        fb_repo_id: world.text(""),
        duration_secs: 30 * DAY,
        agreed_storage_mb: 100 * GB,
        agreed_egress_mb: 50 * GB,
        api_compatibility: world.text("s3"),
        max_price_storage: u128::MAX,
        max_price_egress: u128::MAX,
        policy_version: 1,
        offer_revision: 1,
        succeeds: None,
    }
}

pub fn ask(world: &World, consumer: &Person, request: DealRequest) -> Answer<u32> {
    world
        .by(consumer)
        .deals("create_deal_at", (&consumer.address, request))
}

#[test]
fn a_request_beyond_the_limits_is_refused() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).listed();
    let long = |len: u32| world.text(&"x".repeat(usize::try_from(len).expect("small")));
    let rows: [(DealsError, Change); 15] = [
        (DealsError::DurationOutOfBounds, &|r| {
            r.duration_secs = HOUR - 1
        }),
        (DealsError::DurationOutOfBounds, &|r| {
            r.duration_secs = MAX_DURATION_SECS + 1
        }),
        (DealsError::DurationOutOfBounds, &|r| {
            r.duration_secs = u64::MAX
        }),
        (DealsError::SizeOutOfBounds, &|r| {
            r.agreed_storage_mb = MAX_DEAL_MB + 1
        }),
        (DealsError::SizeOutOfBounds, &|r| {
            r.agreed_egress_mb = u64::MAX
        }),
        (DealsError::SizeOutOfBounds, &|r| {
            (r.agreed_storage_mb, r.agreed_egress_mb) = (0, 0)
        }),
        (DealsError::RepoIdLength, &|r| {
            r.fb_repo_id = long(MAX_EXTERNAL_ID_LEN + 1)
        }),
        (DealsError::ApiMismatch, &|r| {
            r.api_compatibility = world.text("GCS")
        }),
        (DealsError::ApiMismatch, &|r| {
            r.api_compatibility = world.text("")
        }),
        (DealsError::StoragePriceAboveLimit, &|r| {
            r.max_price_storage = 199_999
        }),
        (DealsError::EgressPriceAboveLimit, &|r| {
            r.max_price_egress = 99_999
        }),
        (DealsError::PolicyVersionMismatch, &|r| r.policy_version = 2),
        (DealsError::PolicyVersionMismatch, &|r| r.policy_version = 0),
        (DealsError::OfferRevisionMismatch, &|r| r.offer_revision = 0),
        (DealsError::OfferRevisionMismatch, &|r| r.offer_revision = 2),
    ];
    for (error, change) in rows {
        let mut wrong = request(&world, &world.ada, bucket_id);
        change(&mut wrong);
        assert_eq!(ask(&world, &world.carol, wrong), refused(error));
    }
    assert_eq!(world.deals().get_deal_count(), 0);

    let mut at_the_limits = request(&world, &world.ada, bucket_id);
    at_the_limits.fb_repo_id = long(MAX_EXTERNAL_ID_LEN);
    at_the_limits.max_price_storage = 200_000;
    at_the_limits.max_price_egress = 100_000;
    at_the_limits.duration_secs = HOUR;
    assert_eq!(ask(&world, &world.carol, at_the_limits), Ok(1));
}

#[test]
fn a_deal_that_could_cost_more_than_the_maximum_payment_is_refused() {
    let world = World::new();
    let dearest = Prices {
        storage: 10_000_000_000_000,
        egress: 10_000_000_000_000,
    };
    let bucket_id = world.bucket(&world.ada).prices(dearest).listed();
    let mut wrong = request(&world, &world.ada, bucket_id);
    wrong.agreed_storage_mb = MAX_DEAL_MB;
    wrong.agreed_egress_mb = MAX_DEAL_MB;
    wrong.duration_secs = MAX_DURATION_SECS;
    let quote = world
        .deals()
        .try_get_quote(&bucket_id, &MAX_DURATION_SECS, &MAX_DEAL_MB, &0);
    assert_eq!(quote, Err(Ok(DealsError::QuoteTooLarge)));
    assert_eq!(
        ask(&world, &world.carol, wrong),
        refused(DealsError::QuoteTooLarge)
    );
}

#[test]
fn nobody_deals_with_themselves_or_with_the_system() {
    let world = World::new();
    let both = Person::contract(&world.env, "Janus");
    world
        .by(&both)
        .registry::<()>("register_full_user", (&both.address, world.text("Janus")))
        .expect("a new name");
    let bucket_id = world.bucket(&both).listed();
    let own = request(&world, &both, bucket_id);
    assert_eq!(ask(&world, &both, own), refused(DealsError::SelfDeal));
    let theirs = request(&world, &both, bucket_id);
    assert_eq!(ask(&world, &world.carol, theirs), Ok(1));
}

#[test]
fn a_contract_of_the_system_cannot_be_a_party() {
    let world = World::new();
    // The asset contract authorises itself as the direct caller; nobody else could.
    let asset = world.asset.address();
    world.env.mock_all_auths();
    world
        .registry()
        .register_provider(&asset, &world.text("the asset"));
    let bucket_id = world.registry().create_bucket(
        &asset,
        &world.text("b"),
        &world.text(""),
        &world.text("fb"),
        &world.text("S3"),
        &1,
        &1,
        &100,
        &9_990,
    );
    world.env.set_auths(&[]);
    let mut with_asset = request(&world, &world.ada, bucket_id);
    with_asset.provider_id = asset;
    assert_eq!(
        ask(&world, &world.carol, with_asset),
        refused(DealsError::PartyNotAllowed)
    );
}

#[test]
fn quotes_name_what_is_out_of_bounds() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).listed();
    let quote = |bucket_id: u32, secs: u64, storage_mb: u64| {
        world
            .deals()
            .try_get_quote(&bucket_id, &secs, &storage_mb, &GB)
            .map(|_| ())
    };
    assert_eq!(quote(bucket_id, 30 * DAY, GB), Ok(()));
    assert_eq!(quote(99, 30 * DAY, GB), Err(Ok(DealsError::BucketNotFound)));
    assert_eq!(
        quote(bucket_id, 1, GB),
        Err(Ok(DealsError::DurationOutOfBounds))
    );
    assert_eq!(
        quote(bucket_id, DAY, MAX_DEAL_MB + 1),
        Err(Ok(DealsError::SizeOutOfBounds))
    );
}

#[test]
fn amounts_and_ids_beyond_their_bounds_are_refused() {
    let world = World::new();
    let deal = world.deal().accepted();
    let fund = |amount: u128, repo_id: &str| {
        let parties = (&deal.consumer.address, &deal.provider.address);
        let args = (parties.0, parties.1, deal.id, amount, world.text(repo_id));
        world
            .by(&deal.consumer)
            .deals::<()>("set_deal_funded", args)
    };
    let too_much = MAX_MONEY.unsigned_abs() + 1;
    assert_eq!(fund(0, "repo"), refused(DealsError::AmountOutOfBounds));
    assert_eq!(
        fund(too_much, "repo"),
        refused(DealsError::AmountOutOfBounds)
    );
    assert_eq!(
        fund(u128::MAX, "repo"),
        refused(DealsError::AmountOutOfBounds)
    );
    assert_eq!(fund(1, "repo"), refused(DealsError::BelowMinimum));
    let enough = 10 * USD.unsigned_abs();
    assert_eq!(fund(enough, ""), refused(DealsError::RepoIdLength));
    assert_eq!(
        fund(enough, &"x".repeat(129)),
        refused(DealsError::RepoIdLength)
    );
    world.fund(&deal, 10 * USD).expect("funded");

    for amount in [0, too_much, u128::MAX] {
        let error = refused(DealsError::AmountOutOfBounds);
        let parties = (&deal.consumer.address, &deal.provider.address);
        let by_consumer = world.by(&deal.consumer);
        let deposit = (parties.0, parties.1, deal.id, amount);
        assert_eq!(by_consumer.deals::<()>("deposit_to_deal", deposit), error);
        let reduce = (parties.0, deal.id, amount);
        assert_eq!(by_consumer.deals::<()>("reduce_deposit", reduce), error);
        let sponsor = (&world.mallory.address, deal.id, amount);
        assert_eq!(
            world
                .by(&world.mallory)
                .deals::<()>("sponsor_deal", sponsor),
            error
        );
    }
}

#[test]
fn unknown_deals_and_strangers_get_their_own_errors() {
    let world = World::new();
    let deal = world.deal().funded();
    let (ada, bert) = (&world.ada.address, &world.bert.address);
    let (carol, dan) = (&world.carol.address, &world.dan.address);
    let by_carol = world.by(&world.carol);
    let unknown = refused(DealsError::DealNotFound);
    assert_eq!(by_carol.deals::<()>("close_deal", (carol, 99_u32)), unknown);
    assert_eq!(
        world
            .unsigned()
            .deals::<u32>("advance_deal", (99_u32,))
            .err(),
        unknown.err()
    );
    let stranger = refused(DealsError::PartyMismatch);
    assert_eq!(
        world
            .by(&world.dan)
            .deals::<()>("close_deal", (dan, deal.id)),
        stranger
    );
    let complete = (carol, bert, deal.id);
    assert_eq!(
        by_carol.deals::<()>("set_deal_completed", complete),
        stranger
    );
    let cancel = (bert, carol, deal.id);
    assert_eq!(
        world
            .by(&world.bert)
            .deals::<()>("set_deal_cancelled", cancel),
        stranger
    );
    let stage = (bert, carol, deal.id, 1_u64, 1_u64);
    assert_eq!(
        world
            .as_oracle()
            .deals::<()>("update_deal_consumption", stage),
        stranger
    );
    assert_eq!(world.deals().get_deal(dan, ada, &deal.id), None);
}

#[test]
fn batches_and_reads_are_bounded() {
    let world = World::new();
    let deal = world.deal().funded();
    let page = world.deals().get_deal_page(&deal.id).expect("live");
    let env = &world.env;
    let books = |n: u32, items: u32| {
        let book = BookDeals {
            provider: page.provider.clone(),
            asset: page.asset.clone(),
            page: page.page,
            deal_ids: Vec::from_iter(env, (0..items).map(|_| deal.id)),
        };
        Vec::from_iter(env, (0..n).map(|_| book.clone()))
    };
    let settle = |n, items| {
        world
            .unsigned()
            .deals::<Vec<u32>>("settle", (books(n, items),))
    };
    assert_eq!(
        settle(61, 0).err(),
        refused::<()>(DealsError::BatchTooLarge).err()
    );
    assert_eq!(
        settle(2, 51).err(),
        refused::<()>(DealsError::BatchTooLarge).err()
    );
    assert_eq!(settle(2, 50).map(|codes| codes.len()), Ok(100));
    let book = BookReports {
        provider: page.provider.clone(),
        asset: page.asset.clone(),
        page: page.page,
        reports: Vec::from_iter(
            env,
            (0..101).map(|_| (deal.id, 0_u128, 0_u64, 0_u32, 0_u32, 0_u64)),
        ),
    };
    let answer = world
        .as_oracle()
        .deals::<Vec<u32>>("report", (vec![env, book],));
    assert_eq!(answer.err(), refused::<()>(DealsError::BatchTooLarge).err());

    let ids = |n: u32| Vec::from_iter(env, 1..=n);
    assert_eq!(
        world.deals().try_get_meters(&ids(101)),
        Err(Ok(DealsError::TooManyItems))
    );
    let meters = world.deals().get_meters(&ids(100));
    assert_eq!((meters.len(), meters.iter().flatten().count()), (100, 1));
}

#[test]
fn a_policy_out_of_bounds_is_refused_and_the_old_one_stays() {
    let world = World::new();
    let mut policy = default_policy();
    policy.fee_bps = 1_001;
    let answer = world.as_owner().deals::<u32>("add_policy", (policy,));
    assert_eq!(answer, refused(DealsError::PolicyOutOfBounds));
    assert_eq!(world.deals().get_config().policy_version, 1);
    assert_eq!(world.deals().get_policy(&2), None);
}
