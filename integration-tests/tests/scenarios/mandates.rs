//! Standing top-ups in the whole marketplace.

use flash_integration_tests::{mandate, refused, Usage, World, DAY};
use flash_interfaces::{deals::HealthLevel, mandates::MandatesError};

#[test]
fn a_deal_with_a_mandate_lives_on_without_its_consumer() {
    let world = World::new();
    let deal = world.due_for_a_draw(2 * mandate::TOP_UP);
    let wallet = world.balance(&world.carol);
    let mut drawn = 0;
    for _ in 0..75 {
        if let Ok(amount) = world.draw(&deal) {
            drawn += amount;
        }
        world.days(&deal, 1, Usage::stored_gb(1_000));
        assert_ne!(world.health(&deal).level, HealthLevel::Grace);
    }
    assert_eq!(drawn, 2 * mandate::TOP_UP);
    assert_eq!(world.balance(&world.carol), wallet - drawn);
    assert_eq!(world.token().balance(&world.at.mandates), 0);
}

#[test]
fn the_money_of_a_draw_comes_back_to_the_consumer_when_the_deal_is_closed() {
    let world = World::new();
    let deal = world.due_for_a_draw(mandate::TOP_UP);
    let claimable = world.claimable(&world.carol);
    assert_eq!(world.draw(&deal), Ok(mandate::TOP_UP));
    world.close(&deal).expect("live");
    world.advance(5 * DAY);
    world.steps(&deal);
    let account = world.account(deal.id);
    assert!(account.released);
    assert_eq!(world.claimable(&world.carol) - claimable, account.refunded);
    assert_eq!(world.draw(&deal), refused(MandatesError::DealNotLive));
}
