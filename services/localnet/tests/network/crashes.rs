//! The process is killed under load, again and again: nothing that was acknowledged is missing.

use flash_localnet_testkit::{operation, sign, transaction, Client, Wallet};
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use stellar_xdr::{BumpSequenceOp, OperationBody, SequenceNumber};

/// How many times: 5, or what the environment says.
fn rounds() -> u32 {
    let told = std::env::var("LOCALNET_KILLS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(5)
}

fn start(state: &Path) -> (Child, Client) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_flash-localnet"))
        .args(["--port", "0", "--state"])
        .arg(state)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines
        .map(|line| line.unwrap())
        .find_map(|line| line.trim().strip_prefix("rpc").map(str::to_owned))
        .expect("the network says where it is");
    (
        child,
        Client::new(url.trim(), "Standalone Network ; February 2017"),
    )
}

/// Sends transactions until the network is gone; the hashes of those that it acknowledged.
fn load(client: &Client, wallet: &Wallet) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let Ok(mut number) = client.next_sequence(wallet) else {
        return acknowledged;
    };
    loop {
        let body = OperationBody::BumpSequence(BumpSequenceOp {
            bump_to: SequenceNumber(0),
        });
        let tx = transaction(&wallet.account(), number, vec![operation(body)]).unwrap();
        let envelope = sign(&tx, client.network_id, &[wallet]).unwrap();
        match client.send(&envelope) {
            Ok(answer) if answer["status"] == "PENDING" => {
                acknowledged.push(answer["hash"].as_str().unwrap().to_owned());
                number += 1;
            }
            Ok(answer) => panic!("{answer}"),
            Err(_) => return acknowledged,
        }
    }
}

#[test]
fn a_killed_network_comes_back_with_everything_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let wallet = Wallet::named("alice");
    let mut acknowledged = Vec::new();
    let mut all = 0;
    for round in 0..=rounds() {
        let (mut child, client) = start(&state);
        for hash in &acknowledged {
            let found = client
                .result("getTransaction", json!({ "hash": hash }))
                .unwrap();
            assert_eq!(found["status"], "SUCCESS", "round {round}: {hash}");
        }
        if round == 0 {
            client.fund(&wallet).unwrap();
        }
        // Somewhere between at once and after a few dozen ledgers.
        let wait = Duration::from_millis(u64::from(round * 37 % 150));
        acknowledged = std::thread::scope(|scope| {
            let sender = scope.spawn(|| load(&client, &wallet));
            let begun = Instant::now();
            std::thread::sleep(wait.saturating_sub(begun.elapsed()));
            child.kill().unwrap();
            sender.join().unwrap()
        });
        child.wait().unwrap();
        all += acknowledged.len();
    }
    // What was acknowledged long ago is still there, too: each used one sequence number.
    let (mut child, client) = start(&state);
    let account = client.account(&wallet).unwrap();
    let used = usize::try_from(account.seq_num.0 & 0xffff_ffff).unwrap();
    assert!(used >= all, "{used} of {all}");
    child.kill().unwrap();
    child.wait().unwrap();
}
