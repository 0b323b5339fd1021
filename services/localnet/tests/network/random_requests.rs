//! Whatever arrives, the network stays up.

use crate::setup::Stage;
use flash_localnet_testkit::{operation, sign, symbol, transaction};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config as Runner, TestRunner},
};
use serde_json::{json, Value};
use stellar_xdr::{Limits, ScVal, WriteXdr};

/// How many requests: 2_000, or what the environment says.
fn rounds() -> usize {
    let told = std::env::var("LOCALNET_RANDOM_REQUESTS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

const METHODS: [&str; 12] = [
    "getHealth",
    "getNetwork",
    "getVersionInfo",
    "getLatestLedger",
    "getLedgers",
    "getLedgerEntries",
    "getTransaction",
    "getTransactions",
    "getEvents",
    "getFeeStats",
    "sendTransaction",
    "simulateTransaction",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        "[A-Za-z0-9+/=*-]{0,40}".prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop_oneof![
            Just("startLedger"),
            Just("endLedger"),
            Just("filters"),
            Just("topics"),
            Just("contractIds"),
            Just("pagination"),
            Just("cursor"),
            Just("limit"),
            Just("keys"),
            Just("hash"),
            Just("transaction"),
            Just("xdrFormat"),
            Just("type"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Requests of every kind of wrong: from noise to nearly right.
fn any_body(envelope: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    let json = any_json().prop_map(|value| value.to_string().into_bytes());
    let call = (prop::sample::select(METHODS.to_vec()), any_json()).prop_map(|(method, params)| {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        body.to_string().into_bytes()
    });
    let index = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    let methods = prop::sample::select(vec!["sendTransaction", "simulateTransaction"]);
    let damaged = (methods, index).prop_map(move |(method, changes)| {
        use base64::{engine::general_purpose::STANDARD, Engine};
        let mut bytes = envelope.clone();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let params = json!({ "transaction": STANDARD.encode(bytes) });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        body.to_string().into_bytes()
    });
    prop_oneof![1 => noise, 1 => json, 3 => call, 5 => damaged]
}

#[test]
fn random_requests_leave_the_network_running() {
    let stage = Stage::new();
    let body = stage.body("put", vec![symbol("a"), ScVal::U32(1)]);
    let tx = stage.client.prepare(&stage.alice, body).unwrap();
    let envelope = sign(&tx, stage.client.network_id, &[&stage.alice]).unwrap();
    let strategy = any_body(envelope.to_xdr(Limits::none()).unwrap());
    let mut runner = TestRunner::new(Runner {
        failure_persistence: None,
        ..Runner::default()
    });
    for _ in 0..rounds() {
        let body = strategy.new_tree(&mut runner).unwrap().current();
        let (status, text) = stage.client.post("/", "application/json", &body).unwrap();
        let shown = String::from_utf8_lossy(&body);
        assert!(
            matches!(status, 200 | 204 | 500),
            "{status} {text} for {shown}"
        );
        if status == 500 {
            assert_eq!(text, "[-32700] invalid request value\n", "for {shown}");
        }
        assert!(!text.contains("panic"), "{text} for {shown}");
    }
    assert_eq!(
        stage.client.result("getHealth", Value::Null).unwrap()["status"],
        "healthy"
    );
    let number = stage.client.next_sequence(&stage.alice).unwrap();
    let body = stage.body("get", vec![symbol("a")]);
    let tx = transaction(&stage.alice.account(), number, vec![operation(body)]).unwrap();
    stage.client.simulate_raw(&tx).unwrap();
    stage.call("put", vec![symbol("b"), ScVal::U32(2)]);
}
