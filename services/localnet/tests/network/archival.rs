//! Time to live: what is archived, what vanishes, what comes back and how.

use crate::setup::{diagnostics_of, Stage};
use flash_localnet::{settings::Preset, Config};
use flash_localnet_testkit::{extend, instance_key, meta_of, restore, sign, symbol, upload_key};
use stellar_xdr::{
    ContractDataDurability, LedgerEntryChange, LedgerEntryData, LedgerKey, LedgerKeyContractData,
    ScAddress, ScVal, SorobanTransactionDataExt, TransactionExt, TransactionMeta,
};

fn stage() -> Stage {
    Stage::with(&Config {
        settings: Preset::Fast.settings(),
        ..Config::default()
    })
}

fn data_key(stage: &Stage, name: &str, durability: ContractDataDurability) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: ScAddress::Contract(stage.contract.clone()),
        key: symbol(name),
        durability,
    })
}

fn persistent(stage: &Stage, name: &str) -> LedgerKey {
    data_key(stage, name, ContractDataDurability::Persistent)
}

fn live_until(stage: &Stage, key: &LedgerKey) -> u64 {
    let (_, told) = stage.client.entry(key).unwrap().unwrap();
    told["liveUntilLedgerSeq"].as_u64().unwrap()
}

/// The changes of the only operation.
fn changes(meta: TransactionMeta) -> Vec<LedgerEntryChange> {
    let TransactionMeta::V4(meta) = meta else {
        panic!()
    };
    meta.operations[0].changes.to_vec()
}

#[test]
fn an_archived_entry_is_restored_by_the_call_that_needs_it() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(42)]);
    let key = persistent(&stage, "a");
    assert!(live_until(&stage, &key) > 100);
    stage.client.advance(0, 200).unwrap();
    assert_eq!(live_until(&stage, &key), 0, "archived is told by a zero");

    // Data, instance and code are all archived, and all of them come back.
    let body = stage.body("get", vec![symbol("a")]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    let TransactionExt::V1(data) = &tx.ext else {
        panic!()
    };
    let SorobanTransactionDataExt::V1(archived) = &data.ext else {
        panic!("nothing archived")
    };
    assert_eq!(archived.archived_soroban_entries.len(), 3);
    let meta = stage.client.run(&tx, &[&stage.alice]).unwrap();
    let restored = changes(meta);
    let is_restored =
        |change: &&LedgerEntryChange| matches!(change, LedgerEntryChange::Restored(_));
    assert_eq!(
        restored.iter().filter(is_restored).count(),
        6,
        "three entries, three TTLs"
    );
    let sequence = u64::from(stage.network.view().sequence());
    assert_eq!(live_until(&stage, &key), sequence + 119);
    assert_eq!(
        stage.call("get", vec![symbol("a")]),
        ScVal::U32(42),
        "nothing was lost"
    );
}

#[test]
fn an_archived_entry_that_is_not_marked_fails_the_call() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let body = stage.body("get", vec![symbol("a")]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    stage.client.advance(0, 200).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let answer = stage.client.submit(&envelope).unwrap();
    let result = format!("{:?}", flash_localnet_testkit::result_of(&answer).unwrap());
    assert!(
        result.contains("InvokeHostFunction(EntryArchived)"),
        "{result}"
    );
    assert!(diagnostics_of(&answer).contains("trying to access an archived contract"));
}

#[test]
fn an_archived_entry_can_be_written_over() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    stage.client.advance(0, 200).unwrap();
    stage.call("put", vec![symbol("a"), ScVal::U32(2)]);
    assert_eq!(stage.call("get", vec![symbol("a")]), ScVal::U32(2));
    stage.client.advance(0, 200).unwrap();
    stage.call("del", vec![symbol("a")]);
    assert!(stage
        .client
        .entry(&persistent(&stage, "a"))
        .unwrap()
        .is_none());
}

#[test]
fn a_temporary_entry_vanishes() {
    let stage = stage();
    stage.call("put_temp", vec![symbol("t"), ScVal::U32(1)]);
    let key = data_key(&stage, "t", ContractDataDurability::Temporary);
    assert!(stage.client.entry(&key).unwrap().is_some());
    stage.client.advance(0, 20).unwrap();
    assert!(stage.client.entry(&key).unwrap().is_none());
    assert!(
        !stage.network.view().entries.contains_key(&key),
        "it was evicted"
    );
    stage.call("put_temp", vec![symbol("t"), ScVal::U32(2)]);
    assert!(stage.client.entry(&key).unwrap().is_some());
}

