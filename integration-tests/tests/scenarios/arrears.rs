//! Deals whose money runs out: grace, breach, revival; and attempts to live on the minimum deposit.

use flash_integration_tests::{world::POCKET, Deal, Usage, World, DAY, GB, HOUR, USD};
use flash_interfaces::{
    deals::{Advance, DealStatus, EndReason, HealthLevel},
    reputation::Role,
};

/// 100 GB for 90 days without egress, funded for 15 of them: one dollar.
fn lean_deal(world: &World) -> Deal {
    world.deal().egress_gb(0).days(90).deposit_usd(1).funded()
}

/// A lean deal that nobody closed after its grace, and that ran out of money: a day is owed.
fn dry_deal(world: &World) -> Deal {
    let deal = lean_deal(world);
    world.days(&deal, 9, Usage::stored_gb(100));
    assert_eq!(world.meter(&deal).arrears_since_ts, 0, "six days are left");
    world.days(&deal, 1, Usage::stored_gb(100));
    assert_eq!(world.meter(&deal).arrears_since_ts, world.now());
    world.days(&deal, 6, Usage::stored_gb(100));
    assert!(world.meter(&deal).owed > 0);
    deal
}

/// The grace begins while there is money for all of it, so nothing is owed when it is over.
#[test]
fn a_deal_whose_money_runs_out_is_closed_after_its_grace_with_everything_paid() {
    let world = World::new();
    let deal = lean_deal(&world);
    world.days(&deal, 10, Usage::stored_gb(100));
    let began_ts = world.now();
    let health = world.health(&deal);
    assert_eq!(health.level, HealthLevel::Grace);
    assert_eq!(health.grace_until_ts, began_ts + 3 * DAY);
    assert_eq!(health.arrears, 0);

    world.days(&deal, 2, Usage::stored_gb(100));
    world.advance(DAY - 1);
    assert_eq!(world.step(&deal), Advance::NothingDue);
    // Somebody closes a day after the grace is over, and nothing was reported for two.
    world.advance(1 + DAY);
    let steps = [Advance::Closed, Advance::CapacityFreed];
    assert_eq!(world.steps(&deal), steps);
    world.final_report(&deal, Usage::stored_gb(100));
    let mut bill = deal.agreed.bill();
    bill.window(14 * DAY, 100 * GB, 0, 0);
    assert_eq!(world.end(&deal), (DealStatus::Completed, EndReason::Grace));
    assert_eq!(world.meter(&deal).owed, 0);
    let earned = deal.agreed.earned(bill.charged());
    assert_eq!(world.by(&world.ada).withdraw_all(), earned);
    assert_eq!(world.by(&world.carol).withdraw_all(), USD - bill.charged());
    world.steps(&deal);
    assert_eq!(world.score(&world.ada, Role::Provider), 50);
    assert_eq!(world.score(&world.carol, Role::Consumer), 50);
}

#[test]
fn completing_in_arrears_is_a_breach_too() {
    let world = World::new();
    let deal = dry_deal(&world);
    world.complete(&deal).expect("live");
    assert!(!world.account(deal.id).released, "a day is owed");
    world.advance(3 * DAY);
    let steps = [Advance::Released, Advance::OutcomeWritten];
    assert_eq!(world.steps(&deal), steps);
    assert_eq!(
        world.end(&deal),
        (DealStatus::BreachedConsumer, EndReason::Consumer)
    );
    // The deal was charged about a fifth of what has full weight: two of ten points.
    assert_eq!(world.score(&world.carol, Role::Consumer), 48);
}

#[test]
fn arrears_that_the_freed_egress_reserve_covers_are_not_a_breach() {
    let world = World::new();
    // Half of the dollar is reserved for egress that is never used.
    let deal = world.deal().days(90).deposit_usd(1).funded();
    world.days(&deal, 8, Usage::stored_gb(100));
    assert_ne!(world.meter(&deal).arrears_since_ts, 0);
    let mut bill = deal.agreed.bill();
    bill.window(8 * DAY, 100 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, USD / 2);
    world.close(&deal).expect("live");
    assert_eq!(
        world.end(&deal),
        (DealStatus::Completed, EndReason::Consumer)
    );
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    assert_eq!(world.claimable(&world.carol), USD - bill.charged());
}

