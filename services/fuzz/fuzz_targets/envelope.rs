//! Any transaction, made to come from an account that exists and signed: it is refused or applied,
//! and none of the native asset is lost or made.

#![no_main]

use flash_localnet::{state::native_total, Config, Localnet};
use flash_localnet_testkit::{sign, Client, Wallet};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::OnceLock;
use stellar_xdr::{Limits, MuxedAccount, ReadXdr, TransactionEnvelope, TransactionExt, WriteXdr};

struct Stage {
    network: Localnet,
    alice: Wallet,
    client: Client,
}

static STAGE: OnceLock<Stage> = OnceLock::new();

fn stage() -> Stage {
    let network = Localnet::start(&Config {
        retention: 100,
        ..Config::default()
    })
    .unwrap();
    let client = Client::new(&network.url(), network.passphrase());
    let alice = Wallet::named("alice");
    client.fund(&alice).unwrap();
    Stage {
        network,
        alice,
        client,
    }
}

fn send(stage: &Stage, envelope: &TransactionEnvelope, method: &str) -> String {
    let text = envelope.to_xdr_base64(Limits::none()).unwrap();
    let params = json!({ "transaction": text });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    stage.network.answer(body.to_string().as_bytes())
}

fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        depth: 100,
        len: 512 * 1024,
    };
    let Ok(envelope) = TransactionEnvelope::from_xdr(data, limits) else {
        return;
    };
    let stage = STAGE.get_or_init(stage);
    // As it is, and as a valid one.
    assert!(!send(stage, &envelope, "sendTransaction").contains("panic"));
    assert!(!send(stage, &envelope, "simulateTransaction").contains("panic"));
    let TransactionEnvelope::Tx(envelope) = envelope else {
        return;
    };
    let mut tx = envelope.tx;
    tx.source_account = MuxedAccount::from(stage.alice.account());
    let Ok(account) = stage.client.account(&stage.alice) else {
        return;
    };
    tx.seq_num.0 = account.seq_num.0 + 1;
    tx.fee = 100_000_000;
    if let TransactionExt::V1(data) = &mut tx.ext {
        data.resource_fee = 90_000_000;
    }
    let signed = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    assert!(!send(stage, &signed, "sendTransaction").contains("panic"));
    let view = stage.network.view();
    let held = native_total(&view.entries, stage.client.network_id).unwrap();
    assert_eq!(
        held + i128::from(view.header.fee_pool),
        1_000_000_000_000_000_000
    );
});
