//! Contracts: upload, deploy, call, and what they are told about the ledger.

use crate::setup::Stage;
use flash_localnet_testkit::{authorize, instance_key, invoke, symbol, upload_key, Wallet};
use serde_json::json;
use stellar_xdr::{
    LedgerEntryData, Limits, OperationBody, ReadXdr, ScAddress, ScVal, SorobanAuthorizationEntry,
    SorobanTransactionData, WriteXdr,
};

#[test]
fn a_contract_keeps_what_it_is_told() {
    let stage = Stage::new();
    stage.call("put", vec![symbol("a"), ScVal::U32(42)]);
    assert_eq!(stage.call("get", vec![symbol("a")]), ScVal::U32(42));
    stage.call("del", vec![symbol("a")]);
    let gone = stage
        .client
        .prepare(&stage.alice, stage.body("get", vec![symbol("a")]));
    assert!(gone.is_err(), "what was deleted cannot be read");
}

#[test]
fn the_constructor_ran_and_code_and_instance_are_there() {
    let stage = Stage::new();
    let owner = ScVal::Address(ScAddress::Account(stage.alice.account()));
    assert_eq!(stage.call("owner", vec![]), owner);
    let (code, _) = stage
        .client
        .entry(&upload_key(&stage.wasm))
        .unwrap()
        .unwrap();
    let LedgerEntryData::ContractCode(code) = code else {
        panic!("{code:?}")
    };
    assert_eq!(code.code.as_slice(), stage.wasm);
    let (_, told) = stage
        .client
        .entry(&instance_key(&stage.contract))
        .unwrap()
        .unwrap();
    assert!(told["liveUntilLedgerSeq"].as_u64().unwrap() > 2_073_600);
}

#[test]
fn a_contract_sees_the_ledger_that_it_is_applied_in() {
    let stage = Stage::new();
    let before = stage.network.view().sequence();
    assert_eq!(stage.call("sequence", vec![]), ScVal::U32(before + 1));
    let ScVal::U64(time) = stage.call("timestamp", vec![]) else {
        panic!()
    };
    assert_eq!(time, stage.network.view().close_time());
}

/// Somebody else agrees to a call, and to the call within it, by signing the recorded authorisation.
#[test]
fn an_authorisation_for_a_sub_invocation_is_recorded_signed_and_enforced() {
    for upgraded in [false, true] {
        let stage = Stage::new();
        let bob = Wallet::named("bob");
        stage.client.fund(&bob).unwrap();
        let who = ScVal::Address(ScAddress::Account(bob.account()));
        let contract = ScVal::Address(ScAddress::Contract(second(&stage)));
        let body = stage.body("put_via", vec![who, contract, symbol("k"), ScVal::U32(5)]);
        let signed = agree(&stage, &bob, body, upgraded);
        let tx = stage.client.prepare(&stage.alice, signed).unwrap();
        stage.client.run(&tx, &[&stage.alice]).unwrap();
        let body = invoke(&second(&stage), "get", vec![symbol("k")]).unwrap();
        assert_eq!(
            stage.client.invoke(&stage.alice, body).unwrap(),
            ScVal::U32(5)
        );
    }
}

/// A second contract from the same code; re-entry is not allowed, so a call needs one.
fn second(stage: &Stage) -> stellar_xdr::ContractId {
    use flash_localnet_testkit::{contract_id, create};
    let id = contract_id(&stage.alice.account(), [2; 32], stage.client.network_id).unwrap();
    if stage.client.entry(&instance_key(&id)).unwrap().is_none() {
        let owner = ScVal::Address(ScAddress::Account(stage.alice.account()));
        let body = create(&stage.alice.account(), [2; 32], &stage.wasm, vec![owner]).unwrap();
        stage.client.invoke(&stage.alice, body).unwrap();
    }
    id
}

/// The operation with the authorisations that `wallet` has to give, signed.
fn agree(stage: &Stage, wallet: &Wallet, body: OperationBody, upgraded: bool) -> OperationBody {
    use flash_localnet_testkit::{operation, sign, transaction};
    let OperationBody::InvokeHostFunction(mut op) = body.clone() else {
        panic!()
    };
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[]).unwrap();
    let params = json!({
        "transaction": envelope.to_xdr_base64(Limits::none()).unwrap(),
        "useUpgradedAuth": upgraded,
    });
    let answer = stage.client.result("simulateTransaction", params).unwrap();
    let recorded = answer["results"][0]["auth"].as_array().unwrap();
    let expires = stage.network.view().sequence() + 100;
    let signed: Vec<_> = recorded
        .iter()
        .map(|entry| {
            let text = entry.as_str().unwrap();
            let entry = SorobanAuthorizationEntry::from_xdr_base64(text, Limits::none()).unwrap();
            assert_eq!(entry.root_invocation.sub_invocations.len(), 1);
            authorize(entry, wallet, expires, stage.client.network_id).unwrap()
        })
        .collect();
    assert_eq!(signed.len(), 1);
    op.auth = signed.try_into().unwrap();
    OperationBody::InvokeHostFunction(op)
}

#[test]
fn an_authorisation_signed_by_the_wrong_key_is_refused() {
    let stage = Stage::new();
    let (bob, eve) = (Wallet::named("bob"), Wallet::named("eve"));
    stage.client.fund(&bob).unwrap();
    let who = ScVal::Address(ScAddress::Account(bob.account()));
    let contract = ScVal::Address(ScAddress::Contract(second(&stage)));
    let body = stage.body("put_via", vec![who, contract, symbol("k"), ScVal::U32(5)]);
    let forged = agree(&stage, &eve, body, false);
    let error = stage
        .client
        .prepare(&stage.alice, forged)
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("Error(Auth, InvalidAction)"), "{error}");
}

#[test]
fn a_simulation_tells_the_changes_that_apply_makes() {
    let stage = Stage::new();
    let body = stage.body("put", vec![symbol("n"), ScVal::U32(1)]);
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let operations = vec![flash_localnet_testkit::operation(body)];
    let tx =
        flash_localnet_testkit::transaction(&stage.alice.account(), number, operations).unwrap();
    let answer = stage.client.simulate_raw(&tx).unwrap();
    let changes = answer["stateChanges"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{answer}");
    assert_eq!(changes[0]["type"], "created");
    assert!(changes[0]["before"].is_null());
    let data = answer["transactionData"].as_str().unwrap();
    let data = SorobanTransactionData::from_xdr_base64(data, Limits::none()).unwrap();
    assert_eq!(answer["minResourceFee"], data.resource_fee.to_string());
    assert!(answer.get("error").is_none() && answer.get("restorePreamble").is_none());
}

#[test]
fn a_contract_can_replace_its_own_code() {
    use sha2::{Digest, Sha256};
    let stage = Stage::new();
    let other = flash_localnet_testkit::contract_wasm(27).unwrap();
    let upload = flash_localnet_testkit::upload(&other).unwrap();
    stage.client.invoke(&stage.alice, upload).unwrap();
    let hash = ScVal::Bytes(stellar_xdr::ScBytes(
        Sha256::digest(&other).to_vec().try_into().unwrap(),
    ));
    stage.call("update", vec![hash]);
    stage.call("put", vec![symbol("still"), ScVal::U32(1)]);
    assert_eq!(stage.call("get", vec![symbol("still")]), ScVal::U32(1));
}