#[test]
fn an_extension_tells_the_ttl_before_and_after() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let key = persistent(&stage, "a");
    let body = extend(1_000);
    let tx = stage
        .client
        .prepare_footprint(&stage.alice, body.clone(), vec![key.clone()], vec![])
        .unwrap();
    let told = changes(stage.client.run(&tx, &[&stage.alice]).unwrap());
    let ttl = |change: &LedgerEntryChange| match change {
        LedgerEntryChange::State(entry) | LedgerEntryChange::Updated(entry) => match &entry.data {
            LedgerEntryData::Ttl(ttl) => ttl.live_until_ledger_seq,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(told.len(), 2);
    assert!(matches!(told[0], LedgerEntryChange::State(_)));
    let sequence = stage.network.view().sequence();
    assert_eq!(ttl(&told[1]), sequence + 1_000);
    assert!(ttl(&told[0]) < ttl(&told[1]));
    assert_eq!(live_until(&stage, &key), u64::from(sequence) + 1_000);

    // Once more, for less: nothing happens, and that succeeds.
    let tx = stage
        .client
        .prepare_footprint(&stage.alice, extend(10), vec![key.clone()], vec![])
        .unwrap();
    assert!(changes(stage.client.run(&tx, &[&stage.alice]).unwrap()).is_empty());
}

#[test]
fn a_restoration_brings_back_what_is_named() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let keys = vec![
        upload_key(&stage.wasm),
        instance_key(&stage.contract),
        persistent(&stage, "a"),
    ];
    stage.client.advance(0, 200).unwrap();
    let tx = stage
        .client
        .prepare_footprint(&stage.alice, restore(), vec![], keys.clone())
        .unwrap();
    let told = changes(stage.client.run(&tx, &[&stage.alice]).unwrap());
    assert_eq!(told.len(), 6);
    assert!(told
        .iter()
        .all(|change| matches!(change, LedgerEntryChange::Restored(_))));
    for key in &keys {
        assert!(live_until(&stage, key) > 0);
    }
    assert_eq!(stage.call("get", vec![symbol("a")]), ScVal::U32(1));
    // Once more: there is nothing to restore.
    let operations = vec![flash_localnet_testkit::operation(restore())];
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let tx =
        flash_localnet_testkit::transaction(&stage.alice.account(), number, operations).unwrap();
    let tx = flash_localnet_testkit::with_footprint(tx, vec![], keys).unwrap();
    let simulated = stage.client.simulate(&tx).unwrap();
    assert!(simulated.data.resources.footprint.read_write.is_empty());
}

#[test]
fn extending_what_is_archived_is_told_to_restore_it_first() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    stage.client.advance(0, 200).unwrap();
    let key = persistent(&stage, "a");
    let operations = vec![flash_localnet_testkit::operation(extend(1_000))];
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let tx =
        flash_localnet_testkit::transaction(&stage.alice.account(), number, operations).unwrap();
    let tx = flash_localnet_testkit::with_footprint(tx, vec![key.clone()], vec![]).unwrap();
    let answer = stage.client.simulate_raw(&tx).unwrap();
    let preamble = &answer["restorePreamble"];
    assert!(
        preamble["minResourceFee"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 0
    );
    use stellar_xdr::{Limits, ReadXdr, SorobanTransactionData};
    let data = preamble["transactionData"].as_str().unwrap();
    let data = SorobanTransactionData::from_xdr_base64(data, Limits::none()).unwrap();
    assert_eq!(data.resources.footprint.read_write.as_slice(), [key]);
}

/// Simulated before the ledger moved on, applied after: still enough.
#[test]
fn what_was_simulated_a_while_ago_still_applies() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let body = stage.body("put", vec![symbol("a"), ScVal::U32(2)]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    stage.client.advance(0, 100).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "SUCCESS", "{:?}", meta_of(&answer));
}

#[test]
fn an_entry_that_is_restored_and_extended_by_one_call_tells_both() {
    let stage = stage();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let key = persistent(&stage, "a");
    let archived_at = live_until(&stage, &key);
    stage.client.advance(0, 200).unwrap();
    let args = vec![symbol("a"), ScVal::U32(1_000), ScVal::U32(1_000)];
    let body = stage.body("extend", args);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    let changes = changes(stage.client.run(&tx, &[&stage.alice]).unwrap());
    let ttls: Vec<_> = changes
        .iter()
        .filter_map(|change| {
            let (kind, entry) = match change {
                LedgerEntryChange::Restored(entry) => ("restored", entry),
                LedgerEntryChange::Updated(entry) => ("updated", entry),
                _ => return None,
            };
            match &entry.data {
                LedgerEntryData::Ttl(ttl) => Some((kind, u64::from(ttl.live_until_ledger_seq))),
                _ => None,
            }
        })
        .collect();
    let until = live_until(&stage, &key);
    let place = ttls
        .iter()
        .position(|ttl| *ttl == ("restored", archived_at));
    let place = place.unwrap_or_else(|| panic!("{ttls:?}"));
    assert_eq!(ttls[place + 1], ("updated", until));
}
