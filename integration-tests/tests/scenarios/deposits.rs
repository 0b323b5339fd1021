//! Deposits by anyone, and taking back surplus.

use flash_integration_tests::{refused, world::POCKET, Usage, World, DAY, GB, HOUR, USD};
use flash_interfaces::{deals::DealsError, escrow::EscrowError};

#[test]
fn refunds_go_to_the_consumer_whoever_sponsored() {
    let world = World::new();
    let deal = world.deal().deposit_usd(5).days(90).funded();
    world.sponsor(&world.mallory, &deal, 3 * USD).expect("live");
    world.deposit(&deal, 2 * USD).expect("live");
    assert_eq!(world.account(deal.id).locked, 10 * USD);
    assert_eq!(world.get(&deal).balance_consumer, 10_0000000);
    world.days(&deal, 3, Usage::stored_gb(100));
    let mut bill = deal.agreed.bill();
    bill.window(3 * DAY, 100 * GB, 0, 0);
    world.complete(&deal).expect("live");
    assert_eq!(world.balance(&world.mallory), POCKET - 3 * USD);
    assert_eq!(world.claimable(&world.mallory), 0);
    assert_eq!(
        world.balance(&world.carol),
        POCKET + 3 * USD - bill.charged()
    );
}

#[test]
fn surplus_can_be_taken_back_down_to_the_required_minimum() {
    let world = World::new();
    let deal = world
        .deal()
        .storage_gb(1_000)
        .days(90)
        .deposit_usd(100)
        .funded();
    let mut bill = deal.agreed.bill();
    world.days(&deal, 2, Usage::stored_gb(1_000).sent_gb(1));
    bill.window(2 * DAY, 1_000 * GB, 2 * GB, 0);
    let paid = bill.charged();

    // A window that is reported but not settled, and a day that is not reported.
    world.advance(DAY);
    assert_eq!(world.report(&deal, Usage::stored_gb(700)), 0);
    bill.window(DAY, 700 * GB, 0, 0);
    world.advance(DAY);
    let spare = 100 * USD - paid - bill.must_keep(paid, DAY);
    assert_eq!(
        world.reduce(&deal, spare + 1),
        refused(DealsError::LeavesTooLittle)
    );
    world.reduce(&deal, spare).expect("all that is to spare");
    assert_eq!(world.reduce(&deal, 1), refused(DealsError::LeavesTooLittle));
    assert_eq!(world.by(&world.carol).withdraw_all(), spare);
    assert_eq!(world.account(deal.id).refunded, spare);

    // The rest is enough for the unreported day.
    world.round(&deal, Usage::stored_gb(1_000));
    bill.window(DAY, 1_000 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    assert_eq!(world.meter(&deal).arrears_since_ts, 0);
}

#[test]
fn what_a_deal_needs_stays_in_it() {
    let world = World::new();
    let deal = world
        .deal()
        .storage_gb(1)
        .egress_gb(0)
        .deposit_usd(9)
        .funded();
    let needed = deal.agreed.bill().must_keep(0, 0);
    assert!(
        needed < deal.agreed.min_fund(),
        "the policy's asks for more"
    );
    let spare = 9 * USD - needed;
    assert_eq!(
        world.reduce(&deal, spare + 1),
        refused(DealsError::LeavesTooLittle)
    );
    world.reduce(&deal, spare).expect("down to the need");
    assert_eq!(world.account(deal.id).locked, needed);
    // Near the end no more than the rest of the term is needed.
    let ending = world
        .deal()
        .storage_gb(1_000)
        .egress_gb(0)
        .days(30)
        .funded();
    world.days(&ending, 29, Usage::stored_gb(500));
    let locked = world.account(ending.id).locked;
    let mut bill = ending.agreed.bill();
    bill.window(29 * DAY, 500 * GB, 0, 0);
    let paid = bill.charged();
    bill.window(DAY, 1_000 * GB, 0, 0);
    let spare = locked - (bill.charged() - paid);
    assert_eq!(
        world.reduce(&ending, spare + 1),
        refused(DealsError::LeavesTooLittle)
    );
    world.reduce(&ending, spare).expect("a day is left");
}

#[test]
fn amounts_beyond_their_bounds_are_refused() {
    let world = World::new();
    let deal = world.deal().funded();
    let most = 1_i128 << 62;
    for amount in [0, most + 1, i128::MAX] {
        let refusal = refused(DealsError::AmountOutOfBounds);
        assert_eq!(world.deposit(&deal, amount), refusal);
        assert_eq!(world.sponsor(&world.mallory, &deal, amount), refusal);
        assert_eq!(world.reduce(&deal, amount), refusal);
        let other = world.deal().accepted();
        assert_eq!(world.fund(&other, amount), refusal);
    }
    // Within the limits alone, but beyond them together with the deposits; and more than anybody
    // has.
    assert_eq!(
        world.deposit(&deal, most),
        refused(EscrowError::AmountTooLarge)
    );
    let unfunded = world.deal().accepted();
    assert_eq!(
        world.fund(&unfunded, most),
        refused(EscrowError::TokenRefused)
    );
}

#[test]
fn money_is_added_from_funding_until_release() {
    let world = World::new();
    let deal = world.deal().accepted();
    assert_eq!(world.deposit(&deal, USD), refused(DealsError::NotFunded));
    world.fund(&deal, deal.agreed.quote()).expect("accepted");
    world.advance(HOUR);
    world.close(&deal).expect("live");
    world.deposit(&deal, USD).expect("closed, not released");
    assert_eq!(world.reduce(&deal, 1), refused(DealsError::NotFunded));
    world.final_report(&deal, Usage::stored_gb(100));
    assert_eq!(world.deposit(&deal, USD), refused(DealsError::NotFunded));
    assert_eq!(
        world.sponsor(&world.mallory, &deal, USD),
        refused(DealsError::NotFunded)
    );
    assert_eq!(world.reduce(&deal, 1), refused(DealsError::NotFunded));
}
