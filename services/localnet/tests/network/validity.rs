//! Transactions that may not enter a ledger: each for its own reason, in the protocol's order.

use crate::setup::{code_of, diagnostics_of, Stage};
use flash_localnet_testkit::{fee_bump, operation, sign, symbol, transaction, Wallet};
use serde_json::Value;
use stellar_xdr::{
    BumpSequenceOp, LedgerBounds, Memo, MuxedAccount, MuxedAccountMed25519, OperationBody,
    Preconditions, PreconditionsV2, PublicKey, ScVal, SequenceNumber, TimeBounds, TimePoint,
    Transaction, TransactionEnvelope, TransactionExt, TransactionV0, TransactionV0Envelope,
    TransactionV0Ext,
};

/// A valid transaction of Alice's that does nothing.
fn harmless(stage: &Stage) -> Transaction {
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let bump = BumpSequenceOp {
        bump_to: SequenceNumber(0),
    };
    let operations = vec![operation(OperationBody::BumpSequence(bump))];
    transaction(&stage.alice.account(), number, operations).unwrap()
}

/// A valid contract call of Alice's.
fn call(stage: &Stage) -> Transaction {
    let body = stage.body("put", vec![symbol("v"), ScVal::U32(1)]);
    stage.client.prepare(&stage.alice, body).unwrap()
}

fn send(stage: &Stage, tx: &Transaction) -> Value {
    let envelope = sign(tx, stage.client.network_id, &[&stage.alice]).unwrap();
    stage.client.send(&envelope).unwrap()
}

/// Sends what is expected to be refused; the code of the refusal.
fn refusal(stage: &Stage, tx: &Transaction) -> String {
    let answer = send(stage, tx);
    assert_eq!(answer["status"], "ERROR", "{answer}");
    code_of(&answer)
}

#[test]
fn the_transaction_that_the_others_are_made_from_is_valid() {
    let stage = Stage::new();
    assert_eq!(send(&stage, &harmless(&stage))["status"], "PENDING");
    assert_eq!(send(&stage, &call(&stage))["status"], "PENDING");
}

#[test]
fn the_same_transaction_again_is_a_duplicate() {
    let stage = Stage::new();
    let tx = harmless(&stage);
    assert_eq!(send(&stage, &tx)["status"], "PENDING");
    assert_eq!(send(&stage, &tx)["status"], "DUPLICATE");
}

#[test]
fn a_wrong_sequence_number_is_refused() {
    let stage = Stage::new();
    for wrong in [-1, 1, 1_000] {
        let mut tx = harmless(&stage);
        tx.seq_num.0 += wrong;
        assert_eq!(refusal(&stage, &tx), "TxBadSeq");
    }
}

#[test]
fn a_signature_that_does_not_fit_is_refused() {
    let stage = Stage::new();
    let tx = harmless(&stage);
    let eve = Wallet::named("eve");
    let answer = |signers: &[&Wallet]| {
        let envelope = sign(&tx, stage.client.network_id, signers).unwrap();
        code_of(&stage.client.send(&envelope).unwrap())
    };
    assert_eq!(answer(&[]), "TxBadAuth");
    assert_eq!(answer(&[&eve]), "TxBadAuth");
    assert_eq!(answer(&[&stage.alice, &eve]), "TxBadAuthExtra");
    let foreign = sign(&tx, [7; 32], &[&stage.alice]).unwrap();
    assert_eq!(code_of(&stage.client.send(&foreign).unwrap()), "TxBadAuth");
}

#[test]
fn too_low_a_fee_is_refused_and_the_right_one_is_told() {
    let stage = Stage::new();
    let mut tx = harmless(&stage);
    tx.fee = 99;
    let answer = send(&stage, &tx);
    assert_eq!(code_of(&answer), "TxInsufficientFee");
    let text = answer["errorResultXdr"].as_str().unwrap();
    use stellar_xdr::{Limits, ReadXdr, TransactionResult};
    let result = TransactionResult::from_xdr_base64(text, Limits::none()).unwrap();
    assert_eq!(result.fee_charged, 100);
}

