//! Deals that replace deals: renewal, extension, other sizes, other prices. (The caller checks that a refused call
//! leaves the ledger unchanged.)

use flash_integration_tests::{
    mandate, refused, Answer, Deal, DealBuilder, Usage, World, DAY, GB, HOUR, USD,
};
use flash_interfaces::{
    deals::{Advance, DealStatus, DealsError, EndReason},
    mandates::MandatesError,
    registry::RegistryError,
};

/// A deal of Ada and Carol on a shared bucket that it fills, ten days old, all of it reported and settled.
fn running(world: &World) -> Deal {
    let bucket_id = world.bucket(&world.ada).shared(100, 50).listed();
    let deal = world.deal().bucket(bucket_id).funded();
    world.days(&deal, 10, Usage::stored_gb(80).sent_gb(1));
    deal
}

fn accepted<'a>(world: &'a World, deal: &Deal) -> DealBuilder<'a> {
    world.deal().succeeding(deal)
}

fn fund_whole(world: &World, deal: &Deal) -> Answer {
    world.fund(deal, deal.agreed.quote())
}

fn provider_calls<A>(world: &World, command: &str, args: A)
where
    A: soroban_sdk::IntoVal<soroban_sdk::Env, soroban_sdk::Vec<soroban_sdk::Val>>,
{
    let answer: Answer = world.by(&world.ada).registry(command, args);
    answer.expect(command);
}

#[test]
fn a_renewal_takes_over_in_the_same_second_and_moves_only_its_own_money() {
    let world = World::new();
    let old = running(&world);
    let (paid, locked) = (world.meter(&old).paid_total, world.meter(&old).locked);
    let (wallet, claimable) = (world.balance(&world.carol), world.claimable(&world.carol));
    let new = accepted(&world, &old).accepted();
    assert_eq!(
        world.status(&old),
        DealStatus::Funded,
        "until it is replaced"
    );
    fund_whole(&world, &new).expect("replaces");
    let (was, is) = (world.meter(&old), world.meter(&new));
    assert_eq!(
        world.end(&old),
        (DealStatus::Completed, EndReason::Consumer)
    );
    assert_eq!((was.close_ts, is.start_ts), (world.now(), world.now()));
    assert!(was.released, "all of it was reported");
    assert_eq!(was.paid_total, paid);
    assert_eq!(world.claimable(&world.carol) - claimable, locked);
    assert_eq!(wallet - world.balance(&world.carol), new.agreed.quote());
    assert_eq!(is.fb_repo_id, was.fb_repo_id);
    // Nothing is left to do but the outcome.
    assert_eq!(world.steps(&old), [Advance::OutcomeWritten]);
    world.days(&new, 3, Usage::stored_gb(80));
    assert_eq!(
        world.meter(&new).storage_mb_secs,
        u128::from(80 * GB * 3 * DAY)
    );
}

#[test]
fn what_the_replaced_deal_still_costs_is_held_back_and_billed_once() {
    let world = World::new();
    let old = running(&world);
    world.advance(HOUR * 5);
    let before = world.meter(&old);
    let new = accepted(&world, &old).accepted();
    fund_whole(&world, &new).expect("replaces");
    let closed = world.meter(&old);
    assert!(
        !closed.released && closed.locked > 0,
        "the tail is held back"
    );
    // The last report of the old deal comes after the first of the new one.
    world.days(&new, 1, Usage::stored_gb(80));
    world.final_report(&old, Usage::stored_gb(80).sent_gb(2));
    let released = world.meter(&old);
    assert!(released.released);
    let hours = released.storage_mb_secs - before.storage_mb_secs;
    assert_eq!(hours, u128::from(80 * GB * 5 * HOUR));
    assert_eq!(released.egress_mb - before.egress_mb, 2 * GB);
    assert_eq!(world.meter(&new).storage_mb_secs, u128::from(80 * GB * DAY));
    assert_eq!(world.meter(&new).egress_mb, 0);
    assert_eq!(world.meter(&new).start_ts, released.close_ts);
}

#[test]
fn a_successor_needs_only_the_difference_in_size() {
    let world = World::new();
    let old = running(&world);
    let larger = accepted(&world, &old).storage_gb(101);
    assert_eq!(
        larger.try_created(old.bucket_id),
        refused(RegistryError::CapacityExceeded)
    );
    // Smaller: what is free can be sold at once.
    let smaller = accepted(&world, &old)
        .storage_gb(60)
        .egress_gb(20)
        .accepted();
    fund_whole(&world, &smaller).expect("smaller");
    let dans = || world.deal().bucket(old.bucket_id).consumer(&world.dan);
    let grown = accepted(&world, &smaller).storage_gb(100).accepted();
    let other = dans().storage_gb(40).egress_gb(30).funded();
    // Then there is no way back, and the smaller deal goes on.
    assert_eq!(
        fund_whole(&world, &grown),
        refused(RegistryError::CapacityExceeded)
    );
    assert_eq!(world.status(&smaller), DealStatus::Funded);
    world.complete(&other).expect("leaves");
    fund_whole(&world, &grown).expect("fits again");
}

