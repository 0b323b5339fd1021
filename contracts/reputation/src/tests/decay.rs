//! Decay as seen through the queries: computed when read, whole steps, towards 50.

use flash_interfaces::reputation::Outcome;

use super::World;
use crate::policy::DECAY_STEP_SECS;

#[test]
fn a_score_moves_one_point_at_the_end_of_each_step() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    world.record(Outcome::BreachedConsumer);
    world.advance(DECAY_STEP_SECS - 1);
    assert_eq!(world.scores(), (40, 40));
    world.advance(1);
    assert_eq!(world.scores(), (41, 41));
    world.advance(1);
    assert_eq!(world.scores(), (41, 41));
    world.advance(DECAY_STEP_SECS - 1);
    assert_eq!(world.scores(), (42, 42));
}

#[test]
fn thirty_days_are_ten_points_and_neutral_is_the_end() {
    let world = World::new();
    world.record_with_strangers(Outcome::BreachedProvider);
    world.record_with_strangers(Outcome::BreachedProvider);
    world.advance(30 * 86_400);
    assert_eq!(world.scores().0, 40);
    world.advance(30 * 86_400);
    assert_eq!(world.scores().0, 50);
    world.advance(3_650 * 86_400);
    assert_eq!(world.scores().0, 50);
}

#[test]
fn a_good_score_fades_to_neutral() {
    let world = World::new();
    world.record(Outcome::CompletedClean);
    world.advance(DECAY_STEP_SECS);
    assert_eq!(world.scores(), (51, 50));
    world.advance(DECAY_STEP_SECS);
    assert_eq!(world.scores(), (50, 50));
}

#[test]
fn outcomes_without_points_never_delay_decay() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    // One worthless outcome a day, each within a step: after three days a step is due all the same.
    for _ in 0..3 {
        world.advance(DECAY_STEP_SECS / 3);
        world.record(Outcome::CancelledBySilence);
    }
    assert_eq!(world.scores().0, 41);
    world.advance(DECAY_STEP_SECS - 1);
    world.record(Outcome::CancelledBySilence);
    assert_eq!(world.scores().0, 41);
    world.advance(1);
    assert_eq!(world.scores().0, 42);
}

#[test]
fn points_are_added_to_the_decayed_score_and_keep_the_started_step() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    world.advance(2 * DECAY_STEP_SECS + 100);
    world.record_with_strangers(Outcome::CancelledByNotice);
    assert_eq!(world.scores().0, 39);
    world.advance(DECAY_STEP_SECS - 101);
    assert_eq!(world.scores().0, 39);
    world.advance(1);
    assert_eq!(world.scores().0, 40);
}

#[test]
fn time_at_neutral_is_no_step_in_advance() {
    let world = World::new();
    world.record(Outcome::CancelledBySilence);
    world.advance(10 * DECAY_STEP_SECS - 1);
    world.record(Outcome::BreachedProvider);
    assert_eq!(world.scores().0, 40);
    world.advance(DECAY_STEP_SECS - 1);
    assert_eq!(world.scores().0, 40);
    world.advance(1);
    assert_eq!(world.scores().0, 41);
}
