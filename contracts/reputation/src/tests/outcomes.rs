//! Every row of the table of outcomes, for both roles, and what a gain costs.

extern crate std;

use flash_interfaces::reputation::{Ending, Outcome, OutcomeRecorded, ReputationError, Role};
use flash_money::units::ONE_USD;
use soroban_sdk::{
    testutils::{Address as _, Events as _},
    Address, Event,
};

use super::{ending, World, ALL_OUTCOMES, VOLUME};

/// Scores of (provider, consumer) after one outcome of full weight.
fn expected(outcome: Outcome) -> (u32, u32) {
    match outcome {
        Outcome::CompletedClean => (52, 51),
        Outcome::CompletedUnmeasured => (51, 51),
        Outcome::CompletedMinorCredit => (50, 51),
        Outcome::CompletedMajorCredit => (48, 51),
        Outcome::CancelledBySilence | Outcome::CancelledForOveruse => (50, 50),
        Outcome::CancelledByNotice => (47, 50),
        Outcome::BreachedProvider => (40, 50),
        Outcome::BreachedConsumer => (50, 40),
    }
}

#[test]
fn every_outcome_gives_the_points_of_its_row() {
    for outcome in ALL_OUTCOMES {
        let world = World::new();
        world.record(outcome);
        assert_eq!(world.scores(), expected(outcome), "{outcome:?}");
    }
}

#[test]
fn completing_a_deal_in_its_grace_gains_the_consumer_nothing() {
    for outcome in ALL_OUTCOMES {
        let world = World::new();
        let ending = Ending {
            closed_in_grace: true,
            ..ending(outcome, VOLUME)
        };
        world.record_ending(&world.ada, &world.carol, &ending);
        let (provider, consumer) = expected(outcome);
        assert_eq!(world.scores(), (provider, consumer.min(50)), "{outcome:?}");
    }
}

#[test]
fn a_gain_is_at_most_the_fee_in_usd() {
    let milli = 1_000;
    for (fee, score_after_ten) in [
        // Ten counterparties, a gain of 0.2 points each.
        (ONE_USD / 5, 52),
        (ONE_USD, 60),
        (2 * ONE_USD, 70),
        (100 * ONE_USD, 70),
        (ONE_USD / milli - 1, 50),
        (0, 50),
    ] {
        let world = World::new();
        for _ in 0..10 {
            let ending = Ending {
                fee,
                ..ending(Outcome::CompletedClean, VOLUME)
            };
            world.record_ending(&world.ada, &Address::generate(&world.env), &ending);
        }
        assert_eq!(world.scores().0, score_after_ten, "fee {fee}");
    }
}

#[test]
fn new_addresses_at_the_highest_price_buy_no_points_beyond_their_fees() {
    // 25 new consumers, 1 MB for 12 h, 10 USD paid each, with a fee of 0.20 USD: 5 points for 5 USD, not 50.
    let world = World::new();
    for _ in 0..25 {
        let consumer = Address::generate(&world.env);
        world.record_for(&world.ada, &consumer, Outcome::CompletedClean, 10 * ONE_USD);
    }
    assert_eq!(world.scores().0, 55);
}

#[test]
fn the_two_roles_of_an_address_are_scored_apart() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    world.record_for(&world.carol, &world.ada, Outcome::CompletedClean, VOLUME);
    let score = |who, role| world.contract.get_score(who, &role);
    assert_eq!(score(&world.ada, Role::Provider), 40);
    assert_eq!(score(&world.ada, Role::Consumer), 51);
    assert_eq!(score(&world.carol, Role::Provider), 52);
    assert_eq!(score(&world.carol, Role::Consumer), 50);
}

#[test]
fn a_score_stops_at_both_bounds() {
    let world = World::new();
    for _ in 0..10 {
        world.record_with_strangers(Outcome::BreachedProvider);
        world.record_with_strangers(Outcome::BreachedConsumer);
        world.advance(8 * 86_400);
    }
    let (provider, consumer) = world.scores();
    assert!(provider < 5 && consumer < 5, "{provider}, {consumer}");

    let world = World::new();
    for _ in 0..60 {
        world.record_with_strangers(Outcome::CompletedClean);
    }
    assert_eq!(world.scores(), (100, 100));
}

#[test]
fn an_outcome_is_published_with_the_scores_after_it() {
    let world = World::new();
    let ending = ending(Outcome::CompletedMajorCredit, VOLUME);
    world.sign(
        &world.deals,
        "record",
        (9_u32, &world.ada, &world.carol, ending.clone()),
    );
    world.contract.record(&9, &world.ada, &world.carol, &ending);
    let published = OutcomeRecorded {
        provider: world.ada.clone(),
        consumer: world.carol.clone(),
        deal_id: 9,
        outcome: Outcome::CompletedMajorCredit,
        volume: VOLUME,
        weight_milli: 1_000,
        provider_score: 48,
        consumer_score: 51,
    };
    assert_eq!(
        world.env.events().all(),
        std::vec![published.to_xdr(&world.env, &world.contract.address)]
    );
}

#[test]
fn a_negative_amount_or_a_self_deal_is_refused_and_changes_nothing() {
    let world = World::new();
    let good = ending(Outcome::CompletedClean, VOLUME);
    let negative = ReputationError::NegativeAmount;
    for (consumer, ending, error) in [
        (
            &world.carol,
            Ending {
                volume: -1,
                ..good.clone()
            },
            negative,
        ),
        (
            &world.carol,
            Ending {
                fee: -1,
                ..good.clone()
            },
            negative,
        ),
        (
            &world.carol,
            Ending {
                weight: i128::MIN,
                ..good.clone()
            },
            negative,
        ),
        (&world.ada, good, ReputationError::SameParty),
    ] {
        world.sign(
            &world.deals,
            "record",
            (1_u32, &world.ada, consumer, ending.clone()),
        );
        let answer = world.contract.try_record(&1, &world.ada, consumer, &ending);
        assert_eq!(answer, Err(Ok(error)));
        assert_eq!(world.env.events().all(), std::vec![]);
        assert_eq!(world.contract.get_record(&world.ada, &Role::Provider), None);
    }
}
