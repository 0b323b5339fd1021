//! Ledgers in a rhythm: transactions wait for them.

use crate::setup::network_with;
use flash_localnet::Config;
use flash_localnet_testkit::{operation, sign, transaction, Wallet};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use stellar_xdr::{BumpSequenceOp, OperationBody, SequenceNumber};

#[test]
fn transactions_wait_for_the_ledger_one_for_each_account() {
    // Funding ends when a ledger closes; what follows has to reach the network before the next.
    let interval = Some(Duration::from_secs(5));
    let (network, client) = network_with(&Config {
        close_interval: interval,
        ..Config::default()
    });
    let wallets: Vec<_> = (0..3).map(|n| Wallet::named(&format!("w{n}"))).collect();
    // Friendbot serves many in one ledger.
    thread::scope(|scope| {
        for wallet in &wallets {
            let client = client.clone();
            scope.spawn(move || client.fund(wallet).unwrap());
        }
    });
    let funded = network.view().sequence();
    let bump = |wallet: &Wallet, ahead: i64| {
        let number = client.next_sequence(wallet).unwrap() + ahead;
        let body = OperationBody::BumpSequence(BumpSequenceOp {
            bump_to: SequenceNumber(0),
        });
        let tx = transaction(&wallet.account(), number, vec![operation(body)]).unwrap();
        sign(&tx, client.network_id, &[wallet]).unwrap()
    };
    let first = bump(&wallets[0], 0);
    let sent = client.send(&first).unwrap();
    assert_eq!(sent["status"], "PENDING");
    assert_eq!(client.send(&first).unwrap()["status"], "DUPLICATE");
    assert_eq!(
        client.send(&bump(&wallets[0], 1)).unwrap()["status"],
        "TRY_AGAIN_LATER"
    );
    assert_eq!(
        client.send(&bump(&wallets[1], 0)).unwrap()["status"],
        "PENDING"
    );
    let status = || {
        let params = json!({ "hash": sent["hash"] });
        client.result("getTransaction", params).unwrap()["status"].clone()
    };
    assert_eq!(status(), "NOT_FOUND", "it waits for the ledger");
    let begun = Instant::now();
    while status() == "NOT_FOUND" && begun.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status(), "SUCCESS");
    assert!(network.view().sequence() > funded);
}
