//! Adversarial cases that no other suite has. `cases.tsv` names the tests of every case.

use flash_escrow::testutils::Trust;
use flash_integration_tests::{unauthorised, Answer, Deal, Usage, World, DAY, GB, USD};
use flash_interfaces::{
    deals::{Advance, BookReports, DealRequest, DealStatus, DealsError},
    escrow::{BookPayments, OpenAccount},
};
use soroban_sdk::{
    contract, contractimpl, vec, Address, Env, Error, IntoVal, Symbol, TryFromVal, Val, Vec,
};

/// A contract that forwards calls.
#[contract]
struct Proxy;

#[contractimpl]
impl Proxy {
    pub fn pass_on(env: Env, contract: Address, function: Symbol, args: Vec<Val>) -> Val {
        env.invoke_contract(&contract, &function, args)
    }
}

fn invoke<T: TryFromVal<Env, Val>>(
    world: &World,
    contract: &Address,
    command: &str,
    args: Vec<Val>,
) -> Answer<T> {
    let command = Symbol::new(&world.env, command);
    let answer = world
        .env
        .try_invoke_contract::<T, Error>(contract, &command, args);
    world.env.set_auths(&[]);
    match answer {
        Ok(value) => Ok(value.unwrap_or_else(|_| panic!("another type"))),
        Err(error) => Err(error.expect("every error is an Error")),
    }
}

#[test]
fn a_contract_between_caller_and_escrow_gains_nothing() {
    let world = World::new();
    let deal = world.deal().funded();
    world.days(&deal, 1, Usage::stored_gb(100));
    let proxy = world.env.register(Proxy, ());
    let (env, asset, mallory) = (&world.env, world.asset.address(), &world.mallory.address);
    let book = BookPayments {
        provider: deal.provider.address.clone(),
        asset: asset.clone(),
        page: 0,
        payments: vec![env, (deal.id, 1_i128)],
    };
    let account = OpenAccount {
        deal_id: 99,
        consumer: mallory.clone(),
        provider: mallory.clone(),
        asset: asset.clone(),
        page: 0,
        fee_bps: 0,
        amount: 1,
    };
    let calls: [(&str, Vec<Val>); 6] = [
        ("open", (account,).into_val(env)),
        ("deposit", (deal.id, mallory, 1_i128).into_val(env)),
        ("settle", (vec![env, book], true).into_val(env)),
        ("refund", (deal.id, 1_i128).into_val(env)),
        ("close", (deal.id, 0_i128, 0_i128, true, true).into_val(env)),
        (
            "withdraw",
            (&deal.provider.address, &asset, mallory, 1_i128, 1_i128).into_val(env),
        ),
    ];
    let before = world.solvency();
    for (command, args) in calls {
        let through: Vec<Val> = (&world.at.escrow, Symbol::new(env, command), args).into_val(env);
        let signed = world.mallory.sign(&soroban_sdk::testutils::MockAuthInvoke {
            contract: &proxy,
            fn_name: "pass_on",
            args: through.clone(),
            sub_invokes: &[],
        });
        env.set_auths(&[signed]);
        let answer: Answer<Val> = invoke(&world, &proxy, "pass_on", through);
        assert!(unauthorised(&answer), "{command}: {answer:?}");
    }
    assert_eq!(world.solvency(), before);
}

#[test]
fn no_constructor_can_be_called_again() {
    let world = World::new();
    let (env, at, mallory) = (&world.env, &world.at, &world.mallory.address);
    let asset = world.asset.address();
    let delay = 21 * DAY;
    let policy = world.deals().get_policy(&1).expect("the first policy");
    let oracle = Some(mallory.clone());
    let calls: [(&Address, Vec<Val>); 5] = [
        (
            &at.registry,
            (mallory, mallory, mallory, delay).into_val(env),
        ),
        (
            &at.deals,
            (mallory, oracle, mallory, mallory, mallory, policy, delay).into_val(env),
        ),
        (&at.escrow, (mallory, mallory, &asset, delay).into_val(env)),
        (&at.reputation, (mallory, mallory, delay).into_val(env)),
        (
            &at.mandates,
            (mallory, mallory, mallory, delay).into_val(env),
        ),
    ];
    for (contract, args) in calls {
        // Even with every possible signature.
        env.mock_all_auths();
        let answer: Answer<Val> = invoke(&world, contract, "__constructor", args);
        assert!(answer.is_err());
    }
    let owner = Some(world.owner.address.clone());
    assert_eq!(world.deals().get_config().admin.owner, owner);
    assert_eq!(world.escrow().get_config().deals, at.deals);
}

