//! Deals that end well: completed, with and without a final report, and at the end of the term.

use flash_integration_tests::{refused, world::POCKET, Deal, Usage, World, DAY, GB, HOUR, USD};
use flash_interfaces::{
    deals::{Advance, DealStatus, DealsError, EndReason},
    reputation::Role,
};

/// 1_000 GB and 100 GB of egress for 90 days, funded with the quote: 61 USD.
fn big_deal(world: &World) -> Deal {
    world
        .deal()
        .storage_gb(1_000)
        .egress_gb(100)
        .days(90)
        .funded()
}

#[test]
fn a_deal_completes_and_everybody_gets_their_money() {
    let world = World::new();
    let deal = big_deal(&world);
    let (agreed, quote) = (&deal.agreed, deal.agreed.quote());
    let mut bill = agreed.bill();
    for _ in 0..80 {
        bill.window(DAY, 1_000 * GB, GB, 0);
    }
    world.days(&deal, 80, Usage::stored_gb(1_000).sent_gb(1));
    let paid = bill.charged();
    assert_eq!(world.meter(&deal).paid_total, paid);
    assert_eq!(world.claimable(&world.ada), agreed.earned(paid));
    assert_eq!(world.account(deal.id).locked, quote - paid);

    // Completed half a day after the last report, so the most that this half day can cost is held
    // back.
    world.advance(DAY / 2);
    let held = bill.holdback(DAY / 2, quote - paid);
    let health = world.health(&deal);
    assert_eq!(health.refund_at_close, quote - paid - held);
    assert_eq!(health.refund_at_release, held);
    world.complete(&deal).expect("live");
    assert_eq!(
        world.end(&deal),
        (DealStatus::Completed, EndReason::Consumer)
    );
    assert_eq!(world.account(deal.id).locked, held);
    assert_eq!(world.balance(&world.ada), agreed.earned(paid));
    assert_eq!(world.balance(&world.carol), POCKET - paid - held);

    // The final report releases the rest.
    world.final_report(&deal, Usage::stored_gb(900));
    bill.window(DAY / 2, 900 * GB, 0, 0);
    let charged = bill.charged();
    assert!(world.account(deal.id).released);
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        agreed.earned(charged) - agreed.earned(paid)
    );
    assert_eq!(
        world.by(&world.carol).withdraw_all(),
        held - (charged - paid)
    );
    assert_eq!(world.balance(&world.ada), agreed.earned(charged));
    assert_eq!(world.balance(&world.carol), POCKET - charged);
    assert_eq!(world.fees(), agreed.fee(charged));
    assert_eq!(world.solvency().balance, agreed.fee(charged));

    assert_eq!(world.steps(&deal), [Advance::OutcomeWritten]);
    // Two points, cut to the platform fee in USD.
    assert!((USD..2 * USD).contains(&agreed.fee(charged)));
    assert_eq!(world.score(&world.ada, Role::Provider), 51);
    assert_eq!(world.score(&world.carol, Role::Consumer), 51);
}

#[test]
fn without_a_final_report_the_tail_is_billed_at_the_last_rate_for_at_most_the_silence() {
    let world = World::new();
    let deal = big_deal(&world);
    let (agreed, quote) = (&deal.agreed, deal.agreed.quote());
    let mut bill = agreed.bill();
    world.days(&deal, 9, Usage::stored_gb(1_000));
    bill.window(9 * DAY, 1_000 * GB, 0, 0);
    world.days(&deal, 1, Usage::stored_gb(500));
    bill.window(DAY, 500 * GB, 0, 0);
    let paid = bill.charged();

    // The oracle is gone for five days, two more than the silence.
    world.advance(5 * DAY);
    let held = bill.holdback(5 * DAY, quote - paid);
    world.complete(&deal).expect("live");
    assert_eq!(world.account(deal.id).locked, held);
    world.advance(3 * DAY - 1);
    assert_eq!(world.steps(&deal), []);
    world.advance(1);
    let due = [Advance::Released, Advance::OutcomeWritten];
    assert_eq!(world.steps(&deal), due);

    bill.window(3 * DAY, 500 * GB, 0, 0);
    let charged = bill.charged();
    assert_eq!(world.meter(&deal).paid_total, charged);
    assert_eq!(
        world.by(&world.carol).withdraw_all(),
        held - (charged - paid)
    );
    world.by(&world.ada).withdraw_all();
    assert_eq!(world.balance(&world.ada), agreed.earned(charged));
    assert_eq!(world.balance(&world.carol), POCKET - charged);
    assert_eq!(world.fees(), agreed.fee(charged));
}

