//! The current version reads, changes and writes data that an earlier version stored, after a
//! complete upgrade: announced, waited for, executed, migrated. Also tests every way to abuse an
//! upgrade.
//!
//! The earlier version is the Wasm in `fixtures/frozen`. The current one is native, or the Wasm if
//! `FLASH_WASM_DIR` is set.

use std::path::Path;

use flash_common::admin::UPGRADE_WINDOW_SECS;
use flash_integration_tests::{
    deploy::{self, CONTRACTS, UPGRADE_DELAY_SECS},
    invariants, mandate, refused, unauthorised, Answer, Caller, Deal, Person, Usage, World,
};
use flash_interfaces::admin::{AdminConfig, AdminError};
use soroban_sdk::{
    BytesN, ContractExecutable, ContractExecutableRef, Env, IntoVal, String, TryFromVal, Val, Vec,
};

use crate::liveness::{
    search::{Party, Search},
    states,
};

/// A world that runs the frozen contracts.
fn frozen() -> World {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/frozen");
    World::builder()
        .wasm(&dir)
        .clawback_enabled()
        .checked_at_the_end()
        .build()
}

fn call<T: TryFromVal<Env, Val>>(
    caller: &Caller,
    contract: &str,
    command: &str,
    args: impl IntoVal<Env, Vec<Val>>,
) -> Answer<T> {
    match contract {
        "registry" => caller.registry(command, args),
        "deals" => caller.deals(command, args),
        "escrow" => caller.escrow(command, args),
        "mandates" => caller.mandates(command, args),
        _ => caller.reputation(command, args),
    }
}

fn owner<T: TryFromVal<Env, Val>>(
    world: &World,
    contract: &str,
    command: &str,
    args: impl IntoVal<Env, Vec<Val>>,
) -> Answer<T> {
    call(&world.as_owner(), contract, command, args)
}

fn schedule(world: &World, contract: &str, hash: &BytesN<32>) -> Answer<u64> {
    owner(world, contract, "schedule_upgrade", (hash,))
}

fn upgrade(world: &World, contract: &str, hash: &BytesN<32>) -> Answer {
    let args = (hash, &world.owner.address);
    owner(world, contract, "upgrade", args)
}

fn version(world: &World, contract: &str) -> std::string::String {
    let version: String = call(&world.unsigned(), contract, "version", ()).expect("a version");
    version.to_string()
}

fn admin(world: &World, contract: &str) -> AdminConfig {
    match contract {
        "registry" => world.registry().get_config().admin,
        "deals" => world.deals().get_config().admin,
        "escrow" => world.escrow().get_config().admin,
        "mandates" => world.mandates().get_config().admin,
        _ => world.reputation().get_config().admin,
    }
}

fn hash(world: &World, contract: &str) -> BytesN<32> {
    deploy::upload(&world.env, contract)
}

/// Deals in every state that can exist together.
fn deals_in_every_state(world: &World) -> std::vec::Vec<(&'static str, Deal)> {
    let others = |name: &str| !name.contains("suspended") && !name.contains("clawed back");
    states::ALL
        .iter()
        .filter(|(name, _)| others(name))
        .map(|(name, build)| (*name, build(world)))
        .collect()
}

/// Everything that queries return, except which code runs.
fn everything(world: &World) -> std::string::String {
    let mut text = format!("{:#?}", invariants::observe(world));
    let deals = world.deals();
    for id in 1..=deals.get_deal_count() {
        let page = deals.get_deal_page(&id);
        let on_page = page
            .as_ref()
            .map(|page| deals.get_book(&page.provider, &page.asset, &page.page));
        text += &format!(
            "\n{id}: {:?} {:?} {page:?} {on_page:?} {:?}",
            deals.get_deal_health(&id),
            deals.get_stage(&id),
            world.mandates().get_mandate(&id),
        );
    }
    for provider in [&world.ada, &world.bert] {
        let id = &provider.address;
        let registry = world.registry();
        let buckets = registry.get_buckets_by_provider_page(id, &0, &20);
        text += &format!("\n{:?} {buckets:?}", registry.get_provider(id));
        text += &format!("\n{:?}", deals.get_deals_by_provider_page(id, &0, &20));
    }
    text += &format!(
        "\n{:?} {:?}",
        deals.get_config().oracle,
        world.reputation().get_points()
    );
    text
}