#[test]
fn contracts_of_the_system_and_the_asset_cannot_be_parties() {
    let world = World::new();
    let at = &world.at;
    let bucket_id = world.bucket(&world.ada).listed();
    let request = DealRequest {
        provider_id: world.ada.address.clone(),
        bucket_id,
        fb_repo_id: world.text(""),
        duration_secs: 30 * DAY,
        agreed_storage_mb: GB,
        agreed_egress_mb: GB,
        api_compatibility: world.text("S3"),
        max_price_storage: u128::MAX,
        max_price_egress: u128::MAX,
        policy_version: 1,
        offer_revision: 1,
        succeeds: None,
    };
    let asset = world.asset.address();
    for party in [&at.escrow, &at.deals, &at.registry, &at.reputation, &asset] {
        world.env.mock_all_auths();
        let registered = world
            .registry()
            .try_register_consumer(party, &world.text("the system"));
        let asked = world.deals().try_create_deal_at(party, &request);
        world.env.set_auths(&[]);
        // Nobody can sign for our contracts, but the asset contract could be made to sign.
        let refused = asked == Err(Ok(DealsError::PartyNotAllowed));
        assert!(refused || registered.is_err(), "{asked:?}");
        assert!(asked.is_err());
    }
    assert_eq!(world.deals().get_deal_count(), 0);
}

/// A deal one day after its last report.
fn a_day_unreported(world: &World) -> Deal {
    let deal = world.deal().storage_gb(1_000).days(90).funded();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    world.advance(DAY);
    deal
}

#[test]
fn reports_on_ended_deals_complete_them_once_and_then_change_nothing() {
    let not_on_page = DealsError::NotOnPage as u32;
    let endings: [fn(&World) -> Deal; 4] = [
        |world| {
            let deal = a_day_unreported(world);
            world.close(&deal).expect("live");
            assert_eq!(world.status(&deal), DealStatus::Completed);
            deal
        },
        |world| {
            let deal = a_day_unreported(world);
            world.cancel(&deal).expect("live");
            world.close(&deal).expect("live");
            assert_eq!(world.status(&deal), DealStatus::Cancelled);
            deal
        },
        |world| {
            let deal = world.deal().egress_gb(0).storage_gb(1_000).days(90);
            let deal = deal.deposit_usd(5).funded();
            world.days(&deal, 8, Usage::stored_gb(1_000));
            world.advance(DAY);
            world.close(&deal).expect("live");
            world.final_report(&deal, Usage::stored_gb(1_000));
            world.advance(3 * DAY);
            assert_eq!(world.step(&deal), Advance::Released);
            assert_eq!(world.status(&deal), DealStatus::BreachedConsumer);
            deal
        },
        |world| {
            let deal = a_day_unreported(world);
            world.round(&deal, Usage::stored_gb(1_000).served(200, 0));
            world.days(&deal, 2, Usage::stored_gb(1_000).served(200, 0));
            world.advance(DAY);
            world.close(&deal).expect("live");
            assert_eq!(world.status(&deal), DealStatus::BreachedProvider);
            deal
        },
    ];
    for end in endings {
        let world = World::new();
        let deal = end(&world);
        let close_ts = world.meter(&deal).close_ts;
        let held = !world.account(deal.id).released;
        if held {
            assert_eq!(
                world.report_through(&deal, Usage::stored_gb(1), close_ts),
                0
            );
        }
        assert!(world.account(deal.id).released);
        let money = (world.solvency(), world.account(deal.id));
        let reading = world.reading(&deal, Usage::stored_gb(1_000), close_ts + 1);
        let book = BookReports {
            provider: deal.provider.address.clone(),
            asset: world.asset.address(),
            page: 0,
            reports: vec![&world.env, reading],
        };
        for settling in [false, true] {
            let codes = world.report_batch(std::slice::from_ref(&book), settling);
            assert_eq!(codes, [not_on_page]);
        }
        assert!(world.stage_consumption(&deal, 1, 1).is_err());
        assert_eq!((world.solvency(), world.account(deal.id)), money);
    }
}

