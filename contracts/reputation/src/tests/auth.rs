//! Who may call what: exactly the right signature works, every other one fails.

extern crate std;

use flash_interfaces::{
    admin::AdminError,
    reputation::{Outcome, Points, ReputationConfig, Role},
};
use soroban_sdk::{
    testutils::{Address as _, AuthorizedFunction, AuthorizedInvocation},
    Address, IntoVal, Symbol, Val, Vec,
};

use super::{ending, World, UPGRADE_DELAY_SECS, VOLUME};

/// Exactly one signature, over exactly this call, was asked for.
fn assert_signed(world: &World, who: &Address, fn_name: &str, args: Vec<Val>) {
    let function = AuthorizedFunction::Contract((
        world.contract.address.clone(),
        Symbol::new(&world.env, fn_name),
        args,
    ));
    let invocation = AuthorizedInvocation {
        function,
        sub_invocations: std::vec![],
    };
    assert_eq!(world.env.auths(), std::vec![(who.clone(), invocation)]);
}

#[test]
fn outcomes_are_written_with_the_authority_of_deals() {
    let world = World::new();
    let args = (
        1_u32,
        &world.ada,
        &world.carol,
        ending(Outcome::CompletedClean, VOLUME),
    );
    world.sign(&world.deals, "record", args.clone());
    world.contract.record(&1, &world.ada, &world.carol, &args.3);
    assert_signed(&world, &world.deals, "record", args.into_val(&world.env));
}

#[test]
fn nobody_but_deals_writes_outcomes() {
    let world = World::new();
    let record = || {
        world.contract.try_record(
            &1,
            &world.ada,
            &world.carol,
            &ending(Outcome::BreachedProvider, VOLUME),
        )
    };
    assert!(record().is_err(), "without a signature");
    let stranger = Address::generate(&world.env);
    for who in [&world.owner, &world.ada, &world.carol, &stranger] {
        world.sign(
            who,
            "record",
            (
                1_u32,
                &world.ada,
                &world.carol,
                ending(Outcome::BreachedProvider, VOLUME),
            ),
        );
        assert!(record().is_err(), "signed by the wrong one");
    }
    // The right signer, but for another outcome.
    world.sign(
        &world.deals,
        "record",
        (
            1_u32,
            &world.ada,
            &world.carol,
            ending(Outcome::CompletedClean, VOLUME),
        ),
    );
    assert!(record().is_err(), "signed for another call");
    world.env.set_auths(&[]);
    assert_eq!(world.contract.get_record(&world.ada, &Role::Provider), None);
}

#[test]
fn the_points_table_is_the_owners() {
    let world = World::new();
    let points = Points {
        provider_clean: 5,
        ..world.contract.get_points()
    };
    assert!(world.contract.try_set_points(&points).is_err());
    for who in [&world.deals, &world.ada] {
        world.sign(who, "set_points", (points.clone(),));
        assert!(world.contract.try_set_points(&points).is_err());
    }
    assert_eq!(world.contract.get_points().provider_clean, 2);
    world.sign(&world.owner, "set_points", (points.clone(),));
    world.contract.set_points(&points);
    let args = (points,).into_val(&world.env);
    assert_signed(&world, &world.owner, "set_points", args);
}

#[test]
fn migration_is_the_owners_and_there_is_nothing_to_migrate() {
    let world = World::new();
    assert!(world.contract.try_migrate().is_err());
    world.sign(&world.ada, "migrate", ());
    let refused = world.contract.try_migrate();
    assert!(refused.is_err() && refused != Err(Ok(AdminError::NothingToMigrate)));
    world.sign(&world.owner, "migrate", ());
    assert_eq!(
        world.contract.try_migrate(),
        Err(Ok(AdminError::NothingToMigrate))
    );
}

#[test]
fn the_constructor_fixes_owner_deals_and_delay() {
    let world = World::new();
    let ReputationConfig { admin, deals } = world.contract.get_config();
    assert_eq!(deals, world.deals);
    assert_eq!(admin.owner, Some(world.owner.clone()));
    assert_eq!(admin.upgrade_delay_secs, UPGRADE_DELAY_SECS);
    assert_eq!(admin.schema, 1);
    assert_eq!(admin.paused_until_ts, None);
    assert_eq!(world.contract.get_owner(), Some(world.owner.clone()));
}
