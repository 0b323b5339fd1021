//! The evidence beside the score, and the queries.

use flash_interfaces::reputation::{Outcome, Record, ReputationError, Role};
use soroban_sdk::{testutils::Address as _, vec, Address, Vec};

use super::{World, ALL_OUTCOMES, START_TS, VOLUME};
use crate::policy::DECAY_STEP_SECS;

#[test]
fn an_address_without_outcomes_has_the_neutral_score_and_no_record() {
    let world = World::new();
    assert_eq!(world.scores(), (50, 50));
    for role in [Role::Provider, Role::Consumer] {
        assert_eq!(world.contract.get_record(&world.ada, &role), None);
    }
}

#[test]
fn the_record_counts_outcomes_volume_and_counterparties() {
    let world = World::new();
    for outcome in ALL_OUTCOMES {
        world.record(outcome);
    }
    let dan = Address::generate(&world.env);
    world.advance(100);
    world.record_for(&world.ada, &dan, Outcome::CompletedUnmeasured, 1);

    let of_ada = world.contract.get_record(&world.ada, &Role::Provider);
    let expected = Record {
        // 50 + 2 − 2 − 3 − 5: what is left of the ten points that Carol can take.
        score: 42,
        completed_milli: 4_000,
        completed_with_credit_milli: 2_000,
        cancelled_milli: 3_000,
        breached_by_provider_milli: 1_000,
        breached_by_consumer_milli: 1_000,
        volume: 9 * VOLUME + 1,
        distinct_counterparties: 1,
        first_outcome_ts: START_TS,
        last_outcome_ts: START_TS + 100,
    };
    assert_eq!(of_ada, Some(expected.clone()));

    let of_carol = world.contract.get_record(&world.carol, &Role::Consumer);
    let expected = Record {
        score: 41,
        volume: 9 * VOLUME,
        last_outcome_ts: START_TS,
        ..expected
    };
    assert_eq!(of_carol, Some(expected));
}

#[test]
fn an_outcome_without_points_makes_a_counterparty_too() {
    let world = World::new();
    world.record(Outcome::CancelledBySilence);
    world.record(Outcome::CompletedClean);
    let record = world.contract.get_record(&world.carol, &Role::Consumer);
    assert_eq!(record.map(|record| record.distinct_counterparties), Some(1));
}

#[test]
fn volume_saturates_and_the_outcome_is_still_written() {
    let world = World::new();
    for _ in 0..2 {
        world.record_for(
            &world.ada,
            &world.carol,
            Outcome::BreachedProvider,
            i128::MAX,
        );
    }
    let record = world
        .contract
        .get_record(&world.ada, &Role::Provider)
        .expect("written");
    assert_eq!(record.volume, i128::from(u64::MAX));
    assert_eq!(record.breached_by_provider_milli, 2_000);
    assert_eq!(record.score, 40);
}

#[test]
fn the_record_shows_the_decayed_score() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    world.advance(3 * DECAY_STEP_SECS);
    let record = world
        .contract
        .get_record(&world.ada, &Role::Provider)
        .expect("written");
    assert_eq!(record.score, 43);
    assert_eq!(record.last_outcome_ts, START_TS);
}

#[test]
fn scores_come_in_the_order_asked_for() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    let env = &world.env;
    let scores = world.contract.get_scores(&vec![
        env,
        (world.carol.clone(), Role::Consumer),
        (world.ada.clone(), Role::Provider),
        (world.ada.clone(), Role::Consumer),
        (world.ada.clone(), Role::Provider),
    ]);
    assert_eq!(scores, vec![env, 50, 40, 50, 40]);
    assert_eq!(world.contract.get_scores(&Vec::new(env)), Vec::new(env));
}

#[test]
fn fifty_scores_are_answered_and_fifty_one_refused() {
    let world = World::new();
    let mut asked = Vec::new(&world.env);
    for _ in 0..50 {
        asked.push_back((world.ada.clone(), Role::Provider));
    }
    assert_eq!(world.contract.get_scores(&asked).len(), 50);
    asked.push_back((world.ada.clone(), Role::Provider));
    assert_eq!(
        world.contract.try_get_scores(&asked),
        Err(Ok(ReputationError::TooManyScores))
    );
}

#[test]
fn a_record_survives_years_without_a_touch() {
    let world = World::new();
    world.record(Outcome::CompletedClean);
    world.advance(10 * 365 * 86_400);
    let record = world.contract.get_record(&world.ada, &Role::Provider);
    assert_eq!(record.map(|record| record.completed_milli), Some(1_000));
    // And the pair is known, though its entry was archived meanwhile.
    world.record(Outcome::CompletedClean);
    let record = world.contract.get_record(&world.ada, &Role::Provider);
    assert_eq!(record.map(|record| record.distinct_counterparties), Some(1));
}
