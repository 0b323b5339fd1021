//! Who reports: the owner until an oracle is named, then only the oracle; rotation and suspension.

use flash_integration_tests::{refused, unauthorised, Answer, Deal, Person, Usage, World, DAY, GB};
use flash_interfaces::deals::{DealsError, NOT_MEASURED};

fn report_by(world: &World, who: &Person, deal: &Deal) -> Answer<Vec<u32>> {
    let reading = world.reading(deal, Usage::stored_gb(1), world.now());
    world.report_by(who, "report", &[world.book(deal, &[reading])])
}

fn schedule(world: &World, oracle: &Person) -> Answer<u64> {
    world
        .as_owner()
        .deals("schedule_oracle", (&oracle.address,))
}

#[test]
fn without_an_oracle_the_owner_reports_until_one_is_named() {
    let world = World::builder().without_oracle().build();
    let deal = world.deal().funded();
    world.advance(DAY);
    assert!(unauthorised(&report_by(&world, &world.oracle, &deal)));
    assert_eq!(report_by(&world, &world.owner, &deal), Ok(vec![0]));
    // The first one takes over at once.
    assert_eq!(schedule(&world, &world.oracle), Ok(world.now()));
    world.advance(DAY);
    assert!(unauthorised(&report_by(&world, &world.owner, &deal)));
    assert_eq!(report_by(&world, &world.oracle, &deal), Ok(vec![0]));
}

#[test]
fn a_successor_takes_over_after_a_day_and_the_old_key_becomes_useless() {
    let world = World::new();
    let deal = world.deal().funded();
    let next = Person::contract(&world.env, "next oracle");
    assert_eq!(
        schedule(&world, &world.oracle),
        refused(DealsError::OracleUnchanged)
    );
    assert_eq!(schedule(&world, &next), Ok(world.now() + DAY));
    world.advance(DAY - 1);
    assert!(unauthorised(&report_by(&world, &next, &deal)));
    assert_eq!(report_by(&world, &world.oracle, &deal), Ok(vec![0]));
    world.advance(1);
    assert!(unauthorised(&report_by(&world, &world.oracle, &deal)));
    assert_eq!(report_by(&world, &next, &deal), Ok(vec![0]));
    let oracle = world.deals().get_config().oracle;
    assert_eq!(oracle.acting, Some(next.address));
    assert_eq!((oracle.next, oracle.next_from_ts), (None, 0));
}

#[test]
fn while_the_oracle_is_suspended_nobody_reports_and_everything_else_works() {
    let world = World::new();
    let deal = world.deal().funded();
    world.advance(DAY);
    assert_eq!(report_by(&world, &world.oracle, &deal), Ok(vec![0]));
    let suspend = || world.as_owner().deals::<()>("suspend_oracle", ());
    suspend().expect("acting");
    assert_eq!(suspend(), refused(DealsError::NoOracle));
    world.advance(DAY);
    let refusal = refused(DealsError::OracleSuspended);
    assert_eq!(report_by(&world, &world.oracle, &deal), refusal);
    assert_eq!(report_by(&world, &world.owner, &deal), refusal);
    let refusal = refused(DealsError::OracleSuspended);
    assert_eq!(world.stage_consumption(&deal, 1, 1), refusal);
    assert_eq!(world.stage_service(&deal, 1, 1), refusal);
    assert_eq!(world.pay_pending(&deal), refusal);

    assert_eq!(world.settle(&deal), 0);
    let waiting = world.deal().provider(&world.bert).funded();
    world.deposit(&waiting, 1).expect("live");
    world.complete(&deal).expect("live");

    let next = Person::contract(&world.env, "next oracle");
    schedule(&world, &next).expect("named");
    assert_eq!(
        report_by(&world, &next, &waiting),
        refused(DealsError::OracleSuspended)
    );
    world.advance(DAY);
    assert_eq!(report_by(&world, &next, &waiting), Ok(vec![0]));
}

