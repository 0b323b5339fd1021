//! A pause stops only what starts a new obligation, and ends by itself.

use flash_integration_tests::{refused, Answer, Usage, World, DAY, USD};
use flash_interfaces::{
    deals::{DealStatus, DealsError},
    registry::RegistryError,
};

fn pause(world: &World) {
    world
        .as_owner()
        .deals::<()>("pause", ())
        .expect("the owner");
    world
        .as_owner()
        .registry::<()>("pause", ())
        .expect("the owner");
}

#[test]
fn nothing_new_starts_while_paused() {
    let world = World::new();
    let bucket = world.bucket(&world.bert).listed();
    let pending = world.deal().created();
    let accepted = world.deal().accepted();
    pause(&world);
    let paused = refused(DealsError::Paused);
    assert_eq!(
        world.deal().provider(&world.bert).try_created(bucket),
        refused(DealsError::Paused)
    );
    assert_eq!(world.accept(&pending), paused);
    assert_eq!(world.fund(&accepted, 5 * USD), paused);

    let eve = flash_integration_tests::Person::contract(&world.env, "Eve");
    for command in [
        "register_provider",
        "register_consumer",
        "register_full_user",
    ] {
        let answer: Answer = world
            .by(&eve)
            .registry(command, (&eve.address, world.text("Eve")));
        assert_eq!(answer, refused(RegistryError::Paused), "{command}");
    }
    // Calls that only refuse or end something still work.
    world.reject(&pending).expect("pending");
    world.withdraw_deal(&accepted).expect("accepted");
    let lock: Answer = world
        .by(&world.bert)
        .registry("lock_bucket", (&world.bert.address, bucket));
    lock.expect("locking only refuses");
}

#[test]
fn running_deals_continue_while_paused_and_everybody_can_leave() {
    let world = World::new();
    let leaving = world.deal().deposit_usd(5).days(90).funded();
    let staying = world
        .deal()
        .consumer(&world.dan)
        .deposit_usd(5)
        .days(90)
        .funded();
    pause(&world);
    for deal in [&leaving, &staying] {
        world.days(deal, 1, Usage::stored_gb(10).sent_gb(1));
        world.deposit(deal, USD).expect("live");
        world.sponsor(&world.mallory, deal, USD).expect("live");
        world.reduce(deal, USD).expect("live");
        world.advance(1);
        world.stage_consumption(deal, 1, 1).expect("live");
        world.stage_service(deal, 1, 1).expect("live");
        world.pay_pending(deal).expect("staged");
    }
    world.cancel(&leaving).expect("live");
    world.advance(7 * DAY);
    world.steps(&leaving);
    assert_eq!(world.status(&leaving), DealStatus::Cancelled);
    world.complete(&staying).expect("live");
    world.advance(3 * DAY);
    for deal in [&leaving, &staying] {
        world.steps(deal);
        assert!(world.account(deal.id).released);
        world.delete(deal).expect("over");
    }
    for person in [&world.carol, &world.dan] {
        assert!(world.by(person).withdraw_all() > 0);
    }
    world.by(&world.ada).withdraw_all();
    let s = world.solvency();
    assert_eq!((s.locked, s.claimable, s.surplus), (0, 0, 0));
}

#[test]
fn a_pause_ends_by_itself_after_fourteen_days() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).listed();
    pause(&world);
    world.advance(14 * DAY - 1);
    let try_created = || world.deal().try_created(bucket);
    assert_eq!(try_created(), refused(DealsError::Paused));
    world.advance(1);
    try_created().expect("the pause is over");
    assert_eq!(world.deals().get_config().admin.paused_until_ts, None);
}

#[test]
fn the_owner_ends_a_pause_early() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).listed();
    pause(&world);
    world
        .as_owner()
        .deals::<()>("unpause", ())
        .expect("the owner");
    // The registry's pause is separate: it does not stop deals on listed buckets.
    world.deal().try_created(bucket).expect("unpaused");
}
