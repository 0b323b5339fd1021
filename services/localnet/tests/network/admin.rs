//! Time travel, snapshots, starting over, and the state file.

use crate::setup::{network_with, Stage};
use flash_localnet::{Config, Localnet};
use flash_localnet_testkit::{symbol, Client, Wallet};
use serde_json::{json, Value};
use stellar_xdr::ScVal;

#[test]
fn time_and_ledgers_move_as_far_as_told() {
    let stage = Stage::new();
    let before = stage.network.view();
    let answer = stage.client.advance(86_400, 17_280).unwrap();
    let after = stage.network.view();
    assert_eq!(after.sequence(), before.sequence() + 17_280);
    let passed = after.close_time() - before.close_time();
    assert!((86_400..86_430).contains(&passed), "{passed}");
    assert_eq!(answer["latestLedger"], after.sequence());
    // The clock goes on from there.
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    assert!(stage.network.view().close_time() >= after.close_time());
}

#[test]
fn a_journey_that_leads_nowhere_is_refused() {
    let stage = Stage::new();
    let bad = [
        json!({ "secs": u64::MAX }),
        json!({ "ledgers": u32::MAX }),
        json!({ "hours": 1 }),
        json!([]),
    ];
    for body in bad {
        let body = body.to_string();
        let (status, text) = stage
            .client
            .post("/admin/advance", "application/json", body.as_bytes())
            .unwrap();
        assert_eq!(status, 400, "{body}: {text}");
    }
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
}

#[test]
fn a_dump_can_be_loaded_elsewhere() {
    let stage = Stage::new();
    stage.call("put", vec![symbol("a"), ScVal::U32(42)]);
    let (status, dump) = stage.client.get("/admin/dump").unwrap();
    assert_eq!(status, 200);
    let other = Stage::new();
    other.call("put", vec![symbol("b"), ScVal::U32(1)]);
    let passphrase = other.network.passphrase();
    let snapshot: Value = serde_json::from_str(&dump).unwrap();
    let (status, text) = other
        .client
        .load("another network", snapshot.clone())
        .unwrap();
    assert_eq!(status, 400, "{text}");
    let (status, text) = other.client.load(passphrase, snapshot).unwrap();
    assert_eq!(status, 200, "{text}");
    assert_eq!(
        other.network.view().sequence(),
        stage.network.view().sequence()
    );
    assert_eq!(other.call("get", vec![symbol("a")]), ScVal::U32(42));
    // The library that others read such files with reads it as well.
    let snapshot: soroban_ledger_snapshot::LedgerSnapshot = serde_json::from_str(&dump).unwrap();
    assert_eq!(snapshot.protocol_version, 28);
}

#[test]
fn a_snapshot_of_another_network_is_refused() {
    let stage = Stage::new();
    let (_, dump) = stage.client.get("/admin/dump").unwrap();
    let mut dump: Value = serde_json::from_str(&dump).unwrap();
    dump["network_id"] = Value::from("00".repeat(32));
    let passphrase = stage.network.passphrase();
    let (status, text) = stage.client.load(passphrase, dump).unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("another passphrase"), "{text}");
}

#[test]
fn a_reset_starts_over() {
    let stage = Stage::new();
    stage.client.advance(1_000_000, 1_000).unwrap();
    let sequence = stage.network.view().sequence();
    let nothing = stage.client.post("/admin/reset", "application/json", b"");
    assert_eq!(nothing.unwrap().0, 400);
    let public = "Public Global Stellar Network ; September 2015";
    let (status, text) = stage.client.reset(public).unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("another network"), "{text}");
    assert_eq!(stage.network.view().sequence(), sequence);
    let (status, _) = stage.client.reset(stage.network.passphrase()).unwrap();
    assert_eq!(status, 200);
    assert_eq!(stage.network.view().sequence(), 1);
    assert!(stage.client.account(&stage.alice).is_err());
    stage.client.fund(&stage.alice).unwrap();
}

#[test]
fn the_state_file_keeps_everything_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        state: Some(folder.path().join("state")),
        ..Config::default()
    };
    let stage = Stage::with(&config);
    stage.call("put", vec![symbol("a"), ScVal::U32(42)]);
    stage.client.advance(1_000, 10).unwrap();
    let Stage {
        network,
        alice,
        contract,
        wasm,
        ..
    } = stage;
    let before = network.view();
    network.stop();

    let (network, client) = network_with(&config);
    let after = network.view();
    assert_eq!(after.hash, before.hash, "the same ledger, to the last bit");
    assert_eq!(after.entries.len(), before.entries.len());
    assert!(after.close_time() >= before.close_time());
    let first = client
        .result("getTransactions", json!({ "startLedger": 1 }))
        .unwrap();
    assert!(first["transactions"].as_array().unwrap().len() >= 4);
    let stage = Stage {
        network,
        client,
        alice,
        contract,
        wasm,
    };
    assert_eq!(stage.call("get", vec![symbol("a")]), ScVal::U32(42));
}

#[test]
fn a_state_file_belongs_to_one_network() {
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("state"));
    let config = Config {
        state: state.clone(),
        ..Config::default()
    };
    Localnet::start(&config).unwrap().stop();
    let settings = flash_localnet::settings::Preset::Fast.settings();
    let other = Config {
        state,
        settings,
        ..Config::default()
    };
    let error = Localnet::start(&other).err().unwrap().to_string();
    assert!(error.contains("other settings"), "{error}");
}

#[test]
fn the_port_can_be_taken_only_once() {
    let (network, _) = network_with(&Config::default());
    let port = network.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Localnet::start(&Config {
        port,
        ..Config::default()
    })
    .err()
    .unwrap();
    assert!(error.to_string().contains("cannot listen"), "{error}");
    network.stop();
    let (network, client) = network_with(&Config {
        port,
        ..Config::default()
    });
    client.fund(&Wallet::named("alice")).unwrap();
    network.stop();
    let gone = Client::new(&format!("http://127.0.0.1:{port}"), "");
    assert!(gone.get("/health").is_err());
}

#[test]
fn a_page_of_another_origin_or_under_another_name_reaches_no_administration() {
    let stage = Stage::new();
    let sequence = stage.network.view().sequence();
    let foreign = [
        ("origin", "https://evil.example"),
        ("host", "evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    for header in foreign {
        for (method, path) in [
            ("POST", "/admin/advance"),
            ("POST", "/admin/reset"),
            ("POST", "/admin/load"),
            ("GET", "/admin/dump"),
        ] {
            let status = stage.client.with_headers(method, path, &[header]).unwrap();
            assert_eq!(status, 403, "{header:?} {path}");
        }
    }
    assert_eq!(stage.network.view().sequence(), sequence);
    // The API is for pages of anybody.
    let status = stage.client.with_headers("GET", "/health", &foreign[..1]);
    assert_eq!(status.unwrap(), 200);
}

#[test]
fn friendbot_funds_a_contract_once() {
    let stage = Stage::new();
    let address = stellar_strkey::Contract(stage.contract.0 .0).to_string();
    let path = format!("/friendbot?addr={address}");
    let (status, text) = stage.client.get(&path).unwrap();
    assert_eq!(status, 200, "{text}");
    let contract = stellar_xdr::ScAddress::Contract(stage.contract.clone());
    let view = stage.network.view();
    let balance = flash_localnet::state::native_balance(&view, &contract).unwrap();
    assert_eq!(balance, 100_000_000_000);
    let (status, text) = stage.client.get(&path).unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("already funded"), "{text}");
    let (status, text) = stage.client.get("/friendbot?addr=CAAA").unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("account or a contract"), "{text}");
}
