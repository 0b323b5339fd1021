//! The gains of a pair in seven days are at most those of one full deal; losses always count.

use flash_interfaces::reputation::{Outcome, Role};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use soroban_sdk::{testutils::Address as _, Address};

use super::{World, VOLUME};
use crate::allowance::SLOT_SECS;

#[test]
fn a_pair_gains_again_four_slots_later() {
    let world = World::new();
    // To the first second of a slot.
    world.advance(SLOT_SECS - super::START_TS % SLOT_SECS);
    world.record(Outcome::CompletedClean);
    world.advance(4 * SLOT_SECS - 1);
    // Three steps of decay have brought 52 and 51 back to 50.
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (50, 50));
    world.advance(1);
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (52, 51));
}

#[test]
fn a_farming_pair_gets_the_gains_of_one_deal_a_week_however_many_deals_it_makes() {
    let world = World::new();
    for _ in 0..100 {
        world.record(Outcome::CompletedClean);
    }
    assert_eq!(world.scores(), (52, 51));
    // In a steady state the decay of a week takes more than the pair can gain in it.
    for _ in 0..52 {
        world.advance(7 * SECS_PER_DAY);
        world.record(Outcome::CompletedClean);
        world.record(Outcome::CompletedClean);
        let (provider, consumer) = world.scores();
        assert!(provider <= 52 && consumer <= 51);
    }
}

#[test]
fn many_small_deals_of_a_pair_gain_what_one_does() {
    let world = World::new();
    for _ in 0..9 {
        // 0.2 points each.
        world.record_for(
            &world.ada,
            &world.carol,
            Outcome::CompletedClean,
            10 * ONE_USD,
        );
    }
    assert_eq!(world.scores(), (51, 51));
    for _ in 0..9 {
        world.record_for(
            &world.ada,
            &world.carol,
            Outcome::CompletedClean,
            10 * ONE_USD,
        );
    }
    assert_eq!(world.scores(), (52, 51));
}

#[test]
fn losses_count_within_the_week() {
    let world = World::new();
    world.record(Outcome::CompletedClean);
    world.record(Outcome::CompletedMajorCredit);
    assert_eq!(world.scores(), (50, 51));
    world.record_with_strangers(Outcome::BreachedProvider);
    world.record_with_strangers(Outcome::BreachedConsumer);
    assert_eq!(world.scores(), (40, 41));
}

#[test]
fn an_outcome_that_earned_nothing_leaves_the_pair_free_to_gain() {
    let world = World::new();
    world.record(Outcome::CancelledBySilence);
    world.record_for(&world.ada, &world.carol, Outcome::CompletedClean, 0);
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (52, 51));
}

#[test]
fn a_gain_of_one_side_counts_for_the_pair() {
    let world = World::new();
    // The provider gets nothing for a minor credit, the consumer a point: one is left to the provider.
    world.record(Outcome::CompletedMinorCredit);
    world.record(Outcome::CompletedClean);
    assert_eq!(world.scores(), (51, 51));
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