#[test]
fn the_current_version_reads_changes_and_writes_the_state_of_the_frozen_one() {
    let world = frozen();
    let deals = deals_in_every_state(&world);
    let drawn_for = world.due_for_a_draw(mandate::TOP_UP);
    for contract in CONTRACTS {
        assert_eq!(version(&world, contract), "0.0.1", "{contract}");
        schedule(&world, contract, &hash(&world, contract)).expect("the owner");
    }
    world.advance(UPGRADE_DELAY_SECS);
    let before = everything(&world);
    for contract in CONTRACTS {
        let hash = admin(&world, contract).upgrade_wasm_hash.expect("pending");
        upgrade(&world, contract, &hash).expect("its time has come");
        assert_eq!(version(&world, contract), env!("CARGO_PKG_VERSION"));
    }
    assert_eq!(before, everything(&world), "read");
    everybody_gets_out(&world, &deals);
    migrate_all(&world);
    assert_eq!(before, everything(&world), "read after the migration");
    drawn_as_before(&world, &drawn_for);
    live_on(&world, &deals);
    world.check();
}

/// Checks that each party alone gets out of each deal; leaves the world unchanged.
fn everybody_gets_out(world: &World, deals: &[(&str, Deal)]) {
    let here = world.checkpoint();
    for (name, deal) in deals {
        for party in [Party::Consumer, Party::Provider] {
            let plan = Search::new(world, deal, party).run(&|| ());
            assert!(plan.is_some(), "{name}: the {party:?} does not get out");
            world.restore(&here);
        }
    }
}

fn migrate_all(world: &World) {
    for contract in CONTRACTS {
        assert_eq!(admin(world, contract).schema, 0, "{contract}");
        let stranger: Answer = call(&world.by(&world.mallory), contract, "migrate", ());
        assert!(unauthorised(&stranger), "{contract}");
        owner::<()>(world, contract, "migrate", ()).expect("a way to go");
        let again: Answer = owner(world, contract, "migrate", ());
        assert_eq!(again, refused(AdminError::NothingToMigrate));
        assert_ne!(admin(world, contract).schema, 0, "{contract}");
    }
}

/// Continues existing deals and starts new ones.
fn live_on(world: &World, deals: &[(&str, Deal)]) {
    let by_name = |wanted: &str| {
        &deals
            .iter()
            .find(|(name, _)| *name == wanted)
            .expect("there")
            .1
    };
    let running = by_name("funded and reported");
    world.days(running, 2, Usage::stored_gb(3_000).sent_gb(1));
    world.deposit(running, 1).expect("live");
    world
        .stage_consumption(running, 1, 1)
        .expect_err("nothing has passed");
    world.cancel(running).expect("live");
    world.complete(running).expect("live");
    assert!(world.account(running.id).released);

    let closed = by_name("closed, held back for the tail");
    let steps = world.steps(closed);
    assert!(!steps.is_empty(), "its final window is over");
    assert!(world.account(closed.id).released);

    let beside = world.deal().consumer(&world.dan).storage_gb(10).funded();
    world.days(&beside, 1, Usage::stored_gb(10));
    world.complete(&beside).expect("live");
    for person in [&world.carol, &world.dan, &world.ada] {
        if world.claimable(person) > 0 {
            assert!(world.by(person).withdraw_all() > 0);
        }
    }
}

/// A mandate of the frozen version draws within its limit.
fn drawn_as_before(world: &World, deal: &Deal) {
    let before = world.mandate(deal).expect("set before the upgrade");
    assert_eq!(before.drawn, 0);
    assert_eq!(world.draw(deal), Ok(mandate::TOP_UP));
    let after = world.mandate(deal).expect("still set");
    assert_eq!(after.drawn, mandate::TOP_UP);
}

// ---- each way to abuse it, on each contract ----

#[test]
fn only_the_owner_announces_executes_or_cancels_an_upgrade() {
    let world = frozen();
    for contract in CONTRACTS {
        let hash = hash(&world, contract);
        for stranger in [&world.mallory, &world.oracle, &world.ada] {
            let by = world.by(stranger);
            let answer: Answer<u64> = call(&by, contract, "schedule_upgrade", (&hash,));
            assert!(unauthorised(&answer), "{contract}");
        }
        schedule(&world, contract, &hash).expect("the owner");
        let by = world.by(&world.mallory);
        let answer: Answer = call(&by, contract, "cancel_upgrade", ());
        assert!(unauthorised(&answer), "{contract}");
    }
    world.advance(UPGRADE_DELAY_SECS);
    for contract in CONTRACTS {
        let hash = admin(&world, contract).upgrade_wasm_hash.expect("pending");
        let by = world.by(&world.mallory);
        let in_own_name: Answer = call(&by, contract, "upgrade", (&hash, &world.mallory.address));
        assert_eq!(in_own_name, refused(AdminError::NotOwner), "{contract}");
        let in_the_owners: Answer = call(&by, contract, "upgrade", (&hash, &world.owner.address));
        assert!(unauthorised(&in_the_owners), "{contract}");
        assert_eq!(version(&world, contract), "0.0.1");
    }
}

