//! Constructs every state of a deal. Waits follow the policy of the world, so that every policy
//! leads to the same states.

use flash_integration_tests::{Deal, Usage, World, DAY, HOUR, USD};
use flash_interfaces::deals::{Advance, DealStatus, Policy};

pub type State = (&'static str, fn(&World) -> Deal);

pub const ALL: [State; 37] = [
    ("pending", |world| yearly(world).created()),
    ("pending, its window passed", |world| {
        let deal = yearly(world).created();
        world.advance(policy(world).accept_window_secs + 1);
        deal
    }),
    ("accepted", |world| yearly(world).accepted()),
    ("accepted, its window passed", |world| {
        let deal = yearly(world).accepted();
        world.advance(policy(world).fund_window_secs + 1);
        deal
    }),
    ("accepted by the bucket", |world| {
        let bucket = world.bucket(&world.ada).auto_accept().listed();
        yearly(world).bucket(bucket).created()
    }),
    ("funded this second", |world| yearly(world).funded()),
    ("funded, never reported, silent for long", |world| {
        let deal = yearly(world).funded();
        world.advance(policy(world).silence_secs);
        deal
    }),
    ("funded and reported", reported),
    ("funded with the least, all egress used", |world| {
        let deal = yearly(world).deposit(least(world, 50)).funded();
        world.advance(HOUR);
        world.round(&deal, Usage::stored_gb(SIZE_GB).sent_gb(50));
        deal
    }),
    ("reported and then silence", |world| {
        let deal = reported(world);
        world.advance(policy(world).silence_secs + DAY);
        deal
    }),
    ("reported and not settled", |world| {
        let deal = reported(world);
        world.advance(DAY);
        assert_eq!(world.report(&deal, Usage::stored_gb(SIZE_GB)), 0);
        deal
    }),
    ("sponsored and reduced", |world| {
        let deal = reported(world);
        let sponsor = &world.mallory;
        world.sponsor(sponsor, &deal, 5 * USD).expect("live");
        world.reduce(&deal, USD).expect("more than is needed");
        deal
    }),
    ("on the second page of the book", |world| {
        for _ in 0..16 {
            let size = world.deal().consumer(&world.dan).storage_gb(1).egress_gb(0);
            size.funded();
        }
        reported(world)
    }),
    ("in arrears, inside the grace", in_arrears),
    ("in arrears, on the last second of the grace", |world| {
        let deal = in_arrears(world);
        world.advance(policy(world).grace_secs - 1);
        deal
    }),
    ("in arrears, the grace over", |world| {
        let deal = in_arrears(world);
        world.advance(policy(world).grace_secs);
        deal
    }),
    ("dust on top of arrears", |world| {
        let deal = in_arrears(world);
        world.deposit(&deal, 1).expect("live");
        deal
    }),
    ("struck, one below the limit", |world| struck(world, 1)),
    ("struck to the limit", |world| struck(world, 0)),
    ("notice given", noticed),
    ("the notice is over", |world| {
        let deal = noticed(world);
        world.advance(policy(world).notice_secs);
        deal
    }),
    ("left under silence", |world| {
        let deal = yearly(world).funded();
        world.advance(policy(world).silence_secs);
        world.cancel(&deal).expect("live");
        deal
    }),
    ("the term is over, never reported", |world| {
        let deal = world.deal().days(30).funded();
        world.advance(30 * DAY);
        deal
    }),
    ("the term is over, all reported", |world| {
        let deal = world.deal().days(30).funded();
        world.days(&deal, 30, Usage::stored_gb(100));
        deal
    }),
    ("a window is staged", |world| {
        let deal = reported(world);
        world.advance(DAY);
        world.stage_consumption(&deal, 1_000, 10).expect("live");
        world.stage_service(&deal, 50, 10_000).expect("live");
        deal
    }),
    ("only service is staged", |world| {
        let deal = reported(world);
        world.advance(DAY);
        world.stage_service(&deal, 50, 10_000).expect("live");
        deal
    }),
    ("the oracle is suspended", |world| {
        let deal = reported(world);
        let answer = world.as_owner().deals::<()>("suspend_oracle", ());
        answer.expect("the owner");
        world.advance(DAY);
        deal
    }),
    ("closed, held back for the tail", closed),
    ("closed, the final window over", |world| {
        let deal = closed(world);
        world.advance(policy(world).final_window_secs);
        deal
    }),
    ("completed by the published call, held back", |world| {
        let deal = reported(world);
        world.advance(DAY);
        world.complete(&deal).expect("live");
        assert!(!world.account(deal.id).released);
        deal
    }),
    ("closed with its final report, not synced", |world| {
        let deal = closed(world);
        world.final_report(&deal, Usage::stored_gb(SIZE_GB));
        assert!(world.account(deal.id).released);
        deal
    }),
    ("closed as the provider's breach, not synced", |world| {
        let deal = struck(world, 0);
        world.advance(policy(world).notice_secs);
        assert_eq!(world.step(&deal), Advance::Closed);
        assert_eq!(world.status(&deal), DealStatus::BreachedProvider);
        deal
    }),
    ("closed after the grace, not released", |world| {
        let deal = in_arrears(world);
        world.advance(policy(world).grace_secs);
        assert_eq!(world.step(&deal), Advance::Closed);
        deal
    }),
    ("released as the consumer's breach, not synced", |world| {
        let deal = in_arrears(world);
        world.advance(policy(world).grace_secs);
        assert_eq!(world.step(&deal), Advance::Closed);
        world.advance(policy(world).final_window_secs);
        assert_eq!(world.step(&deal), Advance::Released);
        assert_eq!(world.status(&deal), DealStatus::BreachedConsumer);
        deal
    }),
    ("over in every respect, nobody paid out", |world| {
        let deal = closed(world);
        world.final_report(&deal, Usage::stored_gb(SIZE_GB));
        world.steps(&deal);
        deal
    }),
    ("deleted, nobody paid out", |world| {
        let deal = closed(world);
        world.final_report(&deal, Usage::stored_gb(SIZE_GB));
        world.steps(&deal);
        world.delete(&deal).expect("over");
        deal
    }),
    ("half of the escrow clawed back", |world| {
        let deal = reported(world);
        world.expect_broken();
        world.claw_back(world.solvency().balance / 2);
        deal
    }),
];

/// 80 USD a month.
const SIZE_GB: u64 = 4_000;

fn policy(world: &World) -> Policy {
    world.deals().get_policy(&1).expect("the first policy")
}

fn yearly(world: &World) -> flash_integration_tests::deal::DealBuilder<'_> {
    world.deal().storage_gb(SIZE_GB).egress_gb(50).days(365)
}

