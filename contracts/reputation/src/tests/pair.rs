//! A pair gains once in seven days; losses always count.

use flash_interfaces::reputation::{Outcome, Role};
use flash_money::units::ONE_USD;
use soroban_sdk::{testutils::Address as _, Address};

use super::{World, VOLUME};
use crate::policy::PAIR_INTERVAL_SECS;

#[test]
fn the_week_of_a_pair_has_seven_days() {
    assert_eq!(PAIR_INTERVAL_SECS, 7 * 86_400);
}

#[test]
fn a_pair_gains_again_after_seven_days_and_not_a_second_earlier() {
    let early = World::new();
    early.record(Outcome::CompletedClean);
    early.advance(PAIR_INTERVAL_SECS - 1);
    // Two steps of decay have brought 52 and 51 back to 50.
    early.record(Outcome::CompletedClean);
    assert_eq!(early.scores(), (50, 50));
    // The refused gain does not start the week anew.
    early.advance(1);
    early.record(Outcome::CompletedClean);
    assert_eq!(early.scores(), (52, 51));

    let on_time = World::new();
    on_time.record(Outcome::CompletedClean);
    on_time.advance(PAIR_INTERVAL_SECS);
    on_time.record(Outcome::CompletedClean);
    assert_eq!(on_time.scores(), (52, 51));
}

#[test]
fn a_farming_pair_gets_one_gain_a_week_however_many_deals_it_makes() {
    let world = World::new();
    for _ in 0..100 {
        world.record(Outcome::CompletedClean);
    }
    assert_eq!(world.scores(), (52, 51));
    // In a steady state the decay of a week takes more than the pair can gain in it.
    for _ in 0..52 {
        world.advance(PAIR_INTERVAL_SECS);
        world.record(Outcome::CompletedClean);
        world.record(Outcome::CompletedClean);
    }
    assert_eq!(world.scores(), (52, 51));
}

#[test]
fn losses_count_within_the_week() {
    let world = World::new();
    world.record(Outcome::CompletedClean);
    world.record(Outcome::CompletedMajorCredit);
    assert_eq!(world.scores(), (50, 51));
    world.record(Outcome::BreachedProvider);
    world.record(Outcome::BreachedConsumer);
    assert_eq!(world.scores(), (40, 41));
}

#[test]
fn an_outcome_that_earned_nothing_leaves_the_pair_free_to_gain() {
    let world = World::new();
    world.record(Outcome::CancelledBySilence);
    world.record_for(
        &world.ada,
        &world.carol,
        Outcome::CompletedClean,
        10 * ONE_USD - 1,
    );
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (52, 51));
}

#[test]
fn a_gain_of_one_side_counts_for_the_pair() {
    let world = World::new();
    // The provider gets nothing for a minor credit, the consumer gains.
    world.record(Outcome::CompletedMinorCredit);
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (50, 51));
}

#[test]
fn other_pairs_are_not_held_back() {
    let world = World::new();
    let dan = Address::generate(&world.env);
    let bert = Address::generate(&world.env);
    world.record(Outcome::CompletedClean);
    world.record_for(&world.ada, &dan, Outcome::CompletedClean, VOLUME);
    world.record_for(&bert, &world.carol, Outcome::CompletedClean, VOLUME);
    assert_eq!(world.scores(), (54, 52));
    // The same two in swapped roles are another pair.
    world.record_for(&world.carol, &world.ada, Outcome::CompletedClean, VOLUME);
    assert_eq!(world.contract.get_score(&world.carol, &Role::Provider), 52);
}
