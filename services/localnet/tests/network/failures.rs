//! Contract calls that fail: the codes and the texts that a validator gives.

use crate::setup::{code_of, diagnostics_of, network_with, Stage};
use flash_localnet::{settings::Preset, Config};
use flash_localnet_testkit::{
    contract_wasm, operation, result_of, sign, symbol, transaction, upload, Wallet,
};
use serde_json::Value;
use stellar_xdr::{
    InvokeHostFunctionResult, OperationBody, OperationResult, OperationResultTr, ScVal,
    Transaction, TransactionExt, TransactionResultResult,
};

/// Changes what a transaction declares.
fn declare(tx: &mut Transaction, change: impl FnOnce(&mut stellar_xdr::SorobanTransactionData)) {
    let TransactionExt::V1(data) = &mut tx.ext else {
        panic!("no resources")
    };
    change(data);
}

/// The code of the only operation of a failed transaction.
fn invoke_result(answer: &Value) -> InvokeHostFunctionResult {
    assert_eq!(answer["status"], "FAILED", "{answer}");
    match result_of(answer).unwrap().result {
        TransactionResultResult::TxFailed(results) => match &results[0] {
            OperationResult::OpInner(OperationResultTr::InvokeHostFunction(r)) => r.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// A call that simulation accepts because the contract can do better then.
fn prepared(stage: &Stage, function: &str, args: Vec<ScVal>) -> Transaction {
    stage
        .client
        .prepare(&stage.alice, stage.body(function, args))
        .unwrap()
}

/// Applies a transaction that is expected to fail.
fn apply(stage: &Stage, tx: &Transaction) -> Value {
    stage
        .client
        .submit(&sign(tx, stage.client.network_id, &[&stage.alice]).unwrap())
        .unwrap()
}

fn simulation_error(stage: &Stage, function: &str, args: Vec<ScVal>) -> String {
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let operations = vec![operation(stage.body(function, args))];
    let tx = transaction(&stage.alice.account(), number, operations).unwrap();
    let answer = stage.client.simulate_raw(&tx).unwrap();
    assert!(answer.get("transactionData").is_none(), "{answer}");
    answer["error"].as_str().unwrap().to_owned()
}

#[test]
fn a_contract_error_is_told_by_its_number() {
    let stage = Stage::new();
    let error = simulation_error(&stage, "refuse", vec![]);
    assert!(
        error.starts_with("HostError: Error(Contract, #7)"),
        "{error}"
    );
    assert!(error.contains("Event log (newest first)"), "{error}");
}

#[test]
fn a_trap_is_told_as_one() {
    let stage = Stage::new();
    let error = simulation_error(&stage, "trap", vec![]);
    assert!(
        error.starts_with("HostError: Error(WasmVm, InvalidAction)"),
        "{error}"
    );
}

#[test]
fn endless_recursion_ends_in_an_error_not_in_a_crash() {
    let stage = Stage::new();
    let error = simulation_error(&stage, "deep", vec![]);
    assert!(error.contains("Error(Budget, ExceededLimit)"), "{error}");
    assert_eq!(
        stage.client.result("getHealth", Value::Null).unwrap()["status"],
        "healthy"
    );
}

#[test]
fn a_function_that_does_not_exist_is_told_as_missing() {
    let stage = Stage::new();
    let error = simulation_error(&stage, "nothing", vec![]);
    assert!(
        error.starts_with("HostError: Error(WasmVm, MissingValue)"),
        "{error}"
    );
}

/// The value is there when the call is simulated and gone when it is applied.
#[test]
fn a_call_that_fails_at_apply_is_trapped_uses_its_sequence_number_and_pays() {
    let stage = Stage::new();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let get = stage
        .client
        .prepare(&bob, stage.body("get", vec![symbol("a")]))
        .unwrap();
    stage.call("del", vec![symbol("a")]);
    let before = stage.client.account(&bob).unwrap();
    let envelope = sign(&get, stage.client.network_id, &[&bob]).unwrap();
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(invoke_result(&answer), InvokeHostFunctionResult::Trapped);
    assert!(diagnostics_of(&answer).contains("host_fn_failed"));
    let after = stage.client.account(&bob).unwrap();
    assert_eq!(after.seq_num.0, before.seq_num.0 + 1);
    assert_eq!(
        before.balance - after.balance,
        result_of(&answer).unwrap().fee_charged
    );
}

#[test]
fn too_few_instructions_are_over_the_limit() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "burn", vec![ScVal::U32(100_000)]);
    declare(&mut tx, |data| data.resources.instructions = 1_000);
    let answer = apply(&stage, &tx);
    assert_eq!(
        invoke_result(&answer),
        InvokeHostFunctionResult::ResourceLimitExceeded
    );
    let told = diagnostics_of(&answer);
    assert!(
        told.contains("operation instructions exceeds amount specified"),
        "{told}"
    );
}

/// Within Wasm the budget ends as fuel, before the limit itself is passed: that is a trap.
#[test]
fn wasm_that_runs_out_of_fuel_traps() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "burn", vec![ScVal::U32(1_000_000)]);
    declare(&mut tx, |data| data.resources.instructions /= 2);
    let answer = apply(&stage, &tx);
    assert_eq!(invoke_result(&answer), InvokeHostFunctionResult::Trapped);
    let told = diagnostics_of(&answer);
    assert!(told.contains("Budget(ExceededLimit)"), "{told}");
}