#[test]
fn an_exclusive_bucket_passes_on_to_the_successor() {
    let world = World::new();
    let old = world.deal().funded();
    let new = accepted(&world, &old).storage_gb(5_000).days(90).accepted();
    fund_whole(&world, &new).expect("exclusive");
    let other = world.deal().bucket(old.bucket_id).consumer(&world.dan);
    assert_eq!(
        other.try_created(old.bucket_id),
        refused(RegistryError::BucketTaken)
    );
}

#[test]
fn a_successor_has_its_own_price_and_the_old_deal_keeps_its_own() {
    let world = World::new();
    let old = running(&world);
    let none = None::<u32>;
    let text = None::<soroban_sdk::String>;
    let price = (USD / 25).unsigned_abs();
    let args = (
        &world.ada.address,
        old.bucket_id,
        text.clone(),
        text,
        Some(price),
        None::<u128>,
        none,
        none,
    );
    provider_calls(&world, "update_bucket_conditions", args);
    let new = accepted(&world, &old).accepted();
    world.advance(DAY);
    world.round(&old, Usage::stored_gb(100));
    fund_whole(&world, &new).expect("replaces");
    world.days(&new, 1, Usage::stored_gb(100));
    let terms = |deal: &Deal| world.deals().get_deal_terms(&deal.id).expect("a deal");
    let prices = [&old, &new].map(|deal| terms(deal).price_per_gb_storage);
    assert_eq!(prices, [(USD / 50).unsigned_abs(), price]);
    assert_eq!(terms(&new).succeeds, Some(old.id));
}

#[test]
fn neither_listing_nor_lock_stands_in_a_successors_way() {
    let world = World::new();
    let old = running(&world);
    let bucket = (&world.ada.address, old.bucket_id);
    provider_calls(&world, "lock_bucket", bucket);
    let status = flash_interfaces::registry::BucketStatus::Inactive;
    provider_calls(&world, "set_bucket_status", (bucket.0, bucket.1, status));
    let stranger = world.deal().bucket(old.bucket_id).consumer(&world.dan);
    assert_eq!(
        stranger.try_created(old.bucket_id),
        refused(RegistryError::BucketInactive)
    );
    let new = accepted(&world, &old).accepted();
    fund_whole(&world, &new).expect("its own bucket");
}

#[test]
fn only_a_running_deal_of_the_same_parties_on_the_same_bucket_is_succeeded() {
    let world = World::new();
    let old = running(&world);
    let elsewhere = world.bucket(&world.ada).listed();
    let create = |deal: DealBuilder, bucket: u32| deal.try_created(bucket);
    let mismatch = refused(DealsError::SuccessorMismatch);
    assert_eq!(create(accepted(&world, &old), elsewhere), mismatch);
    let dans = accepted(&world, &old).consumer(&world.dan);
    assert_eq!(create(dans, old.bucket_id), mismatch);
    let unfunded = world.deal().bucket(elsewhere).accepted();
    let not_succeedable = refused(DealsError::NotSucceedable);
    let of = |deal: &Deal| create(accepted(&world, deal), deal.bucket_id);
    assert_eq!(of(&unfunded), not_succeedable);
    let unknown = Deal {
        id: 1_000,
        ..old.clone()
    };
    assert_eq!(of(&unknown), refused(DealsError::DealNotFound));

    let noticed = world.deal().bucket(elsewhere).repo("noticed").funded();
    let asked = accepted(&world, &noticed).accepted();
    world.cancel(&noticed).expect("notice");
    assert_eq!(of(&noticed), not_succeedable);
    assert_eq!(
        fund_whole(&world, &asked),
        refused(DealsError::NotSucceedable)
    );

    let asked = accepted(&world, &old).accepted();
    world.advance_to(world.meter(&old).end_ts);
    assert_eq!(of(&old), not_succeedable);
    assert_eq!(
        fund_whole(&world, &asked),
        refused(DealsError::FundWindowPassed)
    );
}

#[test]
fn a_deal_that_ends_before_its_successor_is_funded_is_not_succeeded() {
    let world = World::new();
    let bucket_id = world.bucket(&world.ada).shared(1_000, 1_000).listed();
    let deal = |repo| world.deal().bucket(bucket_id).days(2).repo(repo).funded();
    let (ending, closed) = (deal("a"), deal("b"));
    let after_end = accepted(&world, &ending).accepted();
    let after_close = accepted(&world, &closed).accepted();
    world.close(&closed).expect("the consumer");
    let refusal = refused(DealsError::NotSucceedable);
    assert_eq!(fund_whole(&world, &after_close), refusal);
    world.advance_to(world.meter(&ending).end_ts - 1);
    let before = world.deal().succeeding(&ending).accepted();
    world.advance(1);
    assert_eq!(fund_whole(&world, &after_end), refusal);
    assert_eq!(fund_whole(&world, &before), refusal);
}