/// The minimum first deposit of a yearly deal with this egress.
fn least(world: &World, egress_gb: i128) -> i128 {
    let policy = policy(world);
    let month = 80 * USD;
    let runway = month * i128::from(policy.min_runway_secs) / i128::from(30 * DAY);
    (runway + egress_gb * USD / 100).max(policy.min_fund)
}

fn reported(world: &World) -> Deal {
    let deal = yearly(world).funded();
    world.days(&deal, 2, Usage::stored_gb(SIZE_GB).sent_gb(1));
    deal
}

/// Settled one day after the money ran out.
fn in_arrears(world: &World) -> Deal {
    let deposit = least(world, 0);
    let lean = yearly(world).egress_gb(0).deposit(deposit).funded();
    let days = deposit * 30 / (80 * USD) + 2;
    world.advance(u64::try_from(days).expect("some days") * DAY);
    world.round(&lean, Usage::stored_gb(SIZE_GB));
    assert_eq!(world.meter(&lean).arrears_since_ts, world.now());
    lean
}

/// This many critical windows before the limit.
fn struck(world: &World, short: u32) -> Deal {
    let deal = yearly(world).funded();
    let policy = policy(world);
    for _ in short..policy.critical_limit {
        world.advance(policy.min_window_secs);
        world.round(&deal, Usage::stored_gb(SIZE_GB).served(200, 0));
    }
    assert_eq!(world.meter(&deal).strikes, policy.critical_limit - short);
    deal
}

fn noticed(world: &World) -> Deal {
    let deal = reported(world);
    world.cancel(&deal).expect("live");
    deal
}

/// One day after the last report.
fn closed(world: &World) -> Deal {
    let deal = reported(world);
    world.advance(DAY);
    world.close(&deal).expect("live");
    assert!(!world.account(deal.id).released);
    deal
}