#[test]
fn a_successor_that_was_named_before_a_suspension_stays_named() {
    let world = World::new();
    let deal = world.deal().funded();
    let next = Person::contract(&world.env, "next oracle");
    schedule(&world, &next).expect("named");
    world
        .as_owner()
        .deals::<()>("suspend_oracle", ())
        .expect("acting");
    world.advance(DAY);
    assert_eq!(report_by(&world, &next, &deal), Ok(vec![0]));
}

/// Whoever stole the owner's key can name an oracle: the owner who gets it back calls it off.
#[test]
fn a_scheduled_oracle_is_called_off_until_it_is_in_office() {
    let world = World::new();
    let deal = world.deal().funded();
    let next = Person::contract(&world.env, "next oracle");
    let cancel = || world.as_owner().deals::<()>("cancel_oracle", ());
    assert_eq!(cancel(), refused(DealsError::NoOracle));
    schedule(&world, &next).expect("named");
    world.advance(DAY - 1);
    cancel().expect("not in office yet");
    assert_eq!(cancel(), refused(DealsError::NoOracle));
    let oracle = world.deals().get_config().oracle;
    assert_eq!((oracle.next, oracle.next_from_ts), (None, 0));
    world.advance(DAY);
    assert!(unauthorised(&report_by(&world, &next, &deal)));
    assert_eq!(report_by(&world, &world.oracle, &deal), Ok(vec![0]));
    // From its second on it is the oracle, and can only be suspended.
    schedule(&world, &next).expect("named");
    world.advance(DAY);
    assert_eq!(cancel(), refused(DealsError::NoOracle));
    assert_eq!(report_by(&world, &next, &deal), Ok(vec![0]));
}

/// A thief of the oracle's key may leave staged windows at the agreed maximum. They must not be
/// billed after the suspension.
#[test]
fn what_a_suspended_oracle_staged_is_void() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).funded();
    world.advance(DAY);
    world.stage_consumption(&deal, 1_000 * GB, 0).expect("live");
    world.stage_service(&deal, 1, 10_000).expect("live");
    assert!(world.deals().get_stage(&deal.id).is_some());
    world
        .as_owner()
        .deals::<()>("suspend_oracle", ())
        .expect("acting");
    assert_eq!(world.deals().get_stage(&deal.id), None);
    assert_eq!(world.get(&deal).unpaid_storage_mb, 0);
    world.advance(DAY);
    world.close(&deal).expect("live");
    let meter = world.meter(&deal);
    assert_eq!((meter.storage_mb_secs, meter.paid_total), (0, 0));
}

#[test]
fn a_successor_does_not_build_on_what_its_predecessor_staged() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).funded();
    let next = Person::contract(&world.env, "next oracle");
    schedule(&world, &next).expect("named");
    world.advance(DAY - 1);
    world.stage_consumption(&deal, 1_000 * GB, 0).expect("live");
    world.stage_service(&deal, 9, 9_000).expect("live");
    assert!(world.deals().get_stage(&deal.id).is_some());
    world.advance(1);
    assert_eq!(world.deals().get_stage(&deal.id), None);
    // The predecessor's staged service is not combined with the successor's consumption either.
    let parties = (&world.ada.address, &world.carol.address, deal.id);
    world
        .by(&next)
        .deals::<()>(
            "update_deal_consumption",
            (parties.0, parties.1, parties.2, GB, 0_u64),
        )
        .expect("live");
    let stage = world.deals().get_stage(&deal.id).expect("staged");
    assert_eq!((stage.storage_mb, stage.uptime_bps), (GB, NOT_MEASURED));
}

#[test]
fn only_the_owner_names_or_suspends_an_oracle() {
    let world = World::new();
    for who in [&world.oracle, &world.ada, &world.carol, &world.mallory] {
        let named = world
            .by(who)
            .deals::<u64>("schedule_oracle", (&who.address,));
        assert!(unauthorised(&named), "{}", who.name);
        let suspended = world.by(who).deals::<()>("suspend_oracle", ());
        assert!(unauthorised(&suspended), "{}", who.name);
    }
}
