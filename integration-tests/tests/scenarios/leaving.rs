//! Providers that leave, with notice or under silence.

use flash_integration_tests::{refused, world::POCKET, Usage, World, DAY, GB, USD};
use flash_interfaces::{
    deals::{Advance, DealStatus, DealsError, EndReason},
    reputation::Role,
};

#[test]
fn a_notice_ends_the_deal_after_its_period_and_costs_the_provider_points() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).days(90).funded();
    let mut bill = deal.agreed.bill();
    world.days(&deal, 10, Usage::stored_gb(1_000));
    world.cancel(&deal).expect("live");
    assert_eq!(world.cancel(&deal), refused(DealsError::NoticeGiven));
    assert_eq!(world.status(&deal), DealStatus::Funded);
    assert_eq!(world.meter(&deal).end_ts, world.now() + 7 * DAY);

    // The service continues until then.
    world.days(&deal, 6, Usage::stored_gb(1_000));
    world.advance(DAY - 1);
    assert_eq!(world.step(&deal), Advance::NothingDue);
    world.advance(1);
    world.round(&deal, Usage::stored_gb(1_000));
    bill.window(17 * DAY, 1_000 * GB, 0, 0);
    world.steps(&deal);
    assert_eq!(world.end(&deal), (DealStatus::Cancelled, EndReason::Notice));
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(bill.charged())
    );
    world.by(&world.carol).withdraw_all();
    assert_eq!(world.balance(&world.carol), POCKET - bill.charged());
    assert_eq!(world.score(&world.ada, Role::Provider), 47);
    assert_eq!(world.score(&world.carol, Role::Consumer), 50);
}

#[test]
fn a_consumer_can_leave_during_a_notice() {
    let world = World::new();
    let deal = world.deal().days(90).funded();
    world.days(&deal, 1, Usage::stored_gb(100));
    world.cancel(&deal).expect("live");
    world.close(&deal).expect("live");
    assert_eq!(world.end(&deal), (DealStatus::Cancelled, EndReason::Notice));
    assert!(world.account(deal.id).released, "everything is reported");
}

#[test]
fn a_notice_never_lengthens_a_deal() {
    let world = World::new();
    let deal = world.deal().days(30).funded();
    let end_ts = world.meter(&deal).end_ts;
    world.days(&deal, 29, Usage::stored_gb(100));
    world.cancel(&deal).expect("live");
    assert_eq!(world.meter(&deal).end_ts, end_ts);
}

#[test]
fn under_silence_a_provider_leaves_at_once_and_unpunished() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).days(90).funded();
    let mut bill = deal.agreed.bill();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    bill.window(DAY, 1_000 * GB, 0, 0);
    world.advance(3 * DAY);
    world.cancel(&deal).expect("live");
    assert_eq!(world.meter(&deal).end_ts, world.now());
    let steps = [Advance::Closed, Advance::CapacityFreed];
    assert_eq!(world.steps(&deal), steps);
    assert_eq!(
        world.end(&deal),
        (DealStatus::Cancelled, EndReason::Silence)
    );

    world.advance(3 * DAY);
    let steps = [Advance::Released, Advance::OutcomeWritten];
    assert_eq!(world.steps(&deal), steps);
    bill.window(3 * DAY, 1_000 * GB, 0, 0);
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(bill.charged())
    );
    world.by(&world.carol).withdraw_all();
    assert_eq!(world.balance(&world.carol), POCKET - bill.charged());
    assert_eq!(world.score(&world.ada, Role::Provider), 50);
    assert_eq!(world.score(&world.carol, Role::Consumer), 50);
}

/// 1 GB agreed, far more stored and sent: only the agreed is paid, and the provider need not bear it.
#[test]
fn after_clipped_windows_in_a_row_a_notice_is_neutral() {
    for (greedy_days, provider_score) in [(2, 47), (3, 50)] {
        let world = World::new();
        let deal = world.deal().storage_gb(1_000).days(90).funded();
        world.days(&deal, 10, Usage::stored_gb(1_000));
        for _ in 0..greedy_days {
            world.days(&deal, 1, Usage::stored_gb(100_000));
        }
        assert_eq!(world.meter(&deal).clipped_windows, greedy_days);
        world.cancel(&deal).expect("live");
        world.days(&deal, 7, Usage::stored_gb(1_000));
        let mut bill = deal.agreed.bill();
        bill.window((17 + u64::from(greedy_days)) * DAY, 1_000 * GB, 0, 0);
        world.steps(&deal);
        assert_eq!(world.end(&deal), (DealStatus::Cancelled, EndReason::Notice));
        assert_eq!(world.meter(&deal).paid_total, bill.charged());
        assert_eq!(world.score(&world.ada, Role::Provider), provider_score);
    }
}

#[test]
fn a_second_short_of_silence_it_is_an_ordinary_notice() {
    let world = World::new();
    let deal = world.deal().days(90).funded();
    world.advance(3 * DAY - 1);
    world.cancel(&deal).expect("live");
    assert_eq!(world.meter(&deal).end_ts, world.now() + 7 * DAY);
}

#[test]
fn a_deal_without_any_report_costs_nothing() {
    let world = World::new();
    let deal = world.deal().deposit_usd(20).days(90).funded();
    world.advance(10 * DAY);
    world.close(&deal).expect("live");
    world.advance(3 * DAY);
    world.steps(&deal);
    assert_eq!(world.meter(&deal).paid_total, 0);
    assert_eq!(world.by(&world.carol).withdraw_all(), 20 * USD);
    assert_eq!(world.balance(&world.carol), POCKET);
}

#[test]
fn cancelling_after_the_term_does_not_change_the_outcome() {
    let world = World::new();
    let deal = world.deal().days(30).funded();
    world.days(&deal, 30, Usage::stored_gb(100));
    world.advance(4 * DAY);
    assert_eq!(world.cancel(&deal), refused(DealsError::NotFunded));
    world.steps(&deal);
    assert_eq!(world.end(&deal), (DealStatus::Completed, EndReason::Term));
}
