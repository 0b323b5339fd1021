//! Each command without a signature, with each wrong one, with one for other arguments, and with
//! the right one. The world's calls compare the recorded authorisation of every success.

use std::vec::Vec as StdVec;

use flash_interfaces::registry::{BucketStatus, Metering};
use soroban_sdk::{testutils::BytesN as _, Address, BytesN, Env, IntoVal, String, Val, Vec};

use super::world::{Refusal, World};

const NO_TEXT: Option<String> = None;
const NO_PRICE: Option<u128> = None;
const NO_SLA: Option<u32> = None;

struct Command {
    name: &'static str,
    signer: Address,
    args: Vec<Val>,
}

/// A world in which every command would succeed, and those commands.
struct Stage {
    w: World,
    strangers: StdVec<Address>,
    commands: StdVec<Command>,
}

fn command<A: IntoVal<Env, Vec<Val>>>(
    w: &World,
    name: &'static str,
    signer: &Address,
    args: A,
) -> Command {
    Command {
        name,
        signer: signer.clone(),
        args: args.into_val(&w.env),
    }
}

fn stage() -> Stage {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let idle = w.create_bucket(&anna).unwrap();
    let locked = w.create_bucket(&anna).unwrap();
    w.call::<()>(&anna, "lock_bucket", (&anna, locked)).unwrap();
    w.reserve(id, 1, "held", (1, 1)).unwrap();
    let (bert, carl, dora) = (w.provider(), w.consumer(), w.someone());
    let gone = w.provider();
    w.register_consumer(&gone, "both").unwrap();
    w.call::<()>(&w.owner, "remove_provider", (&gone,)).unwrap();
    w.call::<()>(&w.owner, "remove_consumer", (&gone,)).unwrap();
    let commands = [
        party_commands(&w, &bert, &carl, &dora),
        bucket_commands(&w, &anna, idle, locked),
        owner_commands(&w, &bert, &carl, &gone, idle),
        deals_commands(&w, id),
    ];
    let strangers = [&w.owner, &w.deals, &anna, &bert, &carl, &dora, &w.id];
    Stage {
        strangers: strangers.into_iter().cloned().collect(),
        commands: commands.into_iter().flatten().collect(),
        w,
    }
}

fn party_commands(w: &World, bert: &Address, carl: &Address, dora: &Address) -> StdVec<Command> {
    let text = w.text("x");
    std::vec![
        command(w, "register_provider", dora, (dora, text.clone())),
        command(w, "register_consumer", dora, (dora, text.clone())),
        command(w, "register_full_user", dora, (dora, text.clone())),
        command(w, "update_provider", bert, (bert, text.clone())),
        command(w, "update_consumer", carl, (carl, text)),
        command(w, "delete_provider", bert, (bert,)),
        command(w, "delete_consumer", carl, (carl,)),
    ]
}

fn bucket_commands(w: &World, anna: &Address, idle: u32, locked: u32) -> StdVec<Command> {
    let text = Some(w.text("x"));
    let basic = (anna, idle, text.clone(), NO_TEXT, NO_TEXT);
    let conditions = (
        anna, idle, text, NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA,
    );
    let features = (anna, idle, w.longest_features());
    let service = (anna, idle, w.text("https://s3.example"), Metering::Provider);
    let status = (anna, idle, BucketStatus::Inactive);
    std::vec![
        command(w, "create_bucket", anna, w.new_bucket(anna)),
        command(w, "update_bucket_basic", anna, basic),
        command(w, "update_bucket_conditions", anna, conditions),
        command(w, "set_bucket_capacity", anna, (anna, idle, 1_u64, 1_u64)),
        command(w, "set_bucket_features", anna, features),
        command(w, "set_bucket_service", anna, service),
        command(w, "set_bucket_status", anna, status),
        command(w, "lock_bucket", anna, (anna, idle)),
        command(w, "unlock_bucket", anna, (anna, locked)),
        command(w, "delete_bucket", anna, (anna, idle)),
    ]
}

fn owner_commands(
    w: &World,
    bert: &Address,
    carl: &Address,
    gone: &Address,
    idle: u32,
) -> StdVec<Command> {
    let owner = &w.owner;
    let hash = BytesN::<32>::random(&w.env);
    let until_ledger = w.env.ledger().sequence() + 1_000;
    std::vec![
        command(w, "remove_provider", owner, (bert,)),
        command(w, "remove_consumer", owner, (carl,)),
        command(w, "readmit_provider", owner, (gone,)),
        command(w, "readmit_consumer", owner, (gone,)),
        command(w, "remove_bucket", owner, (idle,)),
        command(w, "pause", owner, ()),
        command(w, "transfer_ownership", owner, (bert, until_ledger)),
        command(w, "schedule_upgrade", owner, (hash,)),
    ]
}

