//! The published client's single-deal round: stage consumption, stage service, pay.

use flash_integration_tests::{refused, world::POCKET, Deal, Usage, World, DAY, GB};
use flash_interfaces::deals::{DealStatus, DealsError};

fn big_deal(world: &World) -> Deal {
    world.deal().storage_gb(1_000).days(90).funded()
}

#[test]
fn a_staged_window_is_reported_settled_and_paid_out() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    world.advance(DAY);
    let staged_ts = world.now();
    world
        .stage_consumption(&deal, 600 * GB, 5 * GB)
        .expect("live");
    world.stage_service(&deal, 250, 9_950).expect("live");
    let shown = world.get(&deal);
    assert_eq!(
        (shown.unpaid_storage_mb, shown.unpaid_egress_mb),
        (600 * GB, 5 * GB)
    );
    assert_eq!(shown.last_settled_ts, staged_ts - DAY);

    // Although paid later, the window still ends at the time of staging.
    world.advance(DAY / 4);
    world.pay_pending(&deal).expect("staged");
    bill.window(DAY, 600 * GB, 5 * GB, 2_500);
    let charged = bill.charged();
    assert_eq!(world.balance(&world.ada), deal.agreed.earned(charged));
    assert_eq!(world.claimable(&world.ada), 0);
    let shown = world.get(&deal);
    assert_eq!(shown.last_settled_ts, staged_ts);
    assert_eq!((shown.unpaid_storage_mb, shown.unpaid_egress_mb), (0, 0));
    assert_eq!(
        (shown.paid_storage_mb, shown.paid_egress_mb),
        (600 * GB, 5 * GB)
    );
    assert_eq!(
        (shown.sla_avg_latency_ms, shown.sla_avg_uptime_pct),
        (250, 9_950)
    );
    assert_eq!(shown.balance_provider, deal.agreed.earned(charged) as u128);
    assert_eq!(shown.slash_amount_usd, bill.credited() as u128);
    assert_eq!(world.deals().get_stage(&deal.id), None);
    assert_eq!(world.pay_pending(&deal), refused(DealsError::NothingStaged));
}

#[test]
fn a_later_figure_replaces_a_staged_one_even_if_lower() {
    let world = World::new();
    let deal = big_deal(&world);
    world.advance(DAY);
    world
        .stage_consumption(&deal, 900 * GB, 9 * GB)
        .expect("live");
    world.stage_consumption(&deal, 100 * GB, 0).expect("live");
    world.stage_service(&deal, 1_000, 0).expect("live");
    world.stage_service(&deal, 100, 10_000).expect("live");
    world.pay_pending(&deal).expect("staged");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 100 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn a_stage_of_service_alone_waits_for_consumption() {
    let world = World::new();
    let deal = big_deal(&world);
    world.stage_service(&deal, 200, 9_900).expect("live");
    assert_eq!(world.pay_pending(&deal), refused(DealsError::NothingStaged));
    world.advance(DAY);
    world.stage_consumption(&deal, 1_000 * GB, 0).expect("live");
    world.pay_pending(&deal).expect("staged");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 1_000 * GB, 0, 1_000);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn a_stage_without_service_is_not_measured() {
    let world = World::new();
    let deal = big_deal(&world);
    world.advance(DAY);
    world.stage_consumption(&deal, 1_000 * GB, 0).expect("live");
    world.pay_pending(&deal).expect("staged");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 1_000 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    let shown = world.get(&deal);
    assert_eq!((shown.sla_avg_latency_ms, shown.sla_avg_uptime_pct), (0, 0));
}

#[test]
fn a_batch_report_drops_what_is_staged() {
    let world = World::new();
    let deal = big_deal(&world);
    world.advance(DAY);
    world
        .stage_consumption(&deal, 1_000 * GB, GB)
        .expect("live");
    world.round(&deal, Usage::stored_gb(10));
    assert_eq!(world.deals().get_stage(&deal.id), None);
    assert_eq!(world.pay_pending(&deal), refused(DealsError::NothingStaged));
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 10 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn without_a_stage_reported_usage_is_settled_and_paid_out() {
    let world = World::new();
    let deal = big_deal(&world);
    world.advance(DAY);
    assert_eq!(world.report(&deal, Usage::stored_gb(1_000)), 0);
    assert_eq!(world.balance(&world.ada), 0);
    world.pay_pending(&deal).expect("something owed");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 1_000 * GB, 0, 0);
    assert_eq!(
        world.balance(&world.ada),
        deal.agreed.earned(bill.charged())
    );
}

#[test]
fn closing_applies_a_stage_first() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    world.advance(DAY);
    world
        .stage_consumption(&deal, 400 * GB, 2 * GB)
        .expect("live");
    world.complete(&deal).expect("live");
    bill.window(DAY, 400 * GB, 2 * GB, 0);
    assert!(world.account(deal.id).released, "staged through the close");
    assert_eq!(
        world.balance(&world.ada),
        deal.agreed.earned(bill.charged())
    );
    assert_eq!(world.balance(&world.carol), POCKET - bill.charged());
}

#[test]
fn a_closed_deal_takes_its_final_window_staged() {
    let world = World::new();
    let deal = big_deal(&world);
    world.advance(DAY);
    world.close(&deal).expect("live");
    world
        .stage_consumption(&deal, 400 * GB, 2 * GB)
        .expect("within its final window");
    world.pay_pending(&deal).expect("staged");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 400 * GB, 2 * GB, 0);
    assert_eq!(world.status(&deal), DealStatus::Completed);
    assert!(world.account(deal.id).released);
    assert_eq!(
        world.balance(&world.ada),
        deal.agreed.earned(bill.charged())
    );
    let over = refused(DealsError::ReportsClosed);
    assert_eq!(world.stage_consumption(&deal, 1, 1), over);
    assert_eq!(world.stage_service(&deal, 1, 1), over);
    assert_eq!(world.pay_pending(&deal), over);
}

#[test]
fn invalid_stages_are_refused() {
    let world = World::new();
    let deal = big_deal(&world);
    assert_eq!(
        world.stage_consumption(&deal, 1, 1),
        refused(DealsError::StageEmpty)
    );
    let out = refused(DealsError::ServiceOutOfBounds);
    assert_eq!(world.stage_service(&deal, 3_600_001, 9_990), out);
    assert_eq!(world.stage_service(&deal, 1, 10_001), out);
    world.stage_service(&deal, 3_600_000, 10_000).expect("live");
    let unfunded = world.deal().accepted();
    let refusal = refused(DealsError::NotFunded);
    assert_eq!(world.stage_consumption(&unfunded, 1, 1), refusal);
    assert_eq!(world.pay_pending(&unfunded), refusal);
    let strangers = Deal {
        consumer: world.dan.clone(),
        ..deal
    };
    let refusal = refused(DealsError::PartyMismatch);
    assert_eq!(world.stage_consumption(&strangers, 1, 1), refusal);
    assert_eq!(world.pay_pending(&strangers), refusal);
}

#[test]
fn a_staged_excess_is_capped_at_the_agreed_size() {
    let world = World::new();
    let deal = world.deal().days(30).funded();
    world.advance(30 * DAY);
    world
        .stage_consumption(&deal, u64::MAX, u64::MAX)
        .expect("figures are clipped, not refused");
    world.pay_pending(&deal).expect("staged");
    assert_eq!(world.meter(&deal).paid_total, deal.agreed.quote());
}
