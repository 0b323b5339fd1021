//! Writes inputs to start from: `fuzz-seeds <folder for bodies> <folder for envelopes>`.

use flash_localnet_testkit::{
    contract_id, contract_wasm, create, extend, invoke, operation, restore, sign, symbol,
    transaction, upload, upload_key, with_footprint, Wallet,
};
use std::{fs, path::Path};
use stellar_xdr::{
    BumpSequenceOp, Limits, OperationBody, ScAddress, ScVal, SequenceNumber, Transaction, WriteXdr,
};

fn main() {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let [bodies, envelopes] = folders.as_slice() else {
        panic!("fuzz-seeds BODIES ENVELOPES")
    };
    let methods = [
        ("getHealth", "{}"),
        (
            "getLedgers",
            r#"{"startLedger":1,"pagination":{"limit":3}}"#,
        ),
        ("getTransactions", r#"{"startLedger":1,"xdrFormat":"json"}"#),
        ("getTransaction", r#"{"hash":"00"}"#),
        ("getLedgerEntries", r#"{"keys":["AAAACAAAAAA="]}"#),
        (
            "getEvents",
            r#"{"startLedger":1,"filters":[{"type":"contract","topics":[["*","**"]]}],"pagination":{"limit":2}}"#,
        ),
        (
            "simulateTransaction",
            r#"{"transaction":"AAAA","authMode":"record"}"#,
        ),
        ("sendTransaction", r#"{"transaction":"AAAA"}"#),
        ("getFeeStats", "null"),
    ];
    for (name, params) in methods {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{name}","params":{params}}}"#);
        write(bodies, name, body.as_bytes());
        write(
            bodies,
            &format!("{name}-batch"),
            format!("[{body}]").as_bytes(),
        );
    }
    for (name, tx) in transactions() {
        let envelope = sign(&tx, [0; 32], &[&Wallet::named("alice")]).unwrap();
        write(envelopes, name, &envelope.to_xdr(Limits::none()).unwrap());
    }
}

fn write(folder: &str, name: &str, content: &[u8]) {
    fs::create_dir_all(folder).unwrap();
    fs::write(Path::new(folder).join(name), content).unwrap();
}

fn transactions() -> Vec<(&'static str, Transaction)> {
    let alice = Wallet::named("alice").account();
    let wasm = contract_wasm(28).unwrap();
    let id = contract_id(&alice, [1; 32], [0; 32]).unwrap();
    let owner = ScVal::Address(ScAddress::Account(alice.clone()));
    let of = |body: OperationBody| transaction(&alice, 1, vec![operation(body)]).unwrap();
    let key = || vec![upload_key(&wasm)];
    let bump = BumpSequenceOp {
        bump_to: SequenceNumber(5),
    };
    vec![
        (
            "upload",
            with_footprint(of(upload(&wasm).unwrap()), vec![], key()).unwrap(),
        ),
        (
            "create",
            of(create(&alice, [1; 32], &wasm, vec![owner]).unwrap()),
        ),
        (
            "invoke",
            of(invoke(&id, "put", vec![symbol("a"), ScVal::U32(1)]).unwrap()),
        ),
        (
            "extend",
            with_footprint(of(extend(100)), key(), vec![]).unwrap(),
        ),
        (
            "restore",
            with_footprint(of(restore()), vec![], key()).unwrap(),
        ),
        ("bump", of(OperationBody::BumpSequence(bump))),
    ]
}
