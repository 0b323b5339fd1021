//! Service below the SLA: credits, strikes, and the provider's breach.

use flash_integration_tests::{world::POCKET, Deal, Usage, World, DAY, GB, HOUR};
use flash_interfaces::{
    deals::{Advance, DealStatus, EndReason},
    reputation::Role,
};

fn big_deal(world: &World) -> Deal {
    world.deal().storage_gb(1_000).days(90).funded()
}

fn stored() -> Usage {
    Usage::stored_gb(1_000)
}

#[test]
fn each_verdict_gives_its_credit() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    // The SLA is 200 ms and 99.90 %.
    for (latency_ms, uptime_bps, credit_bps) in [
        (200, 9_990, 0),
        (1, 10_000, 0),
        (200, 9_989, 1_000),
        (200, 9_900, 1_000),
        (200, 9_899, 2_500),
        (200, 9_500, 2_500),
        (200, 9_499, 10_000),
        (200, 0, 10_000),
        (201, 9_990, 1_000),
        (240, 9_990, 1_000),
        (241, 9_990, 2_500),
        (60_000, 9_990, 2_500),
        (241, 9_989, 2_500),
        (201, 9_499, 10_000),
    ] {
        world.days(&deal, 1, stored().served(latency_ms, uptime_bps));
        bill.window(DAY, 1_000 * GB, 0, credit_bps);
        let meter = world.meter(&deal);
        let applied = (meter.paid_total, meter.credited);
        let expected = (bill.charged(), bill.credited());
        assert_eq!(applied, expected, "{latency_ms} ms, {uptime_bps} bps");
    }
    assert_eq!(
        u128::try_from(bill.credited()),
        Ok(world.get(&deal).slash_amount_usd)
    );
}

#[test]
fn a_window_that_is_short_or_not_measured_has_no_verdict() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    let bad = stored().served(200, 0);
    world.days(&deal, 1, bad);
    bill.window(DAY, 1_000 * GB, 0, 10_000);
    assert_eq!(world.meter(&deal).strikes, 1);

    world.advance(12 * HOUR - 1);
    world.round(&deal, bad);
    world.days(&deal, 1, stored().unmeasured());
    bill.window(12 * HOUR - 1, 1_000 * GB, 0, 0);
    bill.window(DAY, 1_000 * GB, 0, 0);
    assert_eq!(
        world.meter(&deal).strikes,
        1,
        "neither a strike nor a pardon"
    );
    assert_eq!(world.meter(&deal).paid_total, bill.charged());

    world.advance(12 * HOUR);
    world.round(&deal, bad);
    bill.window(12 * HOUR, 1_000 * GB, 0, 10_000);
    assert_eq!(world.meter(&deal).strikes, 2);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn strikes_in_a_row_let_anyone_end_the_deal_after_the_time_of_a_notice() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    let bad = stored().served(200, 9_000);
    // Two strikes, a better window, two more: no breach.
    for usage in [bad, bad, stored().served(200, 9_600), bad, bad] {
        world.days(&deal, 1, usage);
        assert_eq!(world.step(&deal), Advance::NothingDue);
    }
    bill.window(DAY, 1_000 * GB, 0, 2_500);
    world.days(&deal, 1, bad);
    bill.window(5 * DAY, 1_000 * GB, 0, 10_000);
    let breach_ts = world.now();
    assert_eq!(world.meter(&deal).breach_ts, breach_ts);
    // The consumer has a week to fetch the data. A better window takes nothing back.
    world.days(&deal, 1, stored());
    bill.window(DAY, 1_000 * GB, 0, 0);
    assert_eq!(world.meter(&deal).strikes, 0);
    world.advance_to(breach_ts + 7 * DAY - 1);
    assert_eq!(world.step(&deal), Advance::NothingDue);
    world.advance(1);
    let steps = [Advance::Closed, Advance::CapacityFreed];
    assert_eq!(world.steps(&deal), steps);
    assert_eq!(
        world.end(&deal),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
    // Nobody reports the last six days, and a provider in breach gets nothing for them.
    world.advance(3 * DAY);
    let steps = [Advance::Released, Advance::OutcomeWritten];
    assert_eq!(world.steps(&deal), steps);
    let charged = bill.charged();
    assert_eq!(world.meter(&deal).paid_total, charged);
    assert_eq!(
        world.by(&world.carol).withdraw_all(),
        deal.agreed.quote() - charged
    );
    assert_eq!(world.balance(&world.carol), POCKET - charged);
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(charged)
    );
    assert_eq!(world.score(&world.ada, Role::Provider), 40);
    assert_eq!(world.score(&world.carol, Role::Consumer), 50);
}

