//! The invariants detect violations: each is broken on purpose and must report it.

use flash_integration_tests::{
    invariants::{broken, check_invariants, observe, Observed},
    Usage, World, DAY, USD,
};
use flash_interfaces::{
    deals::DealStatus,
    registry::{Bucket, BucketStatus},
};

/// A running deal and one that ended, both observed.
fn busy_world() -> World {
    let world = World::builder().clawback_enabled().build();
    let running = world.deal().deposit_usd(5).funded();
    let ended = world.deal().provider(&world.bert).funded();
    for deal in [&running, &ended] {
        world.days(deal, 1, Usage::stored_gb(100).sent_gb(1));
    }
    world.complete(&ended).expect("live");
    assert_eq!(check_invariants(&world), Vec::<String>::new());
    world
}

/// Changes the observation and expects exactly this invariant to report it.
fn assert_seen(name: &str, change: impl Fn(&mut Observed)) {
    let world = busy_world();
    let mut seen = observe(&world);
    change(&mut seen);
    let broken = broken(&seen, &world.history.borrow());
    assert!(!broken.is_empty(), "{name} detects nothing");
    for violation in &broken {
        assert!(
            violation.starts_with(name),
            "expected {name}, got {violation}"
        );
    }
}

#[test]
fn a_claw_back_is_seen_as_e1() {
    let world = busy_world();
    world.expect_broken();
    world.claw_back(1);
    let broken = check_invariants(&world);
    assert_eq!(broken.len(), 1);
    assert!(broken[0].starts_with("E1: balance"), "{broken:?}");
}

#[test]
fn money_that_nobody_gave_is_seen_as_e1() {
    let world = busy_world();
    world.expect_broken();
    world.as_issuer(|issuer| issuer.mint(&world.at.escrow, &1));
    let broken = check_invariants(&world);
    assert_eq!(broken.len(), 1);
    assert!(broken[0].starts_with("E1: surplus"), "{broken:?}");
}

#[test]
fn a_claim_that_is_in_no_total_is_seen_as_e1() {
    assert_seen("E1", |seen| seen.claimable += 1);
    assert_seen("E1", |seen| seen.solvency.surplus += 1);
}

#[test]
fn an_account_that_does_not_add_up_is_seen_as_e2() {
    assert_seen("E2", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.account.as_mut().expect("funded").deposited += 1;
    });
    assert_seen("E2", |seen| {
        let deal = seen.deals.get_mut(&2).expect("the ended deal");
        let account = deal.account.as_mut().expect("funded");
        account.refunded -= 1;
        account.deposited -= 1;
    });
    assert_seen("E2", |seen| {
        seen.deals.get_mut(&2).expect("the ended deal").account = None;
    });
}

#[test]
fn money_left_in_a_released_deal_is_seen_as_e4() {
    assert_seen("E4", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.account.as_mut().expect("funded").released = true;
    });
}

#[test]
fn a_charge_that_is_no_function_of_usage_is_seen_as_e6() {
    assert_seen("E6", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").owed += 1;
    });
    assert_seen("E6", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.policy.fee_bps += 1;
    });
    assert_seen("E6", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        let account = deal.account.as_mut().expect("funded");
        // A credit to the consumer that is unknown to `deals`.
        account.locked -= 1;
        account.refunded += 1;
        seen.solvency.locked -= 1;
        seen.solvency.claimable += 1;
        seen.claimable += 1;
    });
    assert_seen("E6", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").credited += 1;
    });
}

#[test]
fn egress_without_cover_and_arrears_of_the_quote_are_seen_as_e7() {
    assert_seen("E7", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").reserve += 1;
    });
    assert_seen("E7", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").arrears_since_ts = seen.now;
    });
}

#[test]
fn what_has_ended_and_goes_on_is_seen_as_d1() {
    assert_seen("D1", |seen| {
        let deal = seen.deals.get_mut(&2).expect("the ended deal");
        deal.deal.status = DealStatus::Cancelled;
    });
}