#[test]
fn an_outage_window_costs_the_same_in_every_order_of_settling() {
    let mut seen = None;
    for settled_after in 0..8_u32 {
        let world = World::new();
        let deal = world.deal().storage_gb(1_000).days(90).funded();
        let clean = Usage::stored_gb(1_000);
        for (nth, usage) in [clean, clean.served(200, 9_000), clean]
            .into_iter()
            .enumerate()
        {
            world.advance(DAY);
            assert_eq!(world.report(&deal, usage), 0);
            // A fully credited window leaves nothing to settle; then this does nothing.
            if settled_after & (1 << nth) != 0 {
                world.settle(&deal);
            }
        }
        world.settle(&deal);
        let money = (world.account(deal.id), world.meter(&deal));
        assert!(money.1.credited > 0);
        let first = seen.get_or_insert_with(|| money.clone());
        assert_eq!(money, *first, "settled after {settled_after:03b}");
    }
}

#[test]
fn settle_report_and_close_in_every_order_move_the_same_money() {
    let orders = ["src", "scr", "rsc", "rcs", "csr", "crs"];
    let mut seen = None;
    for order in orders {
        let world = World::new();
        let deal = a_day_unreported(&world);
        for step in order.chars() {
            match step {
                // A released deal is on no page any more.
                's' if world.deals().get_deal_page(&deal.id).is_some() => {
                    world.settle(&deal);
                    // Settling twice has the effect of settling once.
                    assert_eq!(world.settle(&deal), DealsError::NothingToSettle as u32);
                }
                's' => assert!(world.account(deal.id).released),
                'r' => {
                    let now = world.now();
                    assert_eq!(world.report_through(&deal, Usage::stored_gb(900), now), 0);
                }
                _ => world.close(&deal).expect("live"),
            }
        }
        assert!(world.account(deal.id).released, "{order}");
        let money = (world.account(deal.id), world.fees());
        let claims = (world.claimable(&world.ada), world.claimable(&world.carol));
        let all = (money, claims);
        let first = seen.get_or_insert_with(|| all.clone());
        assert_eq!(all, *first, "{order}");
    }
}

#[test]
fn copying_an_external_bucket_id_does_not_affect_the_original() {
    let world = World::new();
    let [own, copy] = [&world.ada, &world.bert].map(|provider| {
        let args = (
            &provider.address,
            world.text("archive"),
            world.text("eu-west"),
            world.text("fb-the-same"),
            world.text("S3"),
            200_000_u128,
            100_000_u128,
            200_u32,
            9_990_u32,
        );
        let listed = world.by(provider).registry::<u32>("create_bucket", args);
        listed.expect("external ids are not the registry's to judge")
    });
    assert_ne!(own, copy);
    // Funding, changing and locking the copy leaves the original free.
    let elsewhere = world
        .deal()
        .provider(&world.bert)
        .bucket(copy)
        .repo("same")
        .funded();
    let lock = (&world.bert.address, own);
    let answer: Answer = world.by(&world.bert).registry("lock_bucket", lock);
    assert!(answer.is_err());
    let here = world
        .deal()
        .consumer(&world.dan)
        .bucket(own)
        .repo("same")
        .funded();
    for deal in [&elsewhere, &here] {
        world.days(deal, 1, Usage::stored_gb(10));
        world.complete(deal).expect("live");
        assert_eq!(world.status(deal), DealStatus::Completed);
    }
}

#[test]
fn a_full_frozen_or_missing_account_is_paid_once_it_can_receive() {
    let world = World::builder().clawback_enabled().build();
    let deal = world.deal().storage_gb(1_000).days(90).funded();
    let full = Trust {
        balance: 1,
        limit: 1,
        clawback: true,
        ..Trust::default()
    };
    let frozen = Trust {
        authorized: false,
        clawback: true,
        ..Trust::default()
    };
    for trust in [full, frozen] {
        world.ada.set_trustline(&world.asset, trust);
        world.advance(DAY);
        world.stage_consumption(&deal, 1_000 * GB, 0).expect("live");
        world
            .pay_pending(&deal)
            .expect("the payout waits, the round does not");
        let owed = world.claimable(&world.ada);
        assert!(owed > 0);
        let push: Answer<i128> = world
            .unsigned()
            .escrow("push", (&world.ada.address, world.asset.address()));
        assert!(push.is_err());
        world.ada.set_trustline(
            &world.asset,
            Trust {
                clawback: true,
                ..Trust::default()
            },
        );
        assert_eq!(world.by(&world.ada).withdraw_all(), owed);
    }
    assert!(world.balance(&world.ada) > USD / 2);
}
