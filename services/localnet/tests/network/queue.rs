//! The queue of a network whose ledgers close in a rhythm: one pending transaction an account,
//! replaced by a higher bid, and what was applied is not taken again.

use crate::setup::{code_of, network_with, Checked};
use flash_localnet::Config;
use flash_localnet_testkit::{fee_bump, operation, result_of, sign, transaction, Client, Wallet};
use serde_json::{json, Value};
use std::time::{Duration, Instant};
use stellar_xdr::{
    BumpSequenceOp, Limits, OperationBody, ReadXdr, SequenceNumber, TransactionEnvelope,
    TransactionResult,
};

/// Longer than a test needs between two ledgers that it closes itself.
const NEVER: Duration = Duration::from_secs(3_000);

/// A network whose ledgers close when the test says, and two accounts.
fn stage() -> (Checked, Client, Wallet, Wallet) {
    let (network, client) = network_with(&Config::like_testnet(NEVER));
    let (alice, bob) = (Wallet::named("alice"), Wallet::named("bob"));
    std::thread::scope(|scope| {
        for wallet in [&alice, &bob] {
            let client = &client;
            scope.spawn(move || client.fund(wallet).unwrap());
        }
        let started = Instant::now();
        while client.account(&alice).is_err() || client.account(&bob).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30));
            close(&client);
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    (network, client, alice, bob)
}

/// Closes a ledger.
fn close(client: &Client) {
    client.advance(1, 1).unwrap();
}

/// A transaction of Alice's that does nothing, `ahead` of her next sequence number.
fn harmless(client: &Client, alice: &Wallet, ahead: i64) -> TransactionEnvelope {
    let number = client.next_sequence(alice).unwrap() + ahead;
    let body = OperationBody::BumpSequence(BumpSequenceOp {
        bump_to: SequenceNumber(0),
    });
    let tx = transaction(&alice.account(), number, vec![operation(body)]).unwrap();
    sign(&tx, client.network_id, &[alice]).unwrap()
}

fn fee_of_refusal(answer: &Value) -> i64 {
    let text = answer["errorResultXdr"].as_str().unwrap();
    let result = TransactionResult::from_xdr_base64(text, Limits::none()).unwrap();
    result.fee_charged
}

#[test]
fn an_account_has_one_pending_transaction() {
    let (_network, client, alice, _bob) = stage();
    let first = harmless(&client, &alice, 0);
    assert_eq!(client.send(&first).unwrap()["status"], "PENDING");
    assert_eq!(client.send(&first).unwrap()["status"], "DUPLICATE");
    let next = harmless(&client, &alice, 1);
    assert_eq!(client.send(&next).unwrap()["status"], "TRY_AGAIN_LATER");
    let older = client.send(&harmless(&client, &alice, -1)).unwrap();
    assert_eq!(
        (&older["status"], code_of(&older).as_str()),
        (&json!("ERROR"), "TxBadSeq")
    );
    close(&client);
    assert_eq!(client.send(&next).unwrap()["status"], "PENDING");
}

#[test]
fn an_applied_transaction_is_not_taken_again_for_ten_ledgers() {
    let (_network, client, alice, _bob) = stage();
    let envelope = harmless(&client, &alice, 0);
    assert_eq!(client.send(&envelope).unwrap()["status"], "PENDING");
    let mut again = 0;
    loop {
        close(&client);
        let answer = client.send(&envelope).unwrap();
        if answer["status"] == "ERROR" {
            assert_eq!(code_of(&answer), "TxBadSeq");
            break;
        }
        assert_eq!(answer["status"], "TRY_AGAIN_LATER");
        again += 1;
        assert!(again < 20);
    }
    // The ledger that applied it and the nine after.
    assert_eq!(again, 9);
}

#[test]
fn a_waiting_transaction_is_replaced_by_ten_times_its_bid() {
    let (_network, client, alice, bob) = stage();
    let inner = harmless(&client, &alice, 0);
    assert_eq!(client.send(&inner).unwrap()["status"], "PENDING");
    let bump = |fee| fee_bump(inner.clone(), &bob, fee, client.network_id).unwrap();
    let low = client.send(&bump(1_999)).unwrap();
    assert_eq!(code_of(&low), "TxInsufficientFee");
    assert_eq!(
        fee_of_refusal(&low),
        2_000,
        "100 an operation, two operations, ten times"
    );
    let sent = client.send(&bump(2_000)).unwrap();
    assert_eq!(sent["status"], "PENDING");
    assert_eq!(client.send(&inner).unwrap()["status"], "DUPLICATE");
    close(&client);
    let found = client
        .result("getTransaction", json!({ "hash": sent["hash"] }))
        .unwrap();
    assert_eq!(found["status"], "SUCCESS");
    assert_eq!(result_of(&found).unwrap().fee_charged, 200);
}

#[test]
fn a_payer_of_several_fee_bumps_has_to_have_the_sum() {
    let (_network, client, alice, bob) = stage();
    let carol = Wallet::named("carol");
    std::thread::scope(|scope| {
        scope.spawn(|| client.fund(&carol).unwrap());
        while client.account(&carol).is_err() {
            close(&client);
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let spendable = client.account(&carol).unwrap().balance - 10_000_000;
    let bump = |wallet: &Wallet, fee| {
        let inner = harmless(&client, wallet, 0);
        fee_bump(inner, &carol, fee, client.network_id).unwrap()
    };
    let first = client.send(&bump(&alice, spendable - 500)).unwrap();
    assert_eq!(first["status"], "PENDING");
    let second = client.send(&bump(&bob, 501)).unwrap();
    assert_eq!(code_of(&second), "TxInsufficientBalance");
    assert_eq!(client.send(&bump(&bob, 500)).unwrap()["status"], "PENDING");
}

#[test]
fn every_ledger_closes_later_than_the_one_before() {
    // Faster than one ledger a second: the network's clock runs ahead.
    let (network, _client) = network_with(&Config::like_testnet(Duration::from_millis(50)));
    let started = Instant::now();
    while network.view().sequence() < 12 {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    let times: Vec<_> = network
        .view()
        .history
        .from(0)
        .map(|ledger| ledger.close_time)
        .collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
}

#[test]
fn what_expires_while_it_waits_is_in_no_ledger_and_costs_nothing() {
    let (network, client, alice, _bob) = stage();
    let now = network.view().close_time();
    let number = client.next_sequence(&alice).unwrap();
    let body = OperationBody::BumpSequence(BumpSequenceOp {
        bump_to: SequenceNumber(0),
    });
    let mut tx = transaction(&alice.account(), number, vec![operation(body)]).unwrap();
    tx.cond = stellar_xdr::Preconditions::Time(stellar_xdr::TimeBounds {
        min_time: stellar_xdr::TimePoint(0),
        max_time: stellar_xdr::TimePoint(now + 100),
    });
    let envelope = sign(&tx, client.network_id, &[&alice]).unwrap();
    let sent = client.send(&envelope).unwrap();
    assert_eq!(sent["status"], "PENDING");
    let before = client.account(&alice).unwrap().balance;
    client.advance(1_000, 1).unwrap();
    let found = client
        .result("getTransaction", json!({ "hash": sent["hash"] }))
        .unwrap();
    assert_eq!(found["status"], "NOT_FOUND");
    assert_eq!(client.account(&alice).unwrap().balance, before);
}