#[test]
fn a_consumer_who_closes_a_struck_deal_gets_the_same_outcome() {
    let world = World::new();
    let deal = big_deal(&world);
    world.days(&deal, 3, stored().served(200, 0));
    world.complete(&deal).expect("live");
    assert_eq!(
        world.end(&deal),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
    assert_eq!(world.balance(&world.carol), POCKET);
    assert_eq!(world.score(&world.ada, Role::Provider), 40);
}

/// Otherwise a consumer could download everything from a provider in breach for nothing.
#[test]
fn the_tail_of_a_provider_in_breach_is_reported_and_paid() {
    let world = World::new();
    let deal = big_deal(&world);
    world.days(&deal, 3, stored().served(200, 0));
    world.days(&deal, 1, stored());
    let mut bill = deal.agreed.bill();
    bill.window(3 * DAY, 1_000 * GB, 0, 10_000);
    bill.window(DAY, 1_000 * GB, 0, 0);
    let locked = world.account(deal.id).locked;
    world.advance(HOUR);
    world.complete(&deal).expect("live");
    assert_eq!(world.status(&deal), DealStatus::BreachedProvider);
    assert_eq!(world.account(deal.id).locked, bill.holdback(HOUR, locked));
    let egress_gb = deal.agreed.egress_mb / i128::from(GB);
    let all = u64::try_from(egress_gb).expect("positive");
    world.final_report(&deal, stored().sent_gb(all));
    bill.window(HOUR, 1_000 * GB, all * GB, 0);
    assert!(world.account(deal.id).released);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    assert_eq!(
        world.end(&deal),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
}

#[test]
fn a_report_after_closing_that_reaches_the_limit_makes_the_breach() {
    let world = World::new();
    let deal = big_deal(&world);
    world.days(&deal, 2, stored().served(200, 0));
    world.advance(DAY);
    world.close(&deal).expect("live");
    let provisional = (DealStatus::Completed, EndReason::Consumer);
    assert_eq!(world.end(&deal), provisional);
    world.final_report(&deal, stored().served(200, 0));
    assert_eq!(
        world.end(&deal),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
    world.steps(&deal);
    assert_eq!(world.score(&world.ada, Role::Provider), 40);
}

#[test]
fn the_outcome_of_a_completed_deal_depends_on_how_much_was_credited() {
    // 27 days at 200 USD a month: the platform fee exceeds two USD in all of these cases, so that no gain is cut.
    for (bad_days, provider_score) in [(0, 52), (1, 50), (11, 48)] {
        let world = World::new();
        let deal = world.deal().storage_gb(10_000).days(90).funded();
        let minor = Usage::stored_gb(10_000).served(240, 9_990);
        let major = Usage::stored_gb(10_000).served(241, 9_990);
        let usage = if bad_days == 1 { minor } else { major };
        world.days(&deal, bad_days, usage);
        world.days(&deal, 27 - bad_days, Usage::stored_gb(10_000));
        // The outcome is written at the end, so no score has drifted yet.
        world.complete(&deal).expect("live");
        assert_eq!(
            world.score(&world.ada, Role::Provider),
            provider_score,
            "{bad_days} bad days"
        );
        assert_eq!(world.score(&world.carol, Role::Consumer), 51);
    }
}

#[test]
fn a_deal_without_measurements_earns_fewer_points() {
    let world = World::new();
    let deal = world.deal().storage_gb(10_000).days(90).funded();
    world.days(&deal, 27, Usage::stored_gb(10_000).unmeasured());
    world.complete(&deal).expect("live");
    assert_eq!(world.score(&world.ada, Role::Provider), 51);
}