#[test]
fn of_two_successors_the_second_replaces_nothing() {
    let world = World::new();
    let old = running(&world);
    let [first, second] = [1, 2].map(|_| accepted(&world, &old).accepted());
    fund_whole(&world, &first).expect("the first");
    assert_eq!(
        fund_whole(&world, &second),
        refused(DealsError::NotSucceedable)
    );
    let third = accepted(&world, &first).accepted();
    fund_whole(&world, &third).expect("a chain");
    assert_eq!(world.status(&first), DealStatus::Completed);
}

#[test]
fn the_name_stays_and_belongs_to_its_consumer_for_thirty_days_after_the_last_deal() {
    let world = World::new();
    let old = running(&world);
    let new = accepted(&world, &old).accepted();
    let other_name = world.text("another");
    assert_eq!(
        world.fund_as(&new, new.agreed.quote(), &other_name),
        refused(DealsError::SuccessorRepoId)
    );
    fund_whole(&world, &new).expect("the same name");
    // The successor pays nothing; its predecessor did.
    world.complete(&new).expect("at once");
    world.advance(29 * DAY);
    let squatter = world.deal().bucket(old.bucket_id).consumer(&world.dan);
    let squatter = squatter.accepted();
    assert_eq!(
        world.fund_as(&squatter, squatter.agreed.quote(), &old.repo_id),
        refused(RegistryError::RepoIdOwned)
    );
    world.advance(DAY + 1);
    world
        .fund_as(&squatter, squatter.agreed.quote(), &old.repo_id)
        .expect("free again");
}

#[test]
fn a_breach_stays_a_breach_and_the_successor_begins_without_strikes() {
    let world = World::new();
    let old = world.deal().funded();
    world.days(&old, 3, Usage::stored_gb(80).served(50, 5_000));
    assert_ne!(world.meter(&old).breach_ts, 0);
    let new = accepted(&world, &old).accepted();
    fund_whole(&world, &new).expect("the consumer forgives");
    assert_eq!(
        world.end(&old),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
    assert_eq!(world.meter(&new).strikes, 0);
    assert_eq!(world.meter(&new).breach_ts, 0);
}

#[test]
fn a_deal_in_its_grace_is_succeeded_and_its_debt_is_not_forgotten() {
    let world = World::new();
    let old = world.deal().deposit_usd(8).storage_gb(1_500).egress_gb(0);
    let old = old.funded();
    let mut days = 0;
    while world.meter(&old).arrears_since_ts == 0 {
        world.days(&old, 1, Usage::stored_gb(1_500));
        days += 1;
        assert!(days < 30, "no grace");
    }
    let new = accepted(&world, &old).egress_gb(0).accepted();
    world.advance(2 * HOUR);
    fund_whole(&world, &new).expect("replaces");
    world.final_report(&old, Usage::stored_gb(1_500));
    let meter = world.meter(&old);
    assert_eq!(
        meter.owed, 0,
        "the grace begins while there is money for it"
    );
    assert_eq!(world.status(&old), DealStatus::Completed);
    assert_eq!(world.meter(&new).arrears_since_ts, 0);
}

#[test]
fn a_staged_window_of_the_old_deal_is_billed_and_none_of_the_new_one() {
    let world = World::new();
    let old = world.deal().funded();
    world.advance(DAY);
    world.stage_consumption(&old, 80 * GB, GB).expect("staged");
    let new = accepted(&world, &old).accepted();
    fund_whole(&world, &new).expect("replaces");
    assert_eq!(world.meter(&old).storage_mb_secs, u128::from(80 * GB * DAY));
    assert!(world.meter(&old).released);
    assert_eq!(world.deals().get_stage(&new.id), None);
    assert_eq!(world.meter(&new).storage_mb_secs, 0);
}

#[test]
fn while_paused_nothing_is_succeeded() {
    let world = World::new();
    let old = running(&world);
    let new = accepted(&world, &old).accepted();
    let pause: Answer = world.as_owner().deals("pause", ());
    pause.expect("the owner");
    assert_eq!(fund_whole(&world, &new), refused(DealsError::Paused));
    let more = accepted(&world, &old).try_created(old.bucket_id);
    assert_eq!(more, refused(DealsError::Paused));
    assert_eq!(world.status(&old), DealStatus::Funded);
}

#[test]
fn a_standing_top_up_ends_with_its_deal() {
    let world = World::new();
    let old = world.due_for_a_draw(mandate::TOP_UP);
    let new = accepted(&world, &old).accepted();
    fund_whole(&world, &new).expect("replaces");
    assert_eq!(world.draw(&old), refused(MandatesError::DealNotLive));
    assert_eq!(world.draw(&new), refused(MandatesError::MandateNotFound));
}
