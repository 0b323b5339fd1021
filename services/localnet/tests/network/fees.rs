//! Fees: what is charged is what the formula says, and nothing is lost.

use crate::setup::Stage;
use flash_localnet::state::native_total;
use flash_localnet_testkit::{
    fee_bump, meta_of, operation, result_of, sign, symbol, transaction, Wallet,
};
use soroban_env_host::fees::{compute_transaction_resource_fee, TransactionResources};
use stellar_xdr::{
    BumpSequenceOp, ContractEventBody, LedgerEntryChange, LedgerKey, LedgerKeyAccount, Limits,
    OperationBody, ReadXdr, ScVal, SequenceNumber, Signer, SignerKey, SorobanTransactionMetaExt,
    Transaction, TransactionEnvelope, TransactionEventStage, TransactionExt, TransactionMeta,
    TransactionResult, WriteXdr,
};

/// All of the native asset, with what was paid in fees.
fn total(stage: &Stage) -> i128 {
    let view = stage.network.view();
    let held = native_total(&view.entries, stage.client.network_id).unwrap();
    held + i128::from(view.header.fee_pool)
}

const EVERYTHING: i128 = 1_000_000_000_000_000_000;

/// The fee of the declared resources: not refundable, computed by hand from the declaration.
fn non_refundable(tx: &Transaction, size: usize) -> i64 {
    let TransactionExt::V1(data) = &tx.ext else {
        panic!()
    };
    let settings = flash_localnet::settings::Preset::Mainnet.settings();
    let resources = TransactionResources {
        instructions: data.resources.instructions,
        disk_read_entries: 0,
        write_entries: u32::try_from(data.resources.footprint.read_write.len()).unwrap(),
        disk_read_bytes: data.resources.disk_read_bytes,
        write_bytes: data.resources.write_bytes,
        contract_events_size_bytes: 0,
        transaction_size_bytes: u32::try_from(size).unwrap(),
    };
    compute_transaction_resource_fee(&resources, &settings.fees().0).0
}

#[test]
fn the_fee_charged_is_the_formulas_and_the_rest_comes_back() {
    let stage = Stage::new();
    let body = stage.body("put", vec![symbol("fee"), ScVal::U32(1)]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let size = envelope.to_xdr(Limits::none()).unwrap().len();
    let before = stage.client.account(&stage.alice).unwrap().balance;
    let answer = stage.client.submit(&envelope).unwrap();
    let charged = result_of(&answer).unwrap().fee_charged;
    assert_eq!(
        before - stage.client.account(&stage.alice).unwrap().balance,
        charged
    );

    let TransactionMeta::V4(meta) = meta_of(&answer).unwrap() else {
        panic!()
    };
    let soroban = meta.soroban_meta.unwrap();
    let SorobanTransactionMetaExt::V1(told) = soroban.ext else {
        panic!()
    };
    assert_eq!(
        told.total_non_refundable_resource_fee_charged,
        non_refundable(&tx, size)
    );
    let resources =
        told.total_non_refundable_resource_fee_charged + told.total_refundable_resource_fee_charged;
    assert_eq!(charged, 100 + resources);
    assert!(told.rent_fee_charged > 0, "a new entry pays rent");

    // The events tell the same: what was taken before, and what came back after.
    let TransactionExt::V1(data) = &tx.ext else {
        panic!()
    };
    let stages: Vec<_> = meta.events.iter().map(|event| event.stage).collect();
    use TransactionEventStage::{AfterAllTxs, BeforeAllTxs};
    assert_eq!(stages, [BeforeAllTxs, AfterAllTxs]);
    let amounts: i128 = meta
        .events
        .iter()
        .map(|event| {
            let ContractEventBody::V0(body) = &event.event.body;
            let ScVal::I128(parts) = &body.data else {
                panic!()
            };
            (i128::from(parts.hi) << 64) | i128::from(parts.lo)
        })
        .sum();
    assert_eq!(amounts, i128::from(charged));
    assert!(charged < 100 + data.resource_fee, "something came back");
}

#[test]
fn a_failed_operation_pays_nothing_that_is_refundable() {
    let stage = Stage::new();
    let body = stage.body("put", vec![symbol("fee"), ScVal::U32(1)]);
    let mut tx = stage.client.prepare(&stage.alice, body).unwrap();
    let TransactionExt::V1(data) = &mut tx.ext else {
        panic!()
    };
    data.resources.instructions /= 10;
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let size = envelope.to_xdr(Limits::none()).unwrap().len();
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "FAILED");
    assert_eq!(
        result_of(&answer).unwrap().fee_charged,
        100 + non_refundable(&tx, size)
    );
}

