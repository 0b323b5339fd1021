//! A loss goes by what was charged, and is bounded in any seven days.

use flash_interfaces::reputation::{Outcome, Role};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use soroban_sdk::{testutils::Address as _, Address};

use super::{World, VOLUME};

const LOSSES: [(Outcome, Role, u32); 4] = [
    (Outcome::CompletedMajorCredit, Role::Provider, 2_000),
    (Outcome::CancelledByNotice, Role::Provider, 3_000),
    (Outcome::BreachedProvider, Role::Provider, 10_000),
    (Outcome::BreachedConsumer, Role::Consumer, 10_000),
];

#[test]
fn a_loss_goes_by_what_was_charged() {
    for (outcome, role, most_milli) in LOSSES {
        for (weight, part_milli) in [
            (0, 0),
            (1, 0),
            (ONE_USD, 100),
            (5 * ONE_USD, 500),
            (10 * ONE_USD - 1, 999),
            (10 * ONE_USD, 1_000),
            (i128::MAX, 1_000),
        ] {
            let world = World::new();
            world.record_for(&world.ada, &world.carol, outcome, weight);
            let who = match role {
                Role::Provider => &world.ada,
                Role::Consumer => &world.carol,
            };
            // The score is answered in whole points, rounded down.
            let lost_milli = most_milli * part_milli / 1_000;
            let score = world.contract.get_score(who, &role);
            let expected = (50_000 - lost_milli) / 1_000;
            let rounded = if weight == 10 * ONE_USD - 1 { 1 } else { 0 };
            assert!(
                score == expected || score == expected - rounded,
                "{outcome:?} of {weight}: {score}"
            );
        }
    }
}

#[test]
fn dust_deals_on_a_bad_day_cost_next_to_nothing() {
    // 25 deals of 1 GB by one consumer, 0.0006 USD charged each, all with more credit than a tenth.
    let world = World::new();
    for _ in 0..25 {
        world.record_for(
            &world.ada,
            &world.carol,
            Outcome::CompletedMajorCredit,
            6_000,
        );
    }
    assert_eq!(world.scores().0, 50);
}

#[test]
fn deals_that_were_charged_nothing_lose_nothing() {
    // Five dust deals breached, and 17 that store nothing, squat a bucket and are ended by notice.
    let world = World::new();
    for _ in 0..5 {
        world.record_for(&world.ada, &world.carol, Outcome::BreachedProvider, 0);
    }
    for _ in 0..17 {
        let consumer = Address::generate(&world.env);
        world.record_for(&world.ada, &consumer, Outcome::CancelledByNotice, 0);
    }
    assert_eq!(world.scores().0, 50);
    let record = world.contract.get_record(&world.ada, &Role::Provider);
    let record = record.expect("written");
    let counted = (
        record.breached_by_provider_milli,
        record.cancelled_milli,
        record.distinct_counterparties,
    );
    assert_eq!(counted, (0, 0, 0));
}

#[test]
fn one_counterparty_takes_ten_points_in_seven_days() {
    let world = World::new();
    for _ in 0..5 {
        world.record(Outcome::BreachedProvider);
    }
    assert_eq!(world.scores().0, 40);
    world.record(Outcome::BreachedConsumer);
    world.record(Outcome::BreachedConsumer);
    assert_eq!(world.scores(), (40, 40));
}

#[test]
fn all_counterparties_together_take_twenty_points_in_seven_days() {
    let world = World::new();
    for _ in 0..50 {
        world.record_with_strangers(Outcome::BreachedProvider);
        world.record_with_strangers(Outcome::BreachedConsumer);
    }
    assert_eq!(world.scores(), (30, 30));
    // A day before the week is over nothing more is lost, and what has decayed is all that moves.
    world.advance(6 * SECS_PER_DAY);
    world.record_with_strangers(Outcome::BreachedProvider);
    assert_eq!(world.scores(), (32, 32));
    // After four thirds of a week the allowance is whole again.
    world.advance(4 * SECS_PER_DAY);
    for _ in 0..50 {
        world.record_with_strangers(Outcome::BreachedProvider);
    }
    assert_eq!(world.scores().0, 33 - 20);
}

#[test]
fn a_counterparty_counts_with_its_first_deal_of_full_weight() {
    let world = World::new();
    let counterparties = || {
        let record = world.contract.get_record(&world.ada, &Role::Provider);
        record.map(|record| (record.distinct_counterparties, record.completed_milli))
    };
    world.record_for(&world.ada, &world.carol, Outcome::CompletedClean, ONE_USD);
    assert_eq!(counterparties(), Some((0, 100)));
    world.record_for(&world.ada, &world.carol, Outcome::CompletedClean, VOLUME);
    assert_eq!(counterparties(), Some((1, 1_100)));
    world.record_for(&world.ada, &world.carol, Outcome::CompletedClean, VOLUME);
    assert_eq!(counterparties(), Some((1, 2_100)));
}