#[test]
fn too_few_write_bytes_are_over_the_limit() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "put_bytes", vec![symbol("b"), ScVal::U32(1_000)]);
    declare(&mut tx, |data| data.resources.write_bytes = 500);
    let answer = apply(&stage, &tx);
    assert_eq!(
        invoke_result(&answer),
        InvokeHostFunctionResult::ResourceLimitExceeded
    );
    let told = diagnostics_of(&answer);
    assert!(
        told.contains("operation byte-write resources exceeds amount specified"),
        "{told}"
    );
}

#[test]
fn a_footprint_that_lacks_a_key_traps() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "put", vec![symbol("a"), ScVal::U32(1)]);
    declare(&mut tx, |data| {
        data.resources.footprint.read_write = Default::default()
    });
    let answer = apply(&stage, &tx);
    assert_eq!(invoke_result(&answer), InvokeHostFunctionResult::Trapped);
    let told = diagnostics_of(&answer);
    assert!(
        told.contains("trying to access contract data key outside of the footprint"),
        "{told}"
    );
}

#[test]
fn too_little_refundable_fee_does_not_pay_the_rent() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "put_bytes", vec![symbol("b"), ScVal::U32(1_000)]);
    declare(&mut tx, |data| data.resource_fee /= 3);
    tx.fee = 100_000_000;
    let answer = apply(&stage, &tx);
    assert_eq!(
        invoke_result(&answer),
        InvokeHostFunctionResult::InsufficientRefundableFee
    );
}

/// Simulation does not enforce this limit; apply does, and counts the returned value.
#[test]
fn a_returned_value_over_the_limit_fails_at_apply_only() {
    let stage = Stage::new();
    let tx = prepared(&stage, "bytes", vec![ScVal::U32(17_000)]);
    let answer = apply(&stage, &tx);
    assert_eq!(
        invoke_result(&answer),
        InvokeHostFunctionResult::ResourceLimitExceeded
    );
    let told = diagnostics_of(&answer);
    let text = "return value pushes events size above network config maximum";
    assert!(told.contains(text), "{told}");
    let tx = prepared(&stage, "bytes", vec![ScVal::U32(16_000)]);
    assert_eq!(apply(&stage, &tx)["status"], "SUCCESS");
}

#[test]
fn an_entry_over_the_limit_is_refused() {
    let stage = Stage::new();
    let mut tx = prepared(&stage, "put_bytes", vec![symbol("b"), ScVal::U32(60_000)]);
    let answer = apply(&stage, &tx);
    assert_eq!(answer["status"], "SUCCESS");
    tx = prepared(&stage, "put_bytes", vec![symbol("c"), ScVal::U32(65_600)]);
    let answer = apply(&stage, &tx);
    assert_eq!(
        invoke_result(&answer),
        InvokeHostFunctionResult::ResourceLimitExceeded
    );
    assert!(
        diagnostics_of(&answer).contains("ContractData size exceeds network config maximum size")
    );
}

#[test]
fn wasm_of_a_later_protocol_is_refused() {
    let stage = Stage::new();
    for protocol in [29, 30] {
        let wasm = contract_wasm(protocol).unwrap();
        let error = stage
            .client
            .prepare(&stage.alice, upload(&wasm).unwrap())
            .err()
            .unwrap();
        assert!(
            format!("{error:#}").contains("Error(WasmVm, InvalidInput)"),
            "{error:#}"
        );
    }
}

#[test]
fn wasm_over_the_limit_is_refused_before_it_enters_a_ledger() {
    let stage = Stage::new();
    let mut wasm = stage.wasm.clone();
    // A custom section of zeros.
    wasm.extend([0, 0x82, 0x80, 0x08, 1, b'x']);
    wasm.extend(vec![0; 131_072]);
    let mut tx = prepared(&stage, "put", vec![symbol("a"), ScVal::U32(1)]);
    let operations = vec![operation(upload(&wasm).unwrap())];
    tx.operations = operations.try_into().unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let answer = stage.client.send(&envelope).unwrap();
    assert_eq!(answer["status"], "ERROR");
    assert_eq!(code_of(&answer), "TxSorobanInvalid");
    assert!(diagnostics_of(&answer).contains("total transaction size exceeds network config limit"));
}

#[test]
fn the_unlimited_preset_has_room_for_it() {
    let config = Config {
        settings: Preset::Unlimited.settings(),
        ..Config::default()
    };
    let (_network, client) = network_with(&config);
    let alice = Wallet::named("alice");
    client.fund(&alice).unwrap();
    let mut wasm = contract_wasm(28).unwrap();
    wasm.extend([0, 0x82, 0x80, 0x08, 1, b'x']);
    wasm.extend(vec![0; 131_072]);
    client.invoke(&alice, upload(&wasm).unwrap()).unwrap();
}

#[test]
fn what_simulation_refuses_to_look_at_is_a_result_too() {
    let stage = Stage::new();
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let mut tx = transaction(&stage.alice.account(), number, vec![]).unwrap();
    let error = |tx: &Transaction| {
        let answer = stage.client.simulate_raw(tx).unwrap();
        answer["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(&tx), "Transaction contains more than one operation");
    let inflation = vec![operation(OperationBody::Inflation)];
    tx.operations = inflation.try_into().unwrap();
    let text = "transaction contains unsupported operation type: OperationTypeInflation";
    assert_eq!(error(&tx), text);
    let restore = vec![operation(flash_localnet_testkit::restore())];
    tx.operations = restore.try_into().unwrap();
    assert!(error(&tx).ends_with("SorobanTransactionData must be provided"));
    tx.memo = stellar_xdr::Memo::Id(1);
    assert!(error(&tx).starts_with("Transaction contains a memo."));
}
