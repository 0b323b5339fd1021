//! Deals that are never funded: rejected, withdrawn, expired.

use flash_integration_tests::{refused, world::POCKET, Deal, World, DAY, USD};
use flash_interfaces::{
    deals::{Advance, DealStatus, DealsError, EndReason},
    reputation::Role,
};

/// The deal is over, holds nothing, affects no reputation and takes no further step.
fn assert_dropped(world: &World, deal: &Deal, reason: EndReason) {
    assert_eq!(world.end(deal), (DealStatus::Cancelled, reason));
    assert_eq!(world.escrow().get_account(&deal.id), None);
    assert_eq!(world.balance(&deal.consumer), POCKET);
    for (who, role) in [
        (&deal.provider, Role::Provider),
        (&deal.consumer, Role::Consumer),
    ] {
        assert_eq!(world.reputation().get_record(&who.address, &role), None);
    }
    assert_eq!(world.steps(deal), []);
    assert_eq!(world.accept(deal), refused(DealsError::NotPending));
    assert_eq!(world.fund(deal, 10 * USD), refused(DealsError::NotAccepted));
    assert_eq!(world.reject(deal), refused(DealsError::NotUnfunded));
    assert_eq!(world.withdraw_deal(deal), refused(DealsError::NotUnfunded));
    assert_eq!(world.cancel(deal), refused(DealsError::NotFunded));
    assert_eq!(world.close(deal), refused(DealsError::NotFunded));
    assert_eq!(world.complete(deal), refused(DealsError::NotFunded));
}

#[test]
fn a_provider_rejects_a_deal_before_and_after_accepting_it() {
    let world = World::new();
    let pending = world.deal().created();
    assert_eq!(world.end(&pending), (DealStatus::Pending, EndReason::Open));
    world.reject(&pending).expect("pending");
    assert_dropped(&world, &pending, EndReason::Rejected);

    let accepted = world.deal().accepted();
    assert_eq!(world.status(&accepted), DealStatus::Accepted);
    world.reject(&accepted).expect("accepted");
    assert_dropped(&world, &accepted, EndReason::Rejected);
}

#[test]
fn cancelling_an_unfunded_deal_ends_it_at_once() {
    let world = World::new();
    for deal in [world.deal().created(), world.deal().accepted()] {
        world.cancel(&deal).expect("unfunded");
        assert_dropped(&world, &deal, EndReason::Rejected);
    }
}

#[test]
fn a_consumer_withdraws_a_deal_before_funding_it() {
    let world = World::new();
    for deal in [world.deal().created(), world.deal().accepted()] {
        world.withdraw_deal(&deal).expect("unfunded");
        assert_dropped(&world, &deal, EndReason::Withdrawn);
    }
}

#[test]
fn an_offer_can_be_accepted_until_its_window_has_passed() {
    let world = World::new();
    let on_time = world.deal().created();
    let late = world.deal().created();
    world.advance(3 * DAY);
    assert_eq!(world.step(&on_time), Advance::NothingDue);
    world.accept(&on_time).expect("at its last second");
    world.advance(1);
    assert_eq!(world.accept(&late), refused(DealsError::AcceptWindowPassed));
    assert_eq!(world.steps(&late), [Advance::Expired]);
    assert_dropped(&world, &late, EndReason::Expired);
}

#[test]
fn an_accepted_deal_can_be_funded_until_its_window_has_passed() {
    let world = World::new();
    let on_time = world.deal().accepted();
    let late = world.deal().consumer(&world.dan).accepted();
    world.advance(3 * DAY);
    assert_eq!(world.step(&late), Advance::NothingDue);
    world
        .fund(&on_time, on_time.agreed.quote())
        .expect("at its last second");
    world.advance(1);
    assert_eq!(
        world.fund(&late, late.agreed.quote()),
        refused(DealsError::FundWindowPassed)
    );
    assert_eq!(world.steps(&late), [Advance::Expired]);
    assert_dropped(&world, &late, EndReason::Expired);
}

#[test]
fn a_bucket_that_accepts_automatically_skips_the_provider() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).auto_accept().listed();
    let deal = world.deal().bucket(bucket).created();
    assert_eq!(world.status(&deal), DealStatus::Accepted);
    assert_eq!(world.accept(&deal), refused(DealsError::NotPending));
    world.fund(&deal, deal.agreed.quote()).expect("accepted");
}

#[test]
fn funding_below_the_minimum_is_refused_and_at_it_accepted() {
    let world = World::new();
    // A day of storage plus all egress costs more than the policy's minimum deposit.
    let deal = world.deal().storage_gb(1_000).egress_gb(1_000).accepted();
    let min_fund = deal.agreed.min_fund();
    assert_eq!(min_fund, 10 * USD + 7 * 20 * USD / 30);
    assert_eq!(
        world.fund(&deal, min_fund - 1),
        refused(DealsError::BelowMinimum)
    );
    world.fund(&deal, min_fund).expect("the minimum");
    assert_eq!(world.balance(&world.carol), POCKET - min_fund);
}

#[test]
fn a_quote_says_what_the_deal_will_cost() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).days(90).created();
    let (storage_mb, egress_mb) = (1_000 * 1_024, 50 * 1_024);
    let quote = world
        .deals()
        .get_quote(&deal.bucket_id, &(90 * DAY), &storage_mb, &egress_mb);
    assert_eq!(quote.price, deal.agreed.quote());
    assert_eq!(quote.price, 60 * USD + USD / 2);
    assert_eq!(quote.min_fund, deal.agreed.min_fund());
    assert_eq!(quote.asset, world.asset.address());
    assert_eq!((quote.fee_bps, quote.policy_version), (200, 1));
}