#[test]
fn time_bounds_are_kept() {
    let stage = Stage::new();
    let now = stage.network.view().close_time();
    let within = |min: u64, max: u64| {
        let mut tx = harmless(&stage);
        let bounds = TimeBounds {
            min_time: TimePoint(min),
            max_time: TimePoint(max),
        };
        tx.cond = Preconditions::Time(bounds);
        tx
    };
    assert_eq!(refusal(&stage, &within(0, now - 10)), "TxTooLate");
    assert_eq!(
        refusal(&stage, &within(0, now + 9)),
        "TxTooLate",
        "two ledgers of five seconds have to fit"
    );
    assert_eq!(refusal(&stage, &within(now + 1_000, 0)), "TxTooEarly");
    assert_eq!(
        send(&stage, &within(now - 10, now + 1_000))["status"],
        "PENDING"
    );
}

#[test]
fn ledger_bounds_and_conditions_on_the_account_are_kept() {
    let stage = Stage::new();
    let next = stage.network.view().sequence() + 1;
    let with = |change: &dyn Fn(&mut PreconditionsV2)| {
        let mut conditions = PreconditionsV2::default();
        change(&mut conditions);
        let mut tx = harmless(&stage);
        tx.cond = Preconditions::V2(conditions);
        tx
    };
    let bounds = |min_ledger, max_ledger| {
        Some(LedgerBounds {
            min_ledger,
            max_ledger,
        })
    };
    let late = with(&|c| c.ledger_bounds = bounds(0, next));
    assert_eq!(refusal(&stage, &late), "TxTooLate");
    let early = with(&|c| c.ledger_bounds = bounds(next + 100, 0));
    assert_eq!(refusal(&stage, &early), "TxTooEarly");
    let young = with(&|c| c.min_seq_ledger_gap = 1_000);
    assert_eq!(refusal(&stage, &young), "TxBadMinSeqAgeOrGap");
    let mut jump = with(&|c| c.min_seq_num = Some(SequenceNumber(0)));
    jump.seq_num.0 += 50;
    assert_eq!(send(&stage, &jump)["status"], "PENDING");
}

#[test]
fn an_account_has_to_exist_and_to_have_the_fee() {
    let stage = Stage::new();
    let nobody = Wallet::named("nobody");
    let mut tx = harmless(&stage);
    tx.source_account = MuxedAccount::from(nobody.account());
    let envelope = sign(&tx, stage.client.network_id, &[&nobody]).unwrap();
    assert_eq!(
        code_of(&stage.client.send(&envelope).unwrap()),
        "TxNoAccount"
    );
    let mut tx = call(&stage);
    let TransactionExt::V1(data) = &mut tx.ext else {
        panic!()
    };
    data.resource_fee = i64::from(tx.fee) + 1;
    assert_eq!(
        refusal(&stage, &tx),
        "TxMalformed",
        "the resources cost more than the whole fee"
    );
    let mut tx = harmless(&stage);
    tx.fee = u32::MAX;
    assert_eq!(
        send(&stage, &tx)["status"],
        "PENDING",
        "the bid is not what is charged"
    );
}

#[test]
fn the_shape_of_a_transaction_is_checked_first() {
    let stage = Stage::new();
    let mut tx = harmless(&stage);
    tx.operations = Default::default();
    assert_eq!(refusal(&stage, &tx), "TxMissingOperation");
    let mut tx = call(&stage);
    let twice: Vec<_> = tx
        .operations
        .iter()
        .chain(tx.operations.iter())
        .cloned()
        .collect();
    tx.operations = twice.try_into().unwrap();
    assert_eq!(refusal(&stage, &tx), "TxMalformed");
    let mut tx = harmless(&stage);
    tx.ext = call(&stage).ext;
    assert_eq!(refusal(&stage, &tx), "TxMalformed");
    let mut tx = call(&stage);
    tx.ext = TransactionExt::V0;
    assert_eq!(refusal(&stage, &tx), "TxMalformed");
}

#[test]
fn a_contract_call_takes_no_memo_and_no_muxed_account() {
    let stage = Stage::new();
    let text = "Soroban transactions are not allowed to use memo or muxed source account";
    let mut tx = call(&stage);
    tx.memo = Memo::Id(1);
    let answer = send(&stage, &tx);
    assert_eq!(code_of(&answer), "TxSorobanInvalid");
    assert!(diagnostics_of(&answer).contains(text));
    let mut tx = call(&stage);
    let PublicKey::PublicKeyTypeEd25519(key) = stage.alice.account().0;
    let muxed = MuxedAccountMed25519 {
        id: 1,
        ed25519: key,
    };
    tx.source_account = MuxedAccount::MuxedEd25519(muxed);
    assert!(diagnostics_of(&send(&stage, &tx)).contains(text));
}

