//! For each command: a world in which it succeeds, and the arguments.

use std::fs;

use flash_integration_tests::{deploy, mandate, Answer, Deal, Person, Usage, World, DAY, GB, USD};
use flash_interfaces::{
    admin::AdminError,
    deals::{BookDeals, BookReports, DealRequest},
    escrow::{BookPayments, OpenAccount},
    registry::{BucketFeatures, BucketStatus, Metering},
    reputation::{Ending, Outcome},
};
use soroban_sdk::{vec, Bytes, BytesN, Env, IntoVal, Val, Vec};

use crate::attempt::Call;

/// `None` if the scene is impossible in the mode of this test run.
pub type Scene = fn(&World, &'static str) -> Option<Call>;

type Args = Vec<Val>;

fn signed(signer: &Person, args: Args, other_args: Args) -> Option<Call> {
    Some(Call {
        args,
        other_args,
        signer: Some(signer.clone()),
        pulled: 0,
        refused_with: None,
    })
}

/// A command without a signature: `deals` calls it directly, or anyone does.
fn unsigned(args: Args) -> Option<Call> {
    Some(Call {
        other_args: args.clone(),
        args,
        signer: None,
        pulled: 0,
        refused_with: None,
    })
}

fn pulling(signer: &Person, args: Args, other_args: Args, pulled: i128) -> Option<Call> {
    signed(signer, args, other_args).map(|call| Call { pulled, ..call })
}

fn args(world: &World, args: impl IntoVal<Env, Args>) -> Args {
    args.into_val(&world.env)
}

// ---- registry ----

fn newcomer(world: &World) -> Option<Call> {
    let newton = Person::contract(&world.env, "Newton");
    let name = |text| args(world, (&newton.address, world.text(text)));
    signed(&newton, name("Newton"), name("Leibniz"))
}

pub fn register_provider(world: &World, _: &str) -> Option<Call> {
    newcomer(world)
}

pub fn register_consumer(world: &World, _: &str) -> Option<Call> {
    newcomer(world)
}

pub fn register_full_user(world: &World, _: &str) -> Option<Call> {
    newcomer(world)
}

fn renamed(world: &World, who: &Person) -> Option<Call> {
    let name = |text| args(world, (&who.address, world.text(text)));
    signed(who, name("a new name"), name("another name"))
}

pub fn update_provider(world: &World, _: &str) -> Option<Call> {
    renamed(world, &world.ada)
}

pub fn update_consumer(world: &World, _: &str) -> Option<Call> {
    renamed(world, &world.carol)
}

fn about(world: &World, signer: &Person, who: &Person, other: &Person) -> Option<Call> {
    signed(
        signer,
        args(world, (&who.address,)),
        args(world, (&other.address,)),
    )
}

pub fn delete_provider(world: &World, _: &str) -> Option<Call> {
    about(world, &world.ada, &world.ada, &world.bert)
}

pub fn delete_consumer(world: &World, _: &str) -> Option<Call> {
    about(world, &world.carol, &world.carol, &world.dan)
}

pub fn remove_provider(world: &World, _: &str) -> Option<Call> {
    about(world, &world.owner, &world.ada, &world.bert)
}

pub fn remove_consumer(world: &World, _: &str) -> Option<Call> {
    about(world, &world.owner, &world.carol, &world.dan)
}

pub fn readmit_provider(world: &World, _: &str) -> Option<Call> {
    removed(world, "remove_provider", &world.ada, &world.bert)
}

pub fn readmit_consumer(world: &World, _: &str) -> Option<Call> {
    removed(world, "remove_consumer", &world.carol, &world.dan)
}

/// A command of the owner about one of two people who are removed.
fn removed(world: &World, remove: &str, who: &Person, other: &Person) -> Option<Call> {
    for person in [who, other] {
        let answer: Answer = world.as_owner().registry(remove, (&person.address,));
        answer.expect("the owner");
    }
    about(world, &world.owner, who, other)
}

pub fn remove_bucket(world: &World, _: &str) -> Option<Call> {
    let bucket_id = world.bucket(&world.ada).listed();
    signed(
        &world.owner,
        args(world, (bucket_id,)),
        args(world, (bucket_id + 1,)),
    )
}

pub fn create_bucket(world: &World, _: &str) -> Option<Call> {
    let bucket = |price: u128| {
        let provider = &world.ada.address;
        let text = |text| world.text(text);
        let texts = (text("photos"), text("eu-west"), text("fb-1"), text("S3"));
        let (name, region, external_id, api) = texts;
        args(
            world,
            (
                provider,
                name,
                region,
                external_id,
                api,
                price,
                100_000_u128,
                200_u32,
                9_990_u32,
            ),
        )
    };
    signed(&world.ada, bucket(200_000), bucket(1))
}

/// A command of Ada on her bucket, with the arguments after provider and bucket id.
fn on_bucket<R>(world: &World, rest: impl Fn(bool) -> R) -> Option<Call>
where
    R: IntoVal<Env, Args>,
{
    let bucket_id = world.bucket(&world.ada).listed();
    let all = |other| {
        let mut all: Args = (&world.ada.address, bucket_id).into_val(&world.env);
        all.append(&rest(other).into_val(&world.env));
        all
    };
    signed(&world.ada, all(false), all(true))
}

pub fn update_bucket_basic(world: &World, _: &str) -> Option<Call> {
    let none = || None::<soroban_sdk::String>;
    on_bucket(world, |other| {
        (
            Some(world.text(if other { "cheap" } else { "solid" })),
            none(),
            none(),
        )
    })
}

pub fn update_bucket_conditions(world: &World, _: &str) -> Option<Call> {
    let none = || None::<soroban_sdk::String>;
    on_bucket(world, |other| {
        let price = Some(if other { 1_u128 } else { 2_u128 });
        (
            none(),
            none(),
            price,
            None::<u128>,
            None::<u32>,
            None::<u32>,
        )
    })
}

pub fn set_bucket_capacity(world: &World, _: &str) -> Option<Call> {
    on_bucket(world, |other| {
        (if other { 1_u64 } else { 1_000 }, 1_000_u64)
    })
}

pub fn set_bucket_features(world: &World, _: &str) -> Option<Call> {
    on_bucket(world, |other| {
        (BucketFeatures {
            versioning_enabled: true,
            encryption_at_rest: true,
            encryption_in_transit: true,
            object_locking: false,
            access_scope: world.text("private"),
            auto_accept_asset: other.then(|| world.asset.address()),
            auto_accept_policy: u32::from(other),
            tags: vec![&world.env],
        },)
    })
}

pub fn set_bucket_service(world: &World, _: &str) -> Option<Call> {
    on_bucket(world, |other| {
        let metering = if other {
            Metering::Provider
        } else {
            Metering::Gateway
        };
        (world.text("https://s3.example"), metering)
    })
}

pub fn set_bucket_status(world: &World, _: &str) -> Option<Call> {
    on_bucket(world, |other| {
        (if other {
            BucketStatus::Active
        } else {
            BucketStatus::Inactive
        },)
    })
}

fn bucket_only(world: &World) -> Option<Call> {
    let bucket_id = world.bucket(&world.ada).listed();
    let all = |bucket_id: u32| args(world, (&world.ada.address, bucket_id));
    signed(&world.ada, all(bucket_id), all(bucket_id + 1))
}

pub fn lock_bucket(world: &World, _: &str) -> Option<Call> {
    bucket_only(world)
}

pub fn unlock_bucket(world: &World, _: &str) -> Option<Call> {
    let call = bucket_only(world)?;
    world
        .by(&world.ada)
        .registry::<()>("lock_bucket", call.args.clone())
        .expect("locked");
    Some(call)
}

pub fn delete_bucket(world: &World, _: &str) -> Option<Call> {
    bucket_only(world)
}

pub fn reserve(world: &World, _: &str) -> Option<Call> {
    let bucket_id = world.bucket(&world.ada).listed();
    let (repo, any_offer) = (world.text("repo"), None::<u32>);
    let consumer = &world.carol.address;
    unsigned(args(
        world,
        (bucket_id, 7_u32, repo, consumer, GB, GB, any_offer),
    ))
}

pub fn replace(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    let terms = world.deals().get_deal_terms(&deal.id).expect("a deal");
    let sizes = (terms.agreed_storage_mb, terms.agreed_egress_mb);
    let any_offer = None::<u32>;
    let new = (GB, GB);
    unsigned(args(
        world,
        (
            deal.bucket_id,
            deal.id,
            sizes,
            true,
            7_u32,
            &deal.repo_id,
            new.0,
            new.1,
            any_offer,
        ),
    ))
}

pub fn release(world: &World, _: &str) -> Option<Call> {
    let deal = closed(world);
    let terms = world.deals().get_deal_terms(&deal.id).expect("a deal");
    let sizes = (terms.agreed_storage_mb, terms.agreed_egress_mb);
    unsigned(args(
        world,
        (
            deal.bucket_id,
            deal.id,
            &deal.repo_id,
            &terms.consumer_id,
            sizes.0,
            sizes.1,
            true,
        ),
    ))
}

// ---- deals ----

pub fn create_deal(world: &World, _: &str) -> Option<Call> {
    let bucket_id = world.bucket(&world.ada).listed();
    let all = |storage_mb: u64| {
        let parties = (&world.carol.address, &world.ada.address);
        let (repo, api) = (world.text(""), world.text("S3"));
        args(
            world,
            (
                parties.0,
                parties.1,
                bucket_id,
                repo,
                30 * DAY,
                storage_mb,
                GB,
                api,
            ),
        )
    };
    signed(&world.carol, all(GB), all(2 * GB))
}

pub fn create_deal_at(world: &World, _: &str) -> Option<Call> {
    let bucket_id = world.bucket(&world.ada).listed();
    let all = |max_price_storage: u128| {
        let request = DealRequest {
            provider_id: world.ada.address.clone(),
            bucket_id,
            fb_repo_id: world.text(""),
            duration_secs: 30 * DAY,
            agreed_storage_mb: GB,
            agreed_egress_mb: GB,
            api_compatibility: world.text("S3"),
            max_price_storage,
            max_price_egress: 1_000_000,
            policy_version: 1,
            offer_revision: 1,
            succeeds: None,
        };
        args(world, (&world.carol.address, request))
    };
    signed(&world.carol, all(1_000_000), all(2_000_000))
}

fn as_provider(world: &World, deal: &Deal) -> Option<Call> {
    let all = |id: u32| args(world, (&deal.provider.address, &deal.consumer.address, id));
    signed(&deal.provider, all(deal.id), all(deal.id + 1))
}

pub fn accept(world: &World, _: &str) -> Option<Call> {
    as_provider(world, &world.deal().created())
}

pub fn reject(world: &World, _: &str) -> Option<Call> {
    as_provider(world, &world.deal().created())
}

pub fn cancel(world: &World, _: &str) -> Option<Call> {
    as_provider(world, &world.deal().funded())
}

fn as_consumer(world: &World, deal: &Deal) -> Option<Call> {
    let all = |id: u32| args(world, (&deal.consumer.address, id));
    signed(&deal.consumer, all(deal.id), all(deal.id + 1))
}

pub fn withdraw_deal(world: &World, _: &str) -> Option<Call> {
    as_consumer(world, &world.deal().created())
}

pub fn close_deal(world: &World, _: &str) -> Option<Call> {
    as_consumer(world, &world.deal().funded())
}

pub fn fund(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().accepted();
    let all = |amount: u128| {
        let parties = (&deal.consumer.address, &deal.provider.address);
        args(
            world,
            (parties.0, parties.1, deal.id, amount, &deal.repo_id),
        )
    };
    pulling(
        &deal.consumer,
        all(10 * USD as u128),
        all(11 * USD as u128),
        10 * USD,
    )
}

pub fn deposit(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    let all = |amount: u128| {
        let parties = (&deal.consumer.address, &deal.provider.address);
        args(world, (parties.0, parties.1, deal.id, amount))
    };
    pulling(&deal.consumer, all(USD as u128), all(2 * USD as u128), USD)
}

pub fn sponsor(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    let all = |amount: u128| args(world, (&world.mallory.address, deal.id, amount));
    pulling(&world.mallory, all(USD as u128), all(2 * USD as u128), USD)
}

pub fn reduce(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().deposit_usd(100).funded();
    let all = |amount: u128| args(world, (&deal.consumer.address, deal.id, amount));
    signed(&deal.consumer, all(USD as u128), all(2 * USD as u128))
}

pub fn complete(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    let parties = (&deal.consumer.address, &deal.provider.address);
    let all = |id: u32| args(world, (parties.0, parties.1, id));
    signed(&deal.consumer, all(deal.id), all(deal.id + 1))
}

pub fn advance(world: &World, _: &str) -> Option<Call> {
    let deal = closed(world);
    unsigned(args(world, (deal.id,)))
}

pub fn settle(world: &World, _: &str) -> Option<Call> {
    let deal = used(world);
    let page = world.deals().get_deal_page(&deal.id).expect("live");
    let book = BookDeals {
        provider: page.provider,
        asset: page.asset,
        page: page.page,
        deal_ids: vec![&world.env, deal.id],
    };
    unsigned(args(world, (vec![&world.env, book],)))
}

fn as_oracle<R>(world: &World, deal: &Deal, rest: impl Fn(bool) -> R) -> Option<Call>
where
    R: IntoVal<Env, Args>,
{
    let all = |other| {
        let parties = (&deal.provider.address, &deal.consumer.address, deal.id);
        let mut all: Args = parties.into_val(&world.env);
        all.append(&rest(other).into_val(&world.env));
        all
    };
    signed(&world.oracle, all(false), all(true))
}

pub fn stage_consumption(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    world.advance(DAY);
    as_oracle(world, &deal, |other| {
        (if other { 2 * GB } else { GB }, 0_u64)
    })
}

pub fn stage_service(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    as_oracle(world, &deal, |other| {
        (if other { 2_u32 } else { 1 }, 9_999_u32)
    })
}

pub fn pay_pending(world: &World, _: &str) -> Option<Call> {
    let deal = used(world);
    let all = |id: u32| args(world, (&deal.provider.address, &deal.consumer.address, id));
    signed(&world.oracle, all(deal.id), all(deal.id + 1))
}

fn reports(world: &World) -> Option<Call> {
    let deal = world.deal().funded();
    world.advance(DAY);
    let all = |gb: u64| {
        let reading = world.reading(&deal, Usage::stored_gb(gb), world.now());
        let books: Vec<BookReports> = vec![&world.env, world.book(&deal, &[reading])];
        args(world, (books,))
    };
    signed(&world.oracle, all(10), all(20))
}

pub fn report(world: &World, _: &str) -> Option<Call> {
    reports(world)
}

pub fn report_and_settle(world: &World, _: &str) -> Option<Call> {
    reports(world)
}

pub fn delete_deal(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().created();
    world.withdraw_deal(&deal).expect("withdrawn");
    let all = |id: u32| args(world, (&deal.consumer.address, &deal.provider.address, id));
    signed(&world.owner, all(deal.id), all(deal.id + 1))
}

pub fn add_policy(world: &World, _: &str) -> Option<Call> {
    let all = |fee_bps: u32| {
        let mut policy = deploy::default_policy();
        policy.fee_bps = fee_bps;
        args(world, (policy,))
    };
    signed(&world.owner, all(100), all(1_000))
}

pub fn schedule_oracle(world: &World, _: &str) -> Option<Call> {
    about(world, &world.owner, &world.bert, &world.mallory)
}

pub fn cancel_oracle(world: &World, _: &str) -> Option<Call> {
    let next = (world.bert.address.clone(),);
    world
        .as_owner()
        .deals::<u64>("schedule_oracle", next)
        .expect("named");
    let none: Args = Vec::new(&world.env);
    signed(&world.owner, none.clone(), none)
}

pub fn suspend_oracle(world: &World, _: &str) -> Option<Call> {
    let none: Args = Vec::new(&world.env);
    signed(&world.owner, none.clone(), none)
}

/// A funded deal that owes something.
fn used(world: &World) -> Deal {
    let deal = world.deal().funded();
    world.advance(DAY);
    assert_eq!(world.report(&deal, Usage::stored_gb(100)), 0);
    deal
}

/// A deal closed by its consumer.
fn closed(world: &World) -> Deal {
    let deal = used(world);
    world.close(&deal).expect("closed");
    deal
}

// ---- escrow ----

pub fn escrow_open(world: &World, _: &str) -> Option<Call> {
    let account = OpenAccount {
        deal_id: 99,
        consumer: world.carol.address.clone(),
        provider: world.ada.address.clone(),
        asset: world.asset.address(),
        page: 9,
        fee_bps: 200,
        amount: USD,
    };
    paid_by_carol(args(world, (account,)))
}

pub fn escrow_deposit(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    paid_by_carol(args(world, (deal.id, &world.carol.address, USD)))
}

fn paid_by_carol(args: Args) -> Option<Call> {
    unsigned(args).map(|call| Call {
        pulled: USD,
        ..call
    })
}

pub fn escrow_settle(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    let book = BookPayments {
        provider: deal.provider.address.clone(),
        asset: world.asset.address(),
        page: world.account(deal.id).page,
        payments: vec![&world.env, (deal.id, 1_i128)],
    };
    unsigned(args(world, (vec![&world.env, book], false)))
}

pub fn escrow_refund(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    unsigned(args(world, (deal.id, 1_i128)))
}

pub fn escrow_close(world: &World, _: &str) -> Option<Call> {
    let deal = world.deal().funded();
    unsigned(args(world, (deal.id, 0_i128, 0_i128, true, false)))
}

/// Ada can claim the payment of a settlement.
fn paid(world: &World) {
    let deal = used(world);
    assert_eq!(world.settle(&deal), 0);
    assert!(world.claimable(&world.ada) > 0);
}

pub fn withdraw(world: &World, _: &str) -> Option<Call> {
    paid(world);
    let all = |to: &Person| {
        args(
            world,
            (
                &world.ada.address,
                world.asset.address(),
                &to.address,
                1_i128,
                1_i128,
            ),
        )
    };
    signed(&world.ada, all(&world.ada), all(&world.mallory))
}

pub fn push(world: &World, _: &str) -> Option<Call> {
    paid(world);
    unsigned(args(world, (&world.ada.address, world.asset.address())))
}

pub fn set_asset(world: &World, _: &str) -> Option<Call> {
    let token = || {
        let issuer = Person::contract(&world.env, "another issuer");
        world
            .env
            .register_stellar_asset_contract_v2(issuer.address)
            .address()
    };
    signed(
        &world.owner,
        args(world, (token(),)),
        args(world, (token(),)),
    )
}

pub fn send_funds_owner(world: &World, _: &str) -> Option<Call> {
    paid(world);
    let all = |amount: i128| args(world, (&world.dan.address, amount));
    signed(&world.owner, all(1), all(2))
}

pub fn withdraw_fees(world: &World, _: &str) -> Option<Call> {
    paid(world);
    let all = |amount: i128| args(world, (world.asset.address(), &world.dan.address, amount));
    signed(&world.owner, all(1), all(2))
}

/// On test networks the escrow administers the asset.
fn administer(world: &World) {
    world.as_issuer(|issuer| issuer.set_admin(&world.at.escrow));
}

pub fn faucet(world: &World, _: &str) -> Option<Call> {
    administer(world);
    let all = |amount: i128| args(world, (&world.dan.address, amount));
    signed(&world.dan, all(USD), all(2 * USD))
}

pub fn change_asset_admin(world: &World, _: &str) -> Option<Call> {
    administer(world);
    about(world, &world.owner, &world.bert, &world.mallory)
}

// ---- reputation ----

pub fn record(world: &World, _: &str) -> Option<Call> {
    let parties = (&world.ada.address, &world.carol.address);
    let ending = Ending {
        outcome: Outcome::CompletedClean,
        closed_in_grace: false,
        volume: 100 * USD,
        fee: 2 * USD,
        weight: 100 * USD,
    };
    unsigned(args(world, (1_u32, parties.0, parties.1, ending)))
}

pub fn set_points(world: &World, _: &str) -> Option<Call> {
    let all = |min_volume: i128| {
        let mut points = world.reputation().get_points();
        points.min_volume = min_volume;
        args(world, (points,))
    };
    signed(&world.owner, all(USD), all(2 * USD))
}

// ---- mandates ----

/// A deal of Carol's.
fn mandated(world: &World, top_up: i128) -> (Deal, Args) {
    let deal = world.deal().funded();
    let until_ts = world.now() + 30 * DAY;
    let carol = &world.carol.address;
    let set = args(world, (carol, deal.id, top_up, 10 * USD, until_ts));
    (deal, set)
}

pub fn set_mandate(world: &World, _: &str) -> Option<Call> {
    let (deal, set) = mandated(world, USD);
    let until_ts = world.now() + 30 * DAY;
    let carol = &world.carol.address;
    let other = args(world, (carol, deal.id, 2 * USD, 10 * USD, until_ts));
    signed(&world.carol, set, other)
}

pub fn revoke_mandate(world: &World, _: &str) -> Option<Call> {
    let (deal, set) = mandated(world, USD);
    let answer: Answer = world.by(&world.carol).mandates("set_mandate", set);
    answer.expect("the consumer");
    let of = |id: u32| args(world, (&world.carol.address, id));
    signed(&world.carol, of(deal.id), of(deal.id + 1))
}

pub fn draw(world: &World, _: &str) -> Option<Call> {
    let deal = world.due_for_a_draw(mandate::TOP_UP);
    unsigned(args(world, (deal.id,)))
}

// ---- all contracts ----

pub fn transfer_ownership(world: &World, _: &str) -> Option<Call> {
    let until = world.env.ledger().sequence() + 1_000;
    let all = |to: &Person| args(world, (&to.address, until));
    signed(&world.owner, all(&world.bert), all(&world.mallory))
}

pub fn accept_ownership(world: &World, contract: &str) -> Option<Call> {
    let offer = transfer_ownership(world, contract)?;
    as_owner(world, contract, "transfer_ownership", &offer.args);
    let none: Args = Vec::new(&world.env);
    signed(&world.bert, none.clone(), none)
}

fn hash(world: &World, byte: u8) -> BytesN<32> {
    BytesN::from_array(&world.env, &[byte; 32])
}

pub fn schedule_upgrade(world: &World, _: &str) -> Option<Call> {
    let all = |byte| args(world, (hash(world, byte),));
    signed(&world.owner, all(1), all(2))
}

pub fn cancel_upgrade(world: &World, contract: &str) -> Option<Call> {
    as_owner(
        world,
        contract,
        "schedule_upgrade",
        &args(world, (hash(world, 1),)),
    );
    let none: Args = Vec::new(&world.env);
    signed(&world.owner, none.clone(), none)
}

/// Needs Wasm to upgrade to, so it only runs on Wasm contracts.
pub fn upgrade(world: &World, contract: &str) -> Option<Call> {
    let wasm = fs::read(deploy::wasm_dir()?.join(format!("{contract}.wasm"))).expect("built");
    let wasm = Bytes::from_slice(&world.env, &wasm);
    let new_hash = world.env.deployer().upload_contract_wasm(wasm);
    as_owner(
        world,
        contract,
        "schedule_upgrade",
        &args(world, (&new_hash,)),
    );
    world.advance(deploy::UPGRADE_DELAY_SECS);
    let all = |hash: BytesN<32>| args(world, (hash, &world.owner.address));
    signed(&world.owner, all(new_hash), all(hash(world, 1)))
}

/// There is only one schema yet.
pub fn migrate(world: &World, _: &str) -> Option<Call> {
    let none: Args = Vec::new(&world.env);
    let refused_with = Some(AdminError::NothingToMigrate as u32);
    signed(&world.owner, none.clone(), none).map(|call| Call {
        refused_with,
        ..call
    })
}

pub fn pause(world: &World, _: &str) -> Option<Call> {
    let none: Args = Vec::new(&world.env);
    signed(&world.owner, none.clone(), none)
}

pub fn unpause(world: &World, contract: &str) -> Option<Call> {
    as_owner(world, contract, "pause", &Vec::new(&world.env));
    pause(world, contract)
}

/// The owner does something before the command.
fn as_owner(world: &World, contract: &str, command: &str, args: &Args) {
    let caller = world.as_owner();
    let _: Val = match contract {
        "registry" => caller.registry(command, args.clone()),
        "deals" => caller.deals(command, args.clone()),
        "escrow" => caller.escrow(command, args.clone()),
        "mandates" => caller.mandates(command, args.clone()),
        _ => caller.reputation(command, args.clone()),
    }
    .expect("the owner may");
}
