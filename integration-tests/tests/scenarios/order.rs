//! The outcome of a deal is known at its release. Neither the moment of closing nor the order in which
//! reports and deposits arrive makes anything free.

use flash_integration_tests::{Deal, Usage, World, DAY, HOUR, USD};
use flash_interfaces::deals::{Advance, DealStatus};

/// 10 USD a day.
const SIZE_GB: u64 = 15_000;

/// What happens in the last second of a deal.
#[derive(Clone, Copy, Debug)]
enum Event {
    Report(Usage),
    Close,
    /// By anybody.
    Deposit(i128),
    Settle,
}

/// A deal whose minimum deposit is used up, with the following day not reported yet.
fn spent_deal(world: &World) -> Deal {
    let deal = world.deal().storage_gb(SIZE_GB).egress_gb(0).days(90);
    let deal = deal.accepted();
    world
        .fund(&deal, deal.agreed.min_fund())
        .expect("the minimum");
    let days = deal.agreed.min_runway_secs / i128::from(DAY);
    let days = u64::try_from(days).expect("some days");
    world.days(&deal, days, Usage::stored_gb(SIZE_GB));
    assert_eq!(world.account(deal.id).locked, 0);
    world.advance(DAY);
    deal
}

/// A deal with two strikes, and a day not reported yet.
fn struck_deal(world: &World) -> Deal {
    let deal = world.deal().storage_gb(SIZE_GB).egress_gb(500).days(90);
    let deal = deal.funded();
    world.days(&deal, 2, Usage::stored_gb(SIZE_GB).served(200, 0));
    world.advance(DAY);
    deal
}

/// Plays events in this order. Answers with the outcome, what was paid and what came back.
fn ending(open: fn(&World) -> Deal, events: &[Event]) -> (DealStatus, i128, i128) {
    let world = World::new();
    let deal = open(&world);
    let now = world.now();
    for event in events {
        match event {
            Event::Report(usage) => assert_eq!(world.report_through(&deal, *usage, now), 0),
            Event::Close => world.close(&deal).expect("live"),
            Event::Deposit(amount) => world
                .sponsor(&world.mallory, &deal, *amount)
                .expect("not released"),
            Event::Settle => {
                // It pays, or says that there is nothing to pay.
                let _code = world.settle(&deal);
            }
        }
    }
    world.advance(3 * DAY);
    world.steps(&deal);
    assert!(world.meter(&deal).released);
    let refunded = world.account(deal.id).refunded;
    (world.status(&deal), world.meter(&deal).paid_total, refunded)
}

/// All orders of events.
fn orders(events: &[Event]) -> Vec<Vec<Event>> {
    if events.len() <= 1 {
        return vec![events.to_vec()];
    }
    let mut all = Vec::new();
    for nth in 0..events.len() {
        let mut rest = events.to_vec();
        let first = rest.remove(nth);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first);
            order
        }));
    }
    all
}

fn assert_all_end(open: fn(&World) -> Deal, events: &[Event], expected: (DealStatus, i128, i128)) {
    for order in orders(events) {
        assert_eq!(ending(open, &order), expected, "{order:?}");
    }
}

#[test]
fn a_day_that_cannot_be_paid_is_a_breach_closed_before_or_after_its_report() {
    let day = Event::Report(Usage::stored_gb(SIZE_GB));
    let deposit = spent_deal(&World::new()).agreed.min_fund();
    let breach = (DealStatus::BreachedConsumer, deposit, 0);
    assert_all_end(spent_deal, &[day, Event::Close], breach);
    assert_all_end(spent_deal, &[day, Event::Close, Event::Settle], breach);
    // A stroop is missing.
    let short = Event::Deposit(10 * USD - 1);
    let breach = (DealStatus::BreachedConsumer, deposit + 10 * USD - 1, 0);
    assert_all_end(spent_deal, &[day, Event::Close, short], breach);
}

#[test]
fn exactly_what_is_reported_can_be_deposited_in_every_order() {
    let day = Event::Report(Usage::stored_gb(SIZE_GB));
    let deposit = spent_deal(&World::new()).agreed.min_fund();
    let completed = (DealStatus::Completed, deposit + 10 * USD, 0);
    let events = [day, Event::Close, Event::Deposit(10 * USD)];
    assert_all_end(spent_deal, &events, completed);
}

/// Without its last hour reported, a deal in which exactly what is owed was deposited is not over.
#[test]
fn a_deposit_of_what_is_owed_does_not_pay_for_an_unreported_tail() {
    let world = World::new();
    let deal = spent_deal(&world);
    assert_eq!(world.report(&deal, Usage::stored_gb(SIZE_GB)), 0);
    world.advance(HOUR);
    world
        .deposit(&deal, world.meter(&deal).owed)
        .expect("any amount");
    world.close(&deal).expect("live");
    assert!(!world.meter(&deal).released, "an hour is not reported");
    world.final_report(&deal, Usage::stored_gb(SIZE_GB));
    world.advance(3 * DAY);
    assert_eq!(world.step(&deal), Advance::Released);
    assert_eq!(world.status(&deal), DealStatus::BreachedConsumer);
}

#[test]
fn the_deposit_that_covers_what_is_owed_releases_a_closed_deal() {
    let world = World::new();
    let deal = spent_deal(&world);
    world.close(&deal).expect("live");
    world.final_report(&deal, Usage::stored_gb(SIZE_GB));
    assert_eq!(world.meter(&deal).owed, 10 * USD);
    world
        .sponsor(&world.mallory, &deal, 9 * USD)
        .expect("not released");
    assert!(!world.meter(&deal).released);
    world.deposit(&deal, 2 * USD).expect("not released");
    assert!(world.account(deal.id).released);
    assert_eq!(world.status(&deal), DealStatus::Completed);
    assert_eq!(world.meter(&deal).owed, 0);
    assert_eq!(world.claimable(&world.carol), USD, "the rest");
}

#[test]
fn a_deposit_that_releases_a_deal_drops_what_was_staged() {
    let world = World::new();
    let deal = spent_deal(&world);
    world.close(&deal).expect("live");
    world.final_report(&deal, Usage::stored_gb(SIZE_GB));
    world
        .stage_service(&deal, 50, 10_000)
        .expect("not released");
    assert!(world.deals().get_stage(&deal.id).is_some());
    world.deposit(&deal, 10 * USD).expect("not released");
    assert!(world.account(deal.id).released);
    assert_eq!(world.deals().get_stage(&deal.id), None);
}

#[test]
fn a_breach_in_the_last_report_is_the_same_before_and_after_closing() {
    let outage = Usage::stored_gb(SIZE_GB).sent_gb(500).served(200, 0);
    let deal = struck_deal(&World::new());
    let egress = deal.agreed.prices.egress(deal.agreed.egress_mb);
    let breach = (
        DealStatus::BreachedProvider,
        egress,
        deal.agreed.quote() - egress,
    );
    assert_all_end(struck_deal, &[Event::Report(outage), Event::Close], breach);
}
