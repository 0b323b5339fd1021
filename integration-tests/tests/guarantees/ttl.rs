//! Lifetimes of entries. Whoever changes an entry extends it to 120 days if less than 30 are left.
//! Entries that nothing will touch again live as long as the network allows. Calls that change
//! nothing extend nothing.

use std::collections::BTreeMap;

use flash_common::ttl::{EXTEND_TO, LEDGERS_PER_DAY};
use flash_integration_tests::{mandate, Answer, Deal, Usage, World, DAY};
use soroban_sdk::{
    testutils::{storage::Persistent as _, Deployer as _},
    xdr::{ScSymbol, ScVal, ScVec},
    TryFromVal, Val,
};

use crate::entries::{by_key, contracts, stored, Entry};

const LONGEST: u32 = 180 * LEDGERS_PER_DAY;
/// The ledgers that a few calls take.
const SLACK: u32 = 60;

type Act = fn(&World, &Deal);

type ByKey = BTreeMap<(&'static str, ScVal), Entry>;

fn now(world: &World) -> ByKey {
    by_key(stored(world))
}

/// The entries that changed, without those that are gone.
fn changed(before: &ByKey, after: &ByKey) -> Vec<Entry> {
    let other = |(key, entry): &(&(&'static str, ScVal), &Entry)| {
        before.get(*key).is_none_or(|old| old.value != entry.value)
    };
    after
        .iter()
        .filter(other)
        .map(|(_, entry)| entry.clone())
        .collect()
}

/// Ages all entries, including code, until they live less than 30 more days.
fn grow_old(world: &World) {
    for (_, contract) in contracts(world) {
        world.env.as_contract(contract, || {
            let deployer = world.env.deployer();
            deployer.extend_ttl_for_code(contract.clone(), EXTEND_TO, EXTEND_TO);
        });
    }
    world.advance(100 * DAY);
}

/// The lifetime of each contract's code.
fn codes(world: &World) -> [u32; 5] {
    let deployer = world.env.deployer();
    contracts(world).map(|(_, contract)| deployer.get_contract_code_ttl(contract))
}

/// The actions on a deal, in order, each on aged entries.
const STEPS: [(&str, Act); 9] = [
    ("deposit", |world, deal| {
        world.deposit(deal, 1).expect("live")
    }),
    ("report", |world, deal| {
        assert_eq!(world.report(deal, Usage::stored_gb(10)), 0);
    }),
    ("settle", |world, deal| {
        assert_eq!(world.settle(deal), 0);
    }),
    ("stage", |world, deal| {
        world.stage_consumption(deal, 1, 1).expect("live");
    }),
    ("pay", |world, deal| world.pay_pending(deal).expect("live")),
    ("take back", |world, deal| {
        world.reduce(deal, 1).expect("more than is needed")
    }),
    ("notice", |world, deal| world.cancel(deal).expect("live")),
    ("close", |world, deal| world.close(deal).expect("live")),
    ("advance", |world, deal| {
        assert!(!world.steps(deal).is_empty());
    }),
];

#[test]
fn whatever_a_command_changes_lives_120_days_more() {
    let world = World::builder().checked_at_the_end().build();
    let deal = world.deal().storage_gb(1_000).days(5 * 365).funded();
    for (name, step) in STEPS {
        grow_old(&world);
        let (before, codes_before) = (now(&world), codes(&world));
        step(&world, &deal);
        let after = now(&world);
        let changed = changed(&before, &after);
        assert!(!changed.is_empty(), "{name} changes something");
        for entry in changed {
            let short = entry.ttl + SLACK < EXTEND_TO;
            assert!(
                !short,
                "{name}: {} in {} lives {}",
                entry.kind(),
                entry.contract,
                entry.ttl
            );
            assert!(entry.ttl <= LONGEST, "{name}: {}", entry.kind());
        }
        // The instance of the called contract, but not its code, whose rent the operator pays.
        let deployer = world.env.deployer();
        let instance = deployer.get_contract_instance_ttl(&world.at.deals);
        assert!(instance + SLACK >= EXTEND_TO, "{name}");
        let code = codes(&world);
        assert!(
            code.iter()
                .zip(&codes_before)
                .all(|(now, then)| now <= then),
            "{name}: nobody pays for code"
        );
    }
}

#[test]
fn finished_entries_live_as_long_as_the_network_allows() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).funded();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    world.complete(&deal).expect("live");
    let dropped = world.deal().created();
    world.reject(&dropped).expect("pending");
    let longest = [
        ("deals", "Deal(u32)"),
        ("deals", "ConsDeals(address, u32)"),
        ("deals", "ProvDeals(address, u32)"),
        ("deals", "Policy(u32)"),
        ("escrow", "Head(u32)"),
        ("registry", "ProviderAt(u32)"),
        ("registry", "ConsumerAt(u32)"),
        ("registry", "ProviderBucket(address, u32)"),
    ];
    let entries = stored(&world);
    for (contract, kind) in longest {
        let of_kind = entries
            .iter()
            .filter(|entry| entry.contract == contract && entry.kind() == kind);
        let ttls: Vec<u32> = of_kind.map(|entry| entry.ttl).collect();
        assert!(!ttls.is_empty(), "{kind} is stored");
        // Counted from the last write; all of them happened within two days.
        let lives_longest = ttls.iter().all(|ttl| ttl + 2 * LEDGERS_PER_DAY >= LONGEST);
        assert!(lives_longest, "{kind}: {ttls:?}");
    }
}