#[test]
fn nothing_of_the_native_asset_is_ever_lost_or_made() {
    let stage = Stage::new();
    assert_eq!(total(&stage), EVERYTHING);
    for round in 0..10_u32 {
        stage.call("put", vec![symbol("x"), ScVal::U32(round)]);
        assert_eq!(total(&stage), EVERYTHING, "after round {round}");
    }
    stage.client.fund(&Wallet::named("bob")).unwrap();
    assert_eq!(total(&stage), EVERYTHING);
}

#[test]
fn a_fee_bump_pays_for_somebody_else() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let bump = BumpSequenceOp {
        bump_to: SequenceNumber(0),
    };
    let operations = vec![operation(OperationBody::BumpSequence(bump))];
    let tx = transaction(&stage.alice.account(), number, operations).unwrap();
    let inner = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let envelope = fee_bump(inner.clone(), &bob, 1_000, stage.client.network_id).unwrap();
    let (alice, payer) = (
        stage.client.account(&stage.alice).unwrap().balance,
        stage.client.account(&bob).unwrap().balance,
    );
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    assert_eq!(answer["feeBump"], true);
    assert_eq!(stage.client.account(&stage.alice).unwrap().balance, alice);
    // One operation and the bump itself, at the lowest fee.
    assert_eq!(stage.client.account(&bob).unwrap().balance, payer - 200);
    // It is found under the hash of the transaction within, too.
    let inner_hash = hex::encode(inner.hash(stage.client.network_id).unwrap());
    let params = serde_json::json!({ "hash": inner_hash });
    assert_eq!(
        stage.client.result("getTransaction", params).unwrap()["status"],
        "SUCCESS"
    );
    assert_eq!(total(&stage), EVERYTHING);
}

#[test]
fn a_fee_bump_of_a_contract_call_gets_the_refund() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let body = stage.body("put", vec![symbol("bump"), ScVal::U32(1)]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    let TransactionExt::V1(data) = &tx.ext else {
        panic!()
    };
    let declared = data.resource_fee;
    let inner = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let fee = declared + 400;
    let envelope = fee_bump(inner, &bob, fee, stage.client.network_id).unwrap();
    let (alice, payer) = (
        stage.client.account(&stage.alice).unwrap().balance,
        stage.client.account(&bob).unwrap().balance,
    );
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    let paid = payer - stage.client.account(&bob).unwrap().balance;
    assert!(paid < 200 + declared && paid > 200, "{paid} of {declared}");
    assert_eq!(stage.client.account(&stage.alice).unwrap().balance, alice);
    assert_eq!(total(&stage), EVERYTHING);
}

#[test]
fn fee_statistics_are_of_what_was_charged_not_of_what_was_bid() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let statistics = |kind: &str| {
        let answer = stage
            .client
            .result("getFeeStats", serde_json::json!({}))
            .unwrap();
        answer[kind].clone()
    };
    for _ in 0..10 {
        stage.client.submit(&harmless(&stage, 2)).unwrap();
    }
    let classic = statistics("inclusionFee");
    assert_eq!(
        (&classic["min"], &classic["max"]),
        (&"100".into(), &"100".into())
    );
    assert_eq!(classic["ledgerCount"], 10);

    let network_id = stage.client.network_id;
    let bump = fee_bump(harmless(&stage, 1), &bob, 1_000, network_id).unwrap();
    stage.client.submit(&bump).unwrap();
    // It pays for two operations, and is divided by the one within.
    assert_eq!(statistics("inclusionFee")["max"], "200");

    for _ in 0..50 {
        stage.client.submit(&harmless(&stage, 1)).unwrap();
    }
    let contracts = statistics("sorobanInclusionFee");
    assert_eq!(contracts["transactionCount"], "0");
    assert_eq!(contracts["ledgerCount"], 0);
}

