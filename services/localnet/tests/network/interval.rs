//! Ledgers in a rhythm: transactions wait for them.

use crate::setup::network_with;
use flash_localnet::Config;
use flash_localnet_testkit::{operation, sign, transaction, Wallet};
use serde_json::json;
use std::{thread, time::Duration};
use stellar_xdr::{BumpSequenceOp, OperationBody, SequenceNumber};

#[test]
fn transactions_wait_for_the_ledger_one_for_each_account() {
    let interval = Some(Duration::from_secs(1));
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
    let params = json!({ "hash": sent["hash"] });
    let asked = client.result("getTransaction", params.clone()).unwrap();
    let waiting = asked["status"] == "NOT_FOUND";
    thread::sleep(Duration::from_millis(1_500));
    let found = client.result("getTransaction", params).unwrap();
    assert_eq!(found["status"], "SUCCESS");
    assert!(waiting || asked["status"] == "SUCCESS");
    assert!(network.view().sequence() > funded);
}
