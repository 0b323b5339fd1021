//! Every row of the table of outcomes, for both roles, and the volume gate.

extern crate std;

use flash_interfaces::reputation::{Outcome, OutcomeRecorded, ReputationError, Role};
use flash_money::units::ONE_USD;
use soroban_sdk::{
    testutils::{Address as _, Events as _},
    Address, Event,
};

use super::{World, ALL_OUTCOMES, VOLUME};

/// Scores of (provider, consumer) after one outcome, with gains and without.
fn expected(outcome: Outcome, gains: bool) -> (u32, u32) {
    match (outcome, gains) {
        (Outcome::CompletedClean, true) => (52, 51),
        (Outcome::CompletedUnmeasured, true) => (51, 51),
        (Outcome::CompletedMinorCredit, true) => (50, 51),
        (Outcome::CompletedMajorCredit, true) => (48, 51),
        (
            Outcome::CompletedClean | Outcome::CompletedUnmeasured | Outcome::CompletedMinorCredit,
            false,
        )
        | (Outcome::CancelledBySilence, _) => (50, 50),
        (Outcome::CompletedMajorCredit, false) => (48, 50),
        (Outcome::CancelledByNotice, _) => (47, 50),
        (Outcome::BreachedProvider, _) => (40, 50),
        (Outcome::BreachedConsumer, _) => (50, 40),
    }
}

#[test]
fn every_outcome_gives_the_points_of_its_row() {
    for outcome in ALL_OUTCOMES {
        let world = World::new();
        world.record(outcome);
        assert_eq!(world.scores(), expected(outcome, true), "{outcome:?}");
    }
}

#[test]
fn below_the_volume_gate_only_losses_count() {
    for outcome in ALL_OUTCOMES {
        let world = World::new();
        world.record_for(&world.ada, &world.carol, outcome, 10 * ONE_USD - 1);
        assert_eq!(world.scores(), expected(outcome, false), "{outcome:?}");
    }
}

#[test]
fn at_the_volume_gate_gains_count() {
    for outcome in ALL_OUTCOMES {
        let world = World::new();
        world.record_for(&world.ada, &world.carol, outcome, 10 * ONE_USD);
        assert_eq!(world.scores(), expected(outcome, true), "{outcome:?}");
    }
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
    for _ in 0..6 {
        world.record(Outcome::BreachedProvider);
        world.record(Outcome::BreachedConsumer);
    }
    assert_eq!(world.scores(), (0, 0));

    let world = World::new();
    for _ in 0..60 {
        // A partner each, because a pair gains once a week.
        let partner = Address::generate(&world.env);
        world.record_for(&world.ada, &partner, Outcome::CompletedClean, VOLUME);
        let partner = Address::generate(&world.env);
        world.record_for(&partner, &world.carol, Outcome::CompletedClean, VOLUME);
    }
    assert_eq!(world.scores(), (100, 100));
}

#[test]
fn an_outcome_is_told_with_the_scores_after_it() {
    let world = World::new();
    world.sign(
        &world.deals,
        "record",
        (
            9_u32,
            &world.ada,
            &world.carol,
            Outcome::CompletedMajorCredit,
            VOLUME,
        ),
    );
    world.contract.record(
        &9,
        &world.ada,
        &world.carol,
        &Outcome::CompletedMajorCredit,
        &VOLUME,
    );
    let told = OutcomeRecorded {
        provider: world.ada.clone(),
        consumer: world.carol.clone(),
        deal_id: 9,
        outcome: Outcome::CompletedMajorCredit,
        volume: VOLUME,
        provider_score: 48,
        consumer_score: 51,
    };
    assert_eq!(
        world.env.events().all(),
        std::vec![told.to_xdr(&world.env, &world.contract.address)]
    );
}

#[test]
fn a_negative_volume_or_a_self_deal_is_refused_and_changes_nothing() {
    let world = World::new();
    let outcome = Outcome::CompletedClean;
    for (consumer, volume, error) in [
        (&world.carol, -1, ReputationError::NegativeVolume),
        (&world.carol, i128::MIN, ReputationError::NegativeVolume),
        (&world.ada, VOLUME, ReputationError::SameParty),
    ] {
        world.sign(
            &world.deals,
            "record",
            (1_u32, &world.ada, consumer, outcome, volume),
        );
        let answer = world
            .contract
            .try_record(&1, &world.ada, consumer, &outcome, &volume);
        assert_eq!(answer, Err(Ok(error)));
        assert_eq!(world.env.events().all(), std::vec![]);
        assert_eq!(world.contract.get_record(&world.ada, &Role::Provider), None);
    }
}

#[test]
fn a_volume_of_zero_is_an_outcome() {
    let world = World::new();
    world.record_for(&world.ada, &world.carol, Outcome::BreachedConsumer, 0);
    assert_eq!(world.scores(), (50, 40));
}