/// An account's transaction that does nothing, signed.
fn harmless(stage: &Stage, operations: usize) -> TransactionEnvelope {
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let bump = || {
        operation(OperationBody::BumpSequence(BumpSequenceOp {
            bump_to: SequenceNumber(0),
        }))
    };
    let operations = (0..operations).map(|_| bump()).collect();
    let tx = transaction(&stage.alice.account(), number, operations).unwrap();
    sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap()
}

#[test]
fn the_meta_of_a_fee_bump_begins_with_the_payer() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let inner = harmless(&stage, 1);
    let envelope = fee_bump(inner, &bob, 1_000, stage.client.network_id).unwrap();
    let answer = stage.client.submit(&envelope).unwrap();
    let TransactionMeta::V4(meta) = meta_of(&answer).unwrap() else {
        panic!()
    };
    let of = |change: &LedgerEntryChange| match change {
        LedgerEntryChange::State(entry) | LedgerEntryChange::Updated(entry) => entry.to_key(),
        other => panic!("{other:?}"),
    };
    let key = |wallet: &Wallet| {
        LedgerKey::Account(LedgerKeyAccount {
            account_id: wallet.account(),
        })
    };
    let changed: Vec<_> = meta.tx_changes_before.iter().map(of).collect();
    let (payer, source) = (key(&bob), key(&stage.alice));
    assert_eq!(changed, [payer.clone(), payer, source.clone(), source]);
}

#[test]
fn a_fee_bump_of_nothing_is_charged_for_itself_alone() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let inner = harmless(&stage, 0);
    let envelope = fee_bump(inner, &bob, 1_000, stage.client.network_id).unwrap();
    let answer = stage.client.send(&envelope).unwrap();
    assert_eq!(answer["status"], "ERROR", "there is no operation");
    let text = answer["errorResultXdr"].as_str().unwrap();
    let result = TransactionResult::from_xdr_base64(text, Limits::none()).unwrap();
    assert_eq!(result.fee_charged, 100);
}

#[test]
fn a_signer_that_allowed_one_fee_bump_goes_with_it_and_frees_its_reserve() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    // The bump is known before it is signed: the inner transaction is Alice's next one.
    let inner = harmless(&stage, 1);
    let bump = fee_bump(inner, &bob, 1_000, stage.client.network_id).unwrap();
    let hash = bump.hash(stage.client.network_id).unwrap();
    let key = SignerKey::PreAuthTx(stellar_xdr::Uint256(hash));
    let options = OperationBody::SetOptions(stellar_xdr::SetOptionsOp {
        inflation_dest: None,
        clear_flags: None,
        set_flags: None,
        master_weight: None,
        low_threshold: None,
        med_threshold: None,
        high_threshold: None,
        home_domain: None,
        signer: Some(Signer { key, weight: 1 }),
    });
    let number = stage.client.next_sequence(&bob).unwrap();
    let tx = transaction(&bob.account(), number, vec![operation(options)]).unwrap();
    stage.client.run(&tx, &[&bob]).unwrap();
    assert_eq!(stage.client.account(&bob).unwrap().num_sub_entries, 1);
    // The signer stands for the signature.
    let TransactionEnvelope::TxFeeBump(mut unsigned) = bump else {
        panic!()
    };
    unsigned.signatures = Default::default();
    let envelope = TransactionEnvelope::TxFeeBump(unsigned);
    let answer = stage.client.submit(&envelope).unwrap();
    assert_eq!(answer["status"], "SUCCESS", "{answer}");
    let payer = stage.client.account(&bob).unwrap();
    assert_eq!(payer.num_sub_entries, 0);
    assert!(payer.signers.is_empty());
}