#[test]
fn an_upgrade_executes_only_within_its_time() {
    let world = frozen();
    for contract in CONTRACTS {
        schedule(&world, contract, &hash(&world, contract)).expect("the owner");
    }
    let pending = |contract: &str| admin(&world, contract).upgrade_wasm_hash.expect("pending");
    world.advance(UPGRADE_DELAY_SECS - 1);
    for contract in CONTRACTS {
        let early = upgrade(&world, contract, &pending(contract));
        assert_eq!(early, refused(AdminError::UpgradeTooEarly), "{contract}");
    }
    world.advance(UPGRADE_WINDOW_SECS + 1);
    let last_second = world.checkpoint();
    world.advance(1);
    for contract in CONTRACTS {
        let late = upgrade(&world, contract, &pending(contract));
        assert_eq!(late, refused(AdminError::UpgradeExpired), "{contract}");
        assert_eq!(version(&world, contract), "0.0.1");
    }
    world.restore(&last_second);
    for contract in CONTRACTS {
        let hash = pending(contract);
        upgrade(&world, contract, &hash).expect("the last second of its time");
        let twice = upgrade(&world, contract, &hash);
        assert_eq!(twice, refused(AdminError::NoUpgradePending), "{contract}");
    }
}

#[test]
fn only_an_announced_and_not_cancelled_hash_is_executed() {
    let world = frozen();
    for contract in CONTRACTS {
        let announced = hash(&world, contract);
        schedule(&world, contract, &announced).expect("the owner");
        let again = schedule(&world, contract, &announced);
        assert_eq!(again, refused(AdminError::UpgradePending), "{contract}");
    }
    world.advance(UPGRADE_DELAY_SECS);
    for (nth, contract) in CONTRACTS.into_iter().enumerate() {
        let other = hash(&world, CONTRACTS[(nth + 1) % CONTRACTS.len()]);
        let answer = upgrade(&world, contract, &other);
        let mismatch = refused(AdminError::UpgradeHashMismatch);
        assert_eq!(answer, mismatch, "{contract}");
        let announced = admin(&world, contract).upgrade_wasm_hash.expect("pending");
        owner::<()>(&world, contract, "cancel_upgrade", ()).expect("the owner");
        let answer = upgrade(&world, contract, &announced);
        assert_eq!(answer, refused(AdminError::NoUpgradePending), "{contract}");
        assert_eq!(version(&world, contract), "0.0.1");
    }
}

/// A reference would let the owner of the referenced entry change the code without delay.
#[test]
fn a_reference_to_an_executable_is_refused() {
    let world = frozen();
    let reference = ContractExecutable::ExternalRef(ContractExecutableRef {
        owner: world.mallory.address.clone(),
        tag: world.text("code"),
    });
    for contract in CONTRACTS {
        let answer: Answer<u64> = owner(&world, contract, "schedule_upgrade", (reference.clone(),));
        assert!(answer.is_err(), "{contract}");
        let answer: Answer<u64> = owner(&world, contract, "schedule_upgrade", (&world.at.escrow,));
        assert!(answer.is_err(), "{contract}");
        assert_eq!(admin(&world, contract).upgrade_wasm_hash, None);
        // 32 bytes that are no hash of uploaded code can be announced but not executed.
        let nothing = BytesN::from_array(&world.env, &[7; 32]);
        schedule(&world, contract, &nothing).expect("the owner");
    }
    world.advance(UPGRADE_DELAY_SECS);
    for contract in CONTRACTS {
        let nothing = BytesN::from_array(&world.env, &[7; 32]);
        assert!(upgrade(&world, contract, &nothing).is_err(), "{contract}");
        assert_eq!(version(&world, contract), "0.0.1");
    }
}

#[test]
fn ownership_goes_only_to_the_offered_address_in_time() {
    let world = frozen();
    let heir = Person::contract(&world.env, "Heir");
    for contract in CONTRACTS {
        let until = world.env.ledger().sequence() + 100;
        let offer = (&heir.address, until);
        let stranger: Answer = call(
            &world.by(&world.mallory),
            contract,
            "transfer_ownership",
            offer,
        );
        assert!(stranger.is_err(), "{contract}");
        owner::<()>(&world, contract, "transfer_ownership", offer).expect("the owner");
        let accept =
            |who: &Person| -> Answer { call(&world.by(who), contract, "accept_ownership", ()) };
        assert!(accept(&world.mallory).is_err(), "{contract}: somebody else");
        let in_time = world.checkpoint();
        world.advance(101 * 5);
        assert!(accept(&heir).is_err(), "{contract}: late");
        assert_eq!(
            admin(&world, contract).owner,
            Some(world.owner.address.clone())
        );
        world.restore(&in_time);
        accept(&heir).expect("offered, and in time");
        assert_eq!(admin(&world, contract).owner, Some(heir.address.clone()));
        let old = schedule(&world, contract, &hash(&world, contract));
        assert!(unauthorised(&old), "{contract}: the old owner");
    }
}
