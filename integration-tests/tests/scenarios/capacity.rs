//! Capacity: the first to fund gets an exclusive bucket; a shared one is never overbooked.

use flash_integration_tests::{refused, world::POCKET, Usage, World, DAY, USD};
use flash_interfaces::{deals::DealStatus, registry::RegistryError};

#[test]
fn of_two_accepted_deals_on_an_exclusive_bucket_the_first_funded_wins() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).listed();
    let first = world.deal().bucket(bucket).accepted();
    let second = world.deal().bucket(bucket).consumer(&world.dan).accepted();
    world.fund(&second, second.agreed.quote()).expect("first");
    assert_eq!(
        world.fund(&first, first.agreed.quote()),
        refused(RegistryError::BucketTaken)
    );
    assert_eq!(world.balance(&world.carol), POCKET);
    assert_eq!(world.status(&first), DealStatus::Accepted);
    assert!(world.registry().get_bucket(&bucket).expect("listed").locked);
    let third = world.deal().bucket(bucket);
    assert_eq!(
        third.try_created(bucket),
        refused(RegistryError::BucketTaken)
    );

    // Once the first deal has ended and released its capacity, the other can be funded.
    world.advance(DAY);
    world.complete(&second).expect("live");
    world
        .fund(&first, first.agreed.quote())
        .expect("free again");
    assert_eq!(world.status(&first), DealStatus::Funded);
}

#[test]
fn a_shared_bucket_takes_deals_until_it_is_full_and_no_more() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).shared(100, 100).listed();
    let deal = |storage_gb, egress_gb| {
        world
            .deal()
            .bucket(bucket)
            .storage_gb(storage_gb)
            .egress_gb(egress_gb)
            .accepted()
    };
    let (first, second, third) = (deal(60, 10), deal(41, 10), deal(40, 90));
    world.fund(&first, 5 * USD).expect("fits");
    assert_eq!(
        world.fund(&second, 5 * USD),
        refused(RegistryError::CapacityExceeded)
    );
    world.fund(&third, 5 * USD).expect("to the last MB");
    let too_much = world.deal().bucket(bucket).storage_gb(1).egress_gb(0);
    assert_eq!(
        too_much.try_created(bucket),
        refused(RegistryError::CapacityExceeded)
    );
    let reserved = world.registry().get_bucket(&bucket).expect("listed");
    assert_eq!(reserved.reserved_storage_mb, 100 * 1_024);
    assert_eq!(reserved.reserved_egress_mb, 100 * 1_024);

    world.complete(&first).expect("live");
    world.fund(&second, 5 * USD).expect("fits now");
}

#[test]
fn a_repository_is_used_by_one_funded_deal_of_its_bucket() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).shared(1_000, 1_000).listed();
    let other_bucket = world.bucket(&world.ada).shared(1_000, 1_000).listed();
    let deal = |bucket| world.deal().bucket(bucket).repo("photos").accepted();
    let (first, second, elsewhere) = (deal(bucket), deal(bucket), deal(other_bucket));
    world.fund(&first, 5 * USD).expect("free");
    assert_eq!(
        world.fund(&second, 5 * USD),
        refused(RegistryError::RepoIdTaken)
    );
    world.fund(&elsewhere, 5 * USD).expect("another bucket");
    world
        .fund_as(&second, 5 * USD, &world.text("letters"))
        .expect("another repository");
    assert_eq!(world.get(&second).fb_repo_id, world.text("letters"));
}

#[test]
fn closing_frees_no_capacity_until_somebody_advances_the_deal() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).listed();
    let deal = world.deal().bucket(bucket).funded();
    world.days(&deal, 1, Usage::stored_gb(100));
    world.close(&deal).expect("live");
    let delete = || {
        world
            .by(&world.ada)
            .registry::<()>("delete_bucket", (&world.ada.address, bucket))
    };
    assert_eq!(delete(), refused(RegistryError::BucketReserved));
    world.steps(&deal);
    delete().expect("nothing reserved");
}

/// Between two deals of Carol, Dan funded one with her name: her renewal failed, and what she had stored counted
/// for Dan.
#[test]
fn a_repository_name_stays_its_consumers_for_30_days_after_a_deal_that_paid() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).shared(1_000, 1_000).listed();
    let deal = || world.deal().bucket(bucket).repo("photos");
    let first = deal().funded();
    world.days(&first, 1, Usage::stored_gb(100));
    world.complete(&first).expect("live");
    let of_dan = deal().consumer(&world.dan).accepted();
    let owned = refused(RegistryError::RepoIdOwned);
    assert_eq!(world.fund(&of_dan, 5 * USD), owned);
    let second = deal().accepted();
    world.fund(&second, 5 * USD).expect("her own name");
    // The second deal pays nothing; the first one's 30 days go on.
    world.advance(29 * DAY);
    world.complete(&second).expect("nothing was reported");
    let of_dan = deal().consumer(&world.dan).accepted();
    assert_eq!(world.fund(&of_dan, 5 * USD), owned);
    world.advance(DAY);
    world.fund(&of_dan, 5 * USD).expect("30 days later");
}

/// Names cannot be squatted for the fees alone.
#[test]
fn a_repository_name_is_free_after_a_deal_that_paid_nothing() {
    let world = World::new();
    let bucket = world.bucket(&world.ada).shared(1_000, 1_000).listed();
    let deal = || world.deal().bucket(bucket).repo("photos");
    let first = deal().funded();
    world.advance(DAY);
    world.complete(&first).expect("nothing was reported");
    let of_dan = deal().consumer(&world.dan).accepted();
    world.fund(&of_dan, 5 * USD).expect("free");
}