#[test]
fn a_top_up_revives_a_deal_if_it_covers_arrears_and_minimum_runway() {
    let world = World::new();
    let deal = dry_deal(&world);
    let mut bill = deal.agreed.bill();
    bill.window(16 * DAY, 100 * GB, 0, 0);
    let arrears = bill.charged() - USD;
    let mut with_runway = bill.clone();
    with_runway.window(7 * DAY, 100 * GB, 0, 0);
    let needed = with_runway.charged() - USD;
    assert!(needed > arrears);

    // Dust, or one stroop too little, changes nothing.
    world.deposit(&deal, 1).expect("any amount");
    world.deposit(&deal, needed - 2).expect("any amount");
    assert_eq!(world.health(&deal).level, HealthLevel::Grace);
    // Neither does a settlement in between.
    assert_eq!(world.settle(&deal), 0);
    assert_eq!(world.health(&deal).level, HealthLevel::Grace);
    world.sponsor(&world.mallory, &deal, 1).expect("by anyone");
    assert_ne!(world.health(&deal).level, HealthLevel::Grace);
    assert_eq!(world.meter(&deal).arrears_since_ts, 0);

    // It lives beyond its grace period and pays what it owed.
    world.deposit(&deal, USD).expect("live");
    world.days(&deal, 4, Usage::stored_gb(100));
    bill.window(4 * DAY, 100 * GB, 0, 0);
    assert_eq!(world.step(&deal), Advance::NothingDue);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    world.complete(&deal).expect("live");
    assert_eq!(
        world.end(&deal),
        (DealStatus::Completed, EndReason::Consumer)
    );
}

#[test]
fn dust_does_not_keep_a_deal_alive_beyond_its_grace() {
    let world = World::new();
    let deal = dry_deal(&world);
    for _ in 0..3 {
        world.deposit(&deal, 100).expect("live");
        world.days(&deal, 1, Usage::stored_gb(100));
    }
    assert_eq!(world.step(&deal), Advance::Closed);
    world.advance(3 * DAY);
    world.steps(&deal);
    assert_eq!(world.status(&deal), DealStatus::BreachedConsumer);
}

#[test]
fn downloading_everything_on_the_minimum_deposit_is_paid_for() {
    let world = World::new();
    let deal = world.deal().storage_gb(10).egress_gb(5_000).days(90);
    let deal = deal.accepted();
    let min_fund = deal.agreed.min_fund();
    world.fund(&deal, min_fund).expect("the minimum");
    let mut bill = deal.agreed.bill();
    world.days(&deal, 1, Usage::stored_gb(10).sent_gb(5_000));
    world.days(&deal, 6, Usage::stored_gb(10));
    bill.window(7 * DAY, 10 * GB, 5_000 * GB, 0);
    world.complete(&deal).expect("live");
    assert_eq!(
        bill.charged(),
        min_fund,
        "a week of storage and all the egress"
    );
    assert_eq!(world.status(&deal), DealStatus::Completed);
    assert_eq!(world.balance(&world.ada), deal.agreed.earned(min_fund));
    assert_eq!(world.balance(&world.carol), POCKET - min_fund);
}

#[test]
fn an_unreported_download_is_covered_by_the_holdback() {
    let world = World::new();
    let deal = world.deal().egress_gb(5_000).accepted();
    let min_fund = deal.agreed.min_fund();
    world.fund(&deal, min_fund).expect("the minimum");
    let mut bill = deal.agreed.bill();
    // The consumer downloads everything within an hour and leaves before any report.
    world.advance(HOUR);
    let held = bill.holdback(HOUR, min_fund);
    world.close(&deal).expect("live");
    assert_eq!(world.account(deal.id).locked, held);
    assert_eq!(world.by(&world.carol).withdraw_all(), min_fund - held);
    world.final_report(&deal, Usage::stored_gb(100).sent_gb(5_000));
    bill.window(HOUR, 100 * GB, 5_000 * GB, 0);
    let charged = bill.charged();
    assert_eq!(held, charged, "what is held pays for all of it");
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(charged)
    );
    assert_eq!(world.balance(&world.carol), POCKET - charged);
}

#[test]
fn storage_never_uses_the_reserve_for_egress() {
    let world = World::new();
    let deal = world.deal().egress_gb(500).days(90).accepted();
    world
        .fund(&deal, deal.agreed.min_fund())
        .expect("the minimum");
    let reserve = deal.agreed.prices.egress(deal.agreed.egress_mb);
    world.days(&deal, 9, Usage::stored_gb(100));
    assert_eq!(world.account(deal.id).locked, reserve);
    // All egress is used after the money for storage, and is paid in full.
    world.days(&deal, 1, Usage::stored_gb(0).sent_gb(500));
    assert_eq!(world.account(deal.id).locked, 0);
    assert_eq!(world.meter(&deal).paid_total, deal.agreed.min_fund());
}