/// Each limit of the network on what a transaction declares, with the text that names it.
#[test]
fn what_is_declared_stays_within_the_limits() {
    use stellar_xdr::{LedgerKey, LedgerKeyTtl, SorobanTransactionData};
    type Change = Box<dyn Fn(&mut SorobanTransactionData)>;
    let stage = Stage::new();
    let ttl = LedgerKey::Ttl(LedgerKeyTtl {
        key_hash: stellar_xdr::Hash([0; 32]),
    });
    let cases: Vec<(&str, Change)> = vec![
        (
            "instructions resources exceed",
            Box::new(|d| d.resources.instructions = 400_000_001),
        ),
        (
            "byte-read resources exceed",
            Box::new(|d| d.resources.disk_read_bytes = 200_001),
        ),
        (
            "byte-write resources exceed",
            Box::new(|d| d.resources.write_bytes = 132_097),
        ),
        (
            "is lower than the actual Soroban resource fee",
            Box::new(|d| d.resource_fee = 1),
        ),
        (
            "unsupported ledger key type",
            Box::new(move |d| {
                d.resources.footprint.read_only = vec![ttl.clone()].try_into().unwrap()
            }),
        ),
        (
            "Found duplicate key in the Soroban footprint",
            Box::new(|d| {
                d.resources.footprint.read_only = d.resources.footprint.read_write.clone();
            }),
        ),
        (
            "archivedSorobanEntries index is out of bounds",
            Box::new(|d| {
                let archived_soroban_entries = vec![99].try_into().unwrap();
                d.ext = stellar_xdr::SorobanTransactionDataExt::V1(
                    stellar_xdr::SorobanResourcesExtV0 {
                        archived_soroban_entries,
                    },
                );
            }),
        ),
    ];
    for (text, change) in cases {
        let mut tx = call(&stage);
        let TransactionExt::V1(data) = &mut tx.ext else {
            panic!()
        };
        change(data);
        let answer = send(&stage, &tx);
        assert_eq!(code_of(&answer), "TxSorobanInvalid", "{text}");
        let told = diagnostics_of(&answer);
        assert!(told.contains(text), "{text}: {told}");
    }
}

#[test]
fn the_old_form_of_envelopes_is_not_supported() {
    let stage = Stage::new();
    let tx = harmless(&stage);
    let PublicKey::PublicKeyTypeEd25519(key) = stage.alice.account().0;
    let envelope = TransactionEnvelope::TxV0(TransactionV0Envelope {
        tx: TransactionV0 {
            source_account_ed25519: key,
            fee: tx.fee,
            seq_num: tx.seq_num,
            time_bounds: None,
            memo: tx.memo,
            operations: tx.operations,
            ext: TransactionV0Ext::V0,
        },
        signatures: Default::default(),
    });
    assert_eq!(
        code_of(&stage.client.send(&envelope).unwrap()),
        "TxNotSupported"
    );
}

#[test]
fn a_fee_bump_has_to_bid_more_than_what_it_bumps() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let mut tx = harmless(&stage);
    tx.fee = 1_000;
    let inner = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let bump = |fee| fee_bump(inner.clone(), &bob, fee, stage.client.network_id).unwrap();
    let answer = stage.client.send(&bump(199)).unwrap();
    assert_eq!(code_of(&answer), "TxInsufficientFee");
    let answer = stage.client.send(&bump(1_999)).unwrap();
    assert_eq!(code_of(&answer), "TxInsufficientFee");
    assert_eq!(
        stage.client.send(&bump(2_000)).unwrap()["status"],
        "PENDING"
    );
}

#[test]
fn a_fault_of_the_transaction_within_a_fee_bump_is_told_as_such() {
    let stage = Stage::new();
    let bob = Wallet::named("bob");
    stage.client.fund(&bob).unwrap();
    let mut tx = harmless(&stage);
    tx.seq_num.0 += 5;
    let inner = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let envelope = fee_bump(inner, &bob, 1_000, stage.client.network_id).unwrap();
    let answer = stage.client.send(&envelope).unwrap();
    assert_eq!(code_of(&answer), "TxFeeBumpInnerFailed");
}