fn deals_commands(w: &World, id: u32) -> StdVec<Command> {
    let reserve = (
        id,
        2_u32,
        w.text("free"),
        &w.renter,
        1_u64,
        1_u64,
        Some(2_u32),
    );
    let release = (id, 1_u32, w.text("held"), &w.renter, 1_u64, 1_u64, true);
    std::vec![
        command(w, "reserve", &w.deals, reserve),
        command(w, "release", &w.deals, release),
    ]
}

#[test]
fn no_command_works_without_a_signature() {
    let stage = stage();
    for command in &stage.commands {
        stage.w.env.set_auths(&[]);
        let answer = stage.w.invoke::<Val>(command.name, &command.args);
        assert_eq!(answer.err(), Some(Refusal::Host), "{}", command.name);
    }
}

#[test]
fn no_command_works_with_the_signature_of_anybody_else() {
    let stage = stage();
    for command in &stage.commands {
        for stranger in &stage.strangers {
            // The registry cannot sign: nobody makes a mock account of it.
            if *stranger == command.signer || *stranger == stage.w.id {
                continue;
            }
            stage.w.sign(stranger, command.name, &command.args);
            let answer = stage.w.invoke::<Val>(command.name, &command.args);
            assert_eq!(answer.err(), Some(Refusal::Host), "{}", command.name);
        }
    }
}

#[test]
fn no_command_works_with_a_signature_for_another_call() {
    let stage = stage();
    for command in &stage.commands {
        let mut others = command.args.clone();
        others.push_back(0_u32.into_val(&stage.w.env));
        stage.w.sign(&command.signer, command.name, &others);
        let answer = stage.w.invoke::<Val>(command.name, &command.args);
        assert_eq!(answer.err(), Some(Refusal::Host), "{}", command.name);
        stage.w.sign(&command.signer, "version", &command.args);
        let answer = stage.w.invoke::<Val>(command.name, &command.args);
        assert_eq!(answer.err(), Some(Refusal::Host), "{}", command.name);
    }
}

#[test]
fn every_command_works_with_its_one_signature() {
    let count = stage().commands.len();
    assert_eq!(count, 27);
    for n in 0..count {
        // A world of its own each: one command is in the way of another.
        let Stage { w, commands, .. } = stage();
        let command = &commands[n];
        let args = command.args.clone();
        let answer = w.call::<Val>(&command.signer, command.name, args);
        assert!(answer.is_ok(), "{}", command.name);
    }
}

#[test]
fn queries_need_no_signature_and_write_nothing() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let carl = w.consumer();
    w.env.set_auths(&[]);
    let of_registry = |w: &World| {
        let all = w.env.to_ledger_snapshot().ledger_entries;
        let registry = soroban_sdk::xdr::ScAddress::from(&w.id);
        all.into_iter()
            .filter(|(key, _)| match key.as_ref() {
                soroban_sdk::xdr::LedgerKey::ContractData(data) => data.contract == registry,
                _ => false,
            })
            .collect::<StdVec<_>>()
    };
    let before = of_registry(&w);
    // Long enough for every TTL to be below the threshold of an extension.
    w.wait(100 * 86_400);
    w.registry.get_provider(&anna);
    w.registry.get_consumer(&carl);
    w.registry.get_provider_count();
    w.registry.get_consumer_count();
    w.registry.get_bucket_count();
    w.registry.get_providers(&0, &20);
    w.registry.get_consumers(&0, &20);
    w.registry.get_provider_list(&0, &20);
    w.registry.get_consumer_list(&0, &20);
    w.registry.get_bucket(&id);
    w.registry.get_buckets(&0, &20);
    w.registry.get_buckets_by_provider(&anna);
    w.registry.get_buckets_by_provider_page(&anna, &0, &20);
    w.registry.get_listing(&id, &anna, &carl, &1, &1, &None);
    w.registry.get_parties(&Vec::new(&w.env));
    w.registry.get_config();
    w.registry.get_owner();
    w.registry.version();
    assert!(w.env.auths().is_empty());
    assert_eq!(before, of_registry(&w));
}