#[test]
fn a_short_tail_is_billed_for_its_length() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    world.days(&deal, 2, Usage::stored_gb(200));
    bill.window(2 * DAY, 200 * GB, 0, 0);
    world.advance(HOUR);
    world.close(&deal).expect("live");
    world.advance(3 * DAY);
    world.steps(&deal);
    bill.window(HOUR, 200 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn the_final_report_is_taken_until_its_window_has_passed() {
    let world = World::new();
    let [on_time, late] = [&world.ada, &world.bert].map(|provider| {
        let deal = world.deal().provider(provider).days(90).funded();
        world.days(&deal, 1, Usage::stored_gb(100));
        deal
    });
    world.advance(DAY);
    for deal in [&on_time, &late] {
        world.close(deal).expect("live");
    }
    let close_ts = world.now();
    world.advance(3 * DAY);
    assert_eq!(
        world.report_through(&on_time, Usage::stored_gb(1), close_ts + 1),
        DealsError::WatermarkTooLate as u32
    );
    world.final_report(&on_time, Usage::stored_gb(1));
    assert!(world.meter(&on_time).released);
    world.advance(1);
    assert_eq!(
        world.report_through(&late, Usage::stored_gb(1), close_ts),
        DealsError::ReportsClosed as u32
    );
    assert_eq!(world.step(&late), Advance::Released);
}

/// Otherwise a consumer could wait until the final window after the end has passed and get the
/// unreported egress for free.
#[test]
fn closing_late_still_allows_the_final_report() {
    let world = World::new();
    let [reported, forgotten] = [&world.ada, &world.bert].map(|provider| {
        let deal = world
            .deal()
            .provider(provider)
            .egress_gb(50)
            .days(1)
            .funded();
        world.advance(HOUR);
        world.report(&deal, Usage::stored_gb(100));
        deal
    });
    world.advance(DAY - HOUR + 3 * DAY + 1);
    for deal in [&reported, &forgotten] {
        world.close(deal).expect("live");
        assert_eq!(world.step(deal), Advance::CapacityFreed);
    }
    world.advance(3 * DAY - 1);
    assert_eq!(world.step(&forgotten), Advance::NothingDue);
    world.final_report(&reported, Usage::stored_gb(100).sent_gb(50));
    let meter = world.meter(&reported);
    assert!(meter.released);
    assert_eq!(meter.egress_mb, 50 * GB);
    world.advance(1);
    assert_eq!(world.step(&forgotten), Advance::Released);
}

#[test]
fn a_partial_report_after_closing_keeps_the_holdback() {
    let world = World::new();
    let deal = big_deal(&world);
    let mut bill = deal.agreed.bill();
    world.advance(2 * DAY);
    world.close(&deal).expect("live");
    assert_eq!(
        world.report_through(&deal, Usage::stored_gb(10), world.now() - DAY),
        0
    );
    assert!(!world.meter(&deal).released);
    world.final_report(&deal, Usage::stored_gb(30));
    bill.window(DAY, 10 * GB, 0, 0);
    bill.window(DAY, 30 * GB, 0, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    assert!(world.account(deal.id).released);
}

#[test]
fn anyone_can_end_a_deal_at_its_term_but_not_a_second_earlier() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).days(30).funded();
    let mut bill = deal.agreed.bill();
    world.days(&deal, 29, Usage::stored_gb(1_000).sent_gb(1));
    bill.window(29 * DAY, 1_000 * GB, 29 * GB, 0);
    world.advance(DAY - 1);
    assert_eq!(world.step(&deal), Advance::NothingDue);
    world.advance(1);
    world.round(&deal, Usage::stored_gb(1_000));
    bill.window(DAY, 1_000 * GB, 0, 0);

    // Everything is reported, so closing ends the deal at once, even if anyone closes it late.
    world.advance(5 * DAY);
    let due = [
        Advance::Closed,
        Advance::CapacityFreed,
        Advance::OutcomeWritten,
    ];
    assert_eq!(world.steps(&deal), due);
    assert_eq!(world.end(&deal), (DealStatus::Completed, EndReason::Term));
    assert_eq!(world.meter(&deal).close_ts, world.meter(&deal).end_ts);
    let charged = bill.charged();
    assert_eq!(
        world.by(&world.carol).withdraw_all(),
        deal.agreed.quote() - charged
    );
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(charged)
    );
}