/// A released deal leaves no useless entries behind.
#[test]
fn an_ended_deal_leaves_no_page_stage_or_empty_claim() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).funded();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    world.advance(DAY);
    world.stage_consumption(&deal, 1, 1).expect("live");
    world.complete(&deal).expect("live");
    for person in [&world.ada, &world.carol] {
        if world.claimable(person) > 0 {
            world.by(person).withdraw_all();
        }
    }
    let left: Vec<String> = stored(&world).iter().map(Entry::kind).collect();
    // The repository's name stays: it is its consumer's for 30 days more.
    for kind in ["MeterPage", "DealStage", "Page", "Claimable"] {
        assert!(
            left.iter().all(|left| !left.starts_with(kind)),
            "{kind} is left of {left:?}"
        );
    }
}

/// Calls that change nothing extend nothing, however old the entries are and whoever calls.
/// Extensions go to at most 120 days, except for finished entries.
#[test]
fn calls_that_change_nothing_extend_nothing() {
    let world = World::builder().checked_at_the_end().build();
    let deal = world.deal().storage_gb(1_000).days(5 * 365).funded();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    for age_days in [0, 50] {
        world.advance(age_days * DAY);
        let before = now(&world);
        for _ in 0..3 {
            world.settle(&deal);
            world.step(&deal);
            let push: Answer<i128> = world
                .unsigned()
                .escrow("push", (&world.mallory.address, world.asset.address()));
            assert!(push.is_err());
            world.deals().get_deals(&0, &20);
            world.registry().get_buckets(&0, &20);
            world.health(&deal);
        }
        assert_eq!(before, now(&world), "after {age_days} days");
    }
    // A stranger who pays for a change does not extend more than the rule says either.
    for _ in 0..20 {
        world.sponsor(&world.mallory, &deal, 1).expect("live");
    }
    let of_the_deal = stored(&world)
        .into_iter()
        .filter(|entry| entry.kind() == "Deal(u32)" || entry.kind().starts_with("MeterPage"));
    for entry in of_the_deal {
        assert!(entry.ttl <= EXTEND_TO, "{}: {}", entry.kind(), entry.ttl);
    }
}

/// The rent of code is a thousand times the fee of a command, so a user who happens to call must
/// not pay it.
#[test]
fn use_extends_instances_and_leaves_code_to_the_operator() {
    let world = World::builder().checked_at_the_end().build();
    grow_old(&world);
    let before = codes(&world);
    let deal = world.due_for_a_draw(mandate::TOP_UP);
    world.draw(&deal).expect("due");
    world.complete(&deal).expect("live");
    let deployer = world.env.deployer();
    for (name, contract) in contracts(&world) {
        let instance = deployer.get_contract_instance_ttl(contract);
        let lately = 2 * LEDGERS_PER_DAY;
        assert!(instance + lately >= EXTEND_TO, "{name}: {instance}");
        assert!(instance <= LONGEST, "{name}");
    }
    let after = codes(&world);
    assert!(
        after.iter().zip(&before).all(|(now, then)| now <= then),
        "{before:?} {after:?}"
    );
}

/// The lifetimes that this suite reads from the ledger agree with `get_ttl`.
#[test]
fn the_ledger_and_get_ttl_agree() {
    let world = World::new();
    let deal = world.deal().funded();
    let key = ScVal::Vec(Some(ScVec(
        vec![
            ScVal::Symbol(ScSymbol("Deal".try_into().expect("short"))),
            ScVal::U32(deal.id),
        ]
        .try_into()
        .expect("two"),
    )));
    let entry = now(&world)
        .remove(&("deals", key.clone()))
        .expect("the deal");
    let said = world.env.as_contract(&world.at.deals, || {
        let key = Val::try_from_val(&world.env, &key).expect("a key");
        world.env.storage().persistent().get_ttl(&key)
    });
    assert_eq!(entry.ttl, said);
}