#[test]
fn a_missing_or_returning_deal_is_seen_as_d2() {
    let world = busy_world();
    let seen = observe(&world);
    world.history.borrow_mut().deleted.insert(1);
    let violations = broken(&seen, &world.history.borrow());
    assert!(violations
        .iter()
        .any(|violation| violation.starts_with("D2: deal 1")));
    world.history.borrow_mut().deleted.clear();
    assert_seen("D2", |seen| {
        let deal = seen.deals.get_mut(&2).expect("the ended deal");
        deal.deal.deal_id = 7;
        // Its capacity is recorded as freed under its own id.
        deal.deal.agreed_storage_mb = 0;
        deal.deal.agreed_egress_mb = 0;
    });
}

#[test]
fn a_meter_that_runs_ahead_or_back_is_seen_as_d3() {
    assert_seen("D3", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").through_ts = seen.now + 1;
    });
    assert_seen("D3", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").through_ts -= 1;
    });
    assert_seen("D3", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.meter.as_mut().expect("funded").agreed_egress_mb = 0;
    });
}

#[test]
fn terms_that_change_are_seen_as_d4() {
    assert_seen("D4", |seen| {
        let deal = seen.deals.get_mut(&1).expect("the running deal");
        deal.terms.created_ts += 1;
    });
}

#[test]
fn a_list_that_misses_or_repeats_is_seen_as_r1() {
    assert_seen("R1", |seen| {
        seen.listed_deals.pop();
    });
    assert_seen("R1", |seen| seen.listed_buckets.reverse());
    assert_seen("R1", |seen| {
        let again = seen.providers[0].clone();
        seen.providers.push(again);
    });
    assert_seen("R1", |seen| seen.consumer_count += 1);
    assert_seen("R1", |seen| seen.providers[0].units_count += 1);
}

#[test]
fn capacity_that_no_deal_holds_is_seen_as_r2() {
    assert_seen("R2", |seen| {
        let bucket = seen.buckets.get_mut(&1).expect("listed");
        bucket.reserved_storage_mb += 1;
    });
    assert_seen("R2", |seen| {
        let bucket = seen.buckets.get_mut(&1).expect("listed");
        (bucket.max_storage_gb, bucket.max_egress_gb) = (100, 49);
    });
}

#[test]
fn a_deleted_bucket_with_a_reservation_is_seen_as_r3() {
    let world = busy_world();
    let mut seen = observe(&world);
    let bucket = seen.buckets.get_mut(&1).expect("listed");
    bucket.status = BucketStatus::Deleted;
    let violations = broken(&seen, &world.history.borrow());
    assert!(
        violations
            .iter()
            .any(|violation| violation.starts_with("R3")),
        "{violations:?}"
    );
}

#[test]
fn an_external_bucket_that_is_listed_twice_is_seen_as_r4() {
    let world = busy_world();
    world.bucket(&world.ada).listed();
    let mut seen = observe(&world);
    let own = |bucket: &&Bucket| bucket.provider_id == world.ada.address;
    let first = seen.buckets.values().find(own).expect("listed").clone();
    let last = seen.buckets.values_mut().last().expect("listed");
    last.fb_bucket_id = first.fb_bucket_id;
    let violations = broken(&seen, &world.history.borrow());
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert!(violations[0].starts_with("R4"), "{violations:?}");
}

#[test]
fn a_score_out_of_bounds_or_an_outcome_too_many_is_seen_as_p1() {
    assert_seen("P1", |seen| seen.standings[0].2 = 101);
    assert_seen("P1", |seen| {
        let record = seen
            .standings
            .iter_mut()
            .find_map(|standing| standing.3.as_mut());
        record.expect("an outcome").completed_milli += 1_000;
    });
}

#[test]
fn a_failed_call_leaves_nothing_behind() {
    // Every call of the fixture compares the ledger before and after a failure. This test shows
    // that the comparison works.
    let world = busy_world();
    let before = world.ledger_entries();
    assert_eq!(before, world.ledger_entries());
    world.mint(&world.mallory, USD);
    assert_ne!(before, world.ledger_entries());
    world.advance(DAY);
}