#[test]
fn the_quote_pays_for_everything_that_is_agreed() {
    let world = World::new();
    let deal = world.deal().storage_gb(333).egress_gb(77).days(31).funded();
    world.days(&deal, 31, Usage::stored_gb(400).sent_gb(3));
    // Usage above the agreed size is capped.
    assert_eq!(world.meter(&deal).paid_total, deal.agreed.quote());
    assert_eq!(world.account(deal.id).locked, 0);
    assert_eq!(world.step(&deal), Advance::Closed);
    assert_eq!(world.end(&deal), (DealStatus::Completed, EndReason::Term));
}

#[test]
fn settling_often_or_once_is_the_same_money() {
    let world = World::new();
    let often = world.deal().storage_gb(7).days(90).funded();
    let once = world
        .deal()
        .provider(&world.bert)
        .storage_gb(7)
        .days(90)
        .funded();
    for _ in 0..40 {
        world.advance(2 * HOUR);
        world.round(&often, Usage::stored_gb(3));
        world.settle(&often);
        assert_eq!(world.report(&once, Usage::stored_gb(3)), 0);
    }
    assert_eq!(world.settle(&once), 0);
    assert_eq!(world.settle(&once), DealsError::NothingToSettle as u32);
    let (often, once) = (world.account(often.id), world.account(once.id));
    assert_eq!(
        (often.paid, often.fee, often.locked),
        (once.paid, once.fee, once.locked)
    );
    assert!(often.fee > 0);
}

#[test]
fn only_a_finished_deal_can_be_deleted() {
    let world = World::new();
    let deal = world.deal().funded();
    assert_eq!(world.delete(&deal), refused(DealsError::NotSynced));
    world.days(&deal, 1, Usage::stored_gb(100));
    world.advance(1);
    world.complete(&deal).expect("live");
    assert_eq!(world.delete(&deal), refused(DealsError::NotSynced));
    world.final_report(&deal, Usage::stored_gb(100));
    assert_eq!(world.delete(&deal), refused(DealsError::NotSynced));
    assert_eq!(world.steps(&deal), [Advance::OutcomeWritten]);
    world.delete(&deal).expect("over in every respect");
    let (consumer, provider) = (&deal.consumer.address, &deal.provider.address);
    assert_eq!(world.deals().get_deal(consumer, provider, &deal.id), None);
    assert_eq!(world.delete(&deal), refused(DealsError::DealNotFound));
    assert_eq!(world.deals().get_deal_count(), 1);
    assert_eq!(world.deal().created().id, 2);

    // A deal that was never funded only has to wait for its end.
    let dropped = world.deal().created();
    assert_eq!(world.delete(&dropped), refused(DealsError::NotSynced));
    world.reject(&dropped).expect("pending");
    world.delete(&dropped).expect("ended");
}

#[test]
fn a_deal_outlives_every_ttl() {
    let world = World::new();
    let deal = world.deal().days(5 * 365).funded();
    let mut bill = deal.agreed.bill();
    for _ in 0..5 {
        world.advance(365 * DAY);
        world.restore_contracts();
        world.round(&deal, Usage::stored_gb(100));
        bill.window(365 * DAY, 100 * GB, 0, 0);
    }
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
    world.advance(5 * 365 * DAY);
    world.restore_contracts();
    assert_eq!(world.step(&deal), Advance::Closed);
    world.steps(&deal);
    assert_eq!(
        world.by(&world.ada).withdraw_all(),
        deal.agreed.earned(bill.charged())
    );
}
