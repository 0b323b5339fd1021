//! The API itself: every method's shape, and everything that can be wrong with a request.

use crate::setup::{network, Stage};
use flash_localnet_testkit::{symbol, Client};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    LedgerCloseMeta, LedgerHeader, Limits, ReadXdr, ScVal, TransactionEnvelope, WriteXdr,
};

fn post(client: &Client, body: &str) -> (u16, Value) {
    let (status, text) = client
        .post("/", "application/json", body.as_bytes())
        .unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::from(text)),
    )
}

fn error(client: &Client, body: Value) -> (i64, String) {
    let (_, answer) = post(client, &body.to_string());
    let error = &answer["error"];
    (
        error["code"].as_i64().unwrap(),
        error["message"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn the_methods_without_parameters_take_them_absent_null_and_empty() {
    let (_network, client) = network();
    let methods = [
        "getHealth",
        "getNetwork",
        "getVersionInfo",
        "getLatestLedger",
        "getFeeStats",
    ];
    for method in methods {
        for params in ["", r#","params":null"#, r#","params":{}"#] {
            let body = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}"{params}}}"#);
            let (status, answer) = post(&client, &body);
            assert_eq!((status, &answer["id"]), (200, &json!(7)), "{answer}");
            assert!(answer["result"].is_object(), "{method}: {answer}");
        }
        let list = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": [] });
        let refusal = error(&client, list);
        assert_eq!(
            refusal,
            (-32602, "invalid parameters".to_owned()),
            "{method}"
        );
    }
}

#[test]
fn types_are_those_that_clients_read() {
    let stage = Stage::new();
    let ask = |method: &str| stage.client.result(method, Value::Null).unwrap();
    let latest = ask("getLatestLedger");
    assert!(latest["closeTime"].is_string() && latest["sequence"].is_u64());
    let header = latest["headerXdr"].as_str().unwrap();
    let header = LedgerHeader::from_xdr_base64(header, Limits::none()).unwrap();
    let hash = Sha256::digest(header.to_xdr(Limits::none()).unwrap());
    assert_eq!(
        latest["id"],
        hex::encode(hash),
        "the id is the hash of the header"
    );
    let meta = latest["metadataXdr"].as_str().unwrap();
    let LedgerCloseMeta::V2(meta) = LedgerCloseMeta::from_xdr_base64(meta, Limits::none()).unwrap()
    else {
        panic!("an old meta")
    };
    assert_eq!(meta.ledger_header.header, header);
    assert_eq!(meta.tx_processing.len(), 1);

    let health = ask("getHealth");
    assert_eq!(health["status"], "healthy");
    assert!(health["latestLedgerCloseTime"].is_string());
    let network = ask("getNetwork");
    assert_eq!(network["passphrase"], stage.network.passphrase());
    assert_eq!(network["protocolVersion"], 28);
    assert!(network["friendbotUrl"]
        .as_str()
        .unwrap()
        .ends_with("/friendbot"));
    let version = ask("getVersionInfo");
    for name in [
        "version",
        "commitHash",
        "buildTimestamp",
        "captiveCoreVersion",
    ] {
        assert!(version[name].is_string(), "{name}");
    }
    let fees = ask("getFeeStats");
    assert_eq!(fees["sorobanInclusionFee"]["p50"], "100");
    assert!(fees["inclusionFee"]["transactionCount"].is_string());
    assert!(fees["inclusionFee"]["ledgerCount"].is_u64());
}

#[test]
fn ledgers_are_a_chain() {
    let stage = Stage::new();
    let answer = stage
        .client
        .result("getLedgers", json!({ "startLedger": 1 }))
        .unwrap();
    let ledgers = answer["ledgers"].as_array().unwrap();
    assert!(ledgers.len() >= 4);
    let mut previous: Option<String> = None;
    for ledger in ledgers {
        let entry = ledger["headerXdr"].as_str().unwrap();
        let entry =
            stellar_xdr::LedgerHeaderHistoryEntry::from_xdr_base64(entry, Limits::none()).unwrap();
        assert_eq!(ledger["hash"], hex::encode(entry.hash.0));
        if let Some(previous) = previous {
            assert_eq!(hex::encode(entry.header.previous_ledger_hash.0), previous);
        }
        previous = ledger["hash"].as_str().map(str::to_owned);
        let meta = ledger["metadataXdr"].as_str().unwrap();
        LedgerCloseMeta::from_xdr_base64(meta, Limits::none()).unwrap();
    }
    let next = json!({ "pagination": { "cursor": answer["cursor"], "limit": 5 } });
    let beyond = stage.client.call("getLedgers", next).unwrap();
    assert!(beyond["error"]["message"]
        .as_str()
        .unwrap()
        .starts_with("cursor ("));
    let code = stage
        .client
        .call("getLedgers", json!({ "startLedger": 1_000 }))
        .unwrap();
    assert_eq!(code["error"]["code"], -32600);
}

#[test]
fn transactions_are_told_one_by_one_and_in_lists() {
    let stage = Stage::new();
    stage.call("put", vec![symbol("a"), ScVal::U32(1)]);
    let all = stage
        .client
        .result("getTransactions", json!({ "startLedger": 1 }))
        .unwrap();
    let list = all["transactions"].as_array().unwrap();
    assert_eq!(list.len(), 4, "funded, uploaded, deployed, called");
    let last = list.last().unwrap();
    assert!(last["createdAt"].is_u64() && all["latestLedgerCloseTimestamp"].is_u64());
    let one = stage
        .client
        .result("getTransaction", json!({ "hash": last["txHash"] }))
        .unwrap();
    assert!(one["createdAt"].is_string() && one["latestLedgerCloseTime"].is_string());
    for field in [
        "envelopeXdr",
        "resultXdr",
        "resultMetaXdr",
        "ledger",
        "applicationOrder",
        "events",
    ] {
        assert_eq!(one[field], last[field], "{field}");
    }
    assert_eq!(
        one["events"]["transactionEventsXdr"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(one["events"]["contractEventsXdr"], json!([[]]));
    let page = json!({ "startLedger": 1, "pagination": { "limit": 3 } });
    let page = stage.client.result("getTransactions", page).unwrap();
    let next = json!({ "pagination": { "cursor": page["cursor"] } });
    let next = stage.client.result("getTransactions", next).unwrap();
    assert_eq!(next["transactions"], json!([last]));
}

#[test]
fn what_is_not_known_is_not_found() {
    let stage = Stage::new();
    let hash = "00".repeat(32);
    let answer = stage
        .client
        .result("getTransaction", json!({ "hash": hash }))
        .unwrap();
    assert_eq!(answer["status"], "NOT_FOUND");
    assert!(answer.get("envelopeXdr").is_none());
    let short = json!({ "jsonrpc": "2.0", "id": 1, "method": "getTransaction", "params": { "hash": "00" } });
    assert_eq!(
        error(&stage.client, short),
        (-32602, "unexpected hash length (2)".to_owned())
    );
}

#[test]
fn xdr_can_be_asked_for_as_json() {
    let stage = Stage::new();
    let params = json!({ "startLedger": 1, "xdrFormat": "json" });
    let all = stage.client.result("getTransactions", params).unwrap();
    let tx = &all["transactions"][3 - 1];
    assert!(tx["envelopeJson"]["tx"].is_object(), "{tx}");
    assert!(tx["resultMetaJson"]["v4"].is_object());
    assert!(tx.get("envelopeXdr").is_none());
    let params = json!({ "startLedger": 1, "xdrFormat": "json" });
    let events = stage.client.result("getEvents", params).unwrap();
    assert!(events["events"][0]["topicJson"].is_array());
    let wrong = json!({ "keys": [], "xdrFormat": "yaml" });
    let answer = stage.client.call("getLedgerEntries", wrong).unwrap();
    let text = "got 'yaml': expected base64, json for optional 'xdrFormat'";
    assert_eq!(answer["error"]["message"], text);
}

#[test]
fn requests_that_are_wrong_get_the_usual_errors() {
    let (_network, client) = network();
    let body = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (status, text) = post(&client, "{");
    assert_eq!(
        (status, text.as_str().unwrap()),
        (500, "[-32700] invalid request value\n")
    );
    let unknown = error(&client, body("getEverything", json!({})));
    assert_eq!(unknown, (-32601, "method not found".to_owned()));
    assert_eq!(
        error(&client, json!({ "id": 1, "method": "getHealth" })).0,
        -32600
    );
    assert_eq!(
        error(&client, json!(5)),
        (-32700, "request is not a JSON object".to_owned())
    );
    for (hash, reason) in [
        ("xyz".repeat(21) + "x", "invalid byte: U+0078 'x'"),
        ("0".repeat(65), "odd length hex string"),
    ] {
        let wrong_hash = error(&client, body("getTransaction", json!({ "hash": hash })));
        let text = format!("incorrect hash: encoding/hex: {reason}");
        assert_eq!(wrong_hash, (-32602, text));
    }
    let list = error(&client, body("getTransaction", json!(["00"])));
    assert_eq!(list, (-32602, "invalid parameters".to_owned()));
    let wrong = error(&client, body("getLedgerEntries", json!({ "keys": [5] })));
    assert_eq!(wrong, (-32602, "invalid parameters".to_owned()));
    let bad = error(
        &client,
        body("getLedgerEntries", json!({ "keys": ["AAAA"] })),
    );
    assert_eq!(
        bad,
        (
            -32602,
            "cannot unmarshal key value AAAA at index 0".to_owned()
        )
    );
    let many = vec!["AAAA"; 201];
    let many = error(&client, body("getLedgerEntries", json!({ "keys": many })));
    assert_eq!(many.1, "key count (201) exceeds maximum supported (200)");
    let send = error(
        &client,
        body("sendTransaction", json!({ "transaction": "AAAA" })),
    );
    assert_eq!(send, (-32602, "invalid_xdr".to_owned()));
    let simulated = client
        .result("simulateTransaction", json!({ "transaction": "AAAA" }))
        .unwrap();
    assert_eq!(simulated["error"], "Could not unmarshal transaction");
}

#[test]
fn batches_and_notifications() {
    let (_network, client) = network();
    let batch = r#"[{"jsonrpc":"2.0","id":"a","method":"getHealth"},
        {"jsonrpc":"2.0","method":"getHealth"},
        {"jsonrpc":"2.0","id":"b","method":"nothing"}]"#;
    let (_, answer) = post(&client, batch);
    assert_eq!(answer.as_array().unwrap().len(), 2);
    assert_eq!(
        (&answer[0]["id"], &answer[1]["id"]),
        (&json!("a"), &json!("b"))
    );
    let invalid_last = r#"[{"jsonrpc":"2.0","id":"valid","method":"getHealth"},
        {"jsonrpc":"1.0","id":"invalid","method":"getHealth"}]"#;
    let (_, answer) = post(&client, invalid_last);
    assert_eq!(
        (&answer[0]["id"], &answer[1]["id"]),
        (&json!("invalid"), &json!("valid")),
        "invalid requests are answered first"
    );
    let (status, _) = client
        .post(
            "/",
            "application/json",
            br#"{"jsonrpc":"2.0","method":"getHealth"}"#,
        )
        .unwrap();
    assert_eq!(status, 204);
    let many = vec![json!({ "jsonrpc": "2.0", "id": 1, "method": "getHealth" }); 51];
    let (_, answer) = post(&client, &json!(many).to_string());
    assert_eq!(answer["error"]["code"], -32600);
}

#[test]
fn bodies_are_limited_and_have_to_be_json() {
    let (_network, client) = network();
    let padding = " ".repeat(512 * 1024 - 46);
    let fits = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"getHealth"}}{padding}"#);
    assert_eq!(post(&client, &fits).0, 200);
    let over = format!("{fits} {}", " ".repeat(64));
    let (status, _) = client
        .post("/", "application/json", over.as_bytes())
        .unwrap();
    assert_eq!(status, 413);
    let (status, _) = client.post("/", "text/plain", b"{}").unwrap();
    assert_eq!(status, 415);
    for path in ["/rpc", "/soroban/rpc"] {
        let body = br#"{"jsonrpc":"2.0","id":1,"method":"getHealth"}"#;
        assert_eq!(
            client
                .post(path, "application/json; charset=utf-8", body)
                .unwrap()
                .0,
            200
        );
        let latin = client.post(path, "application/json; charset=latin1", body);
        assert_eq!(latin.unwrap().0, 415);
    }
    assert_eq!(client.get("/health").unwrap().0, 200);
    assert_eq!(client.get("/nothing").unwrap().0, 404);
}

#[test]
fn pages_from_elsewhere_may_ask() {
    let (network, _) = network();
    let agent = ureq::agent();
    let request = ureq::http::Request::builder()
        .method("OPTIONS")
        .uri(network.url())
        .header("origin", "http://localhost:3000")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,x-client-name",
        )
        .body(())
        .unwrap();
    let response = agent.run(request).unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert!(headers.contains_key("access-control-allow-headers"));
    assert!(headers.contains_key("access-control-allow-methods"));
}

#[test]
fn friendbot_funds_once() {
    let stage = Stage::new();
    let path = format!("/friendbot?addr={}", stage.alice.address());
    let (status, text) = stage.client.get(&path).unwrap();
    assert_eq!(status, 400);
    let answer: Value = serde_json::from_str(&text).unwrap();
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains("account already funded to starting balance"));
    assert!(detail.contains("createAccountAlreadyExist"));
    for bad in ["", "addr=", "addr=G", "addr=CAAA"] {
        assert_eq!(
            stage.client.get(&format!("/friendbot?{bad}")).unwrap().0,
            400,
            "{bad}"
        );
    }
    let bob = flash_localnet_testkit::Wallet::named("bob");
    let form = format!("addr={}", bob.address());
    let kind = "application/x-www-form-urlencoded";
    let (status, text) = stage
        .client
        .post("/friendbot", kind, form.as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let envelope = answer["envelope_xdr"].as_str().unwrap();
    TransactionEnvelope::from_xdr_base64(envelope, Limits::none()).unwrap();
    assert_eq!(stage.client.account(&bob).unwrap().balance, 100_000_000_000);
}

/// Requests whose bodies do not arrive take all places: who comes next is told so, and served again
/// when they are gone.
#[test]
fn too_many_requests_at_once_are_told_so() {
    use std::{io::Write, net::TcpStream, time::Duration};
    let (network, client) = network();
    let address = network.url().replace("http://", "");
    let head =
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    let waiting: Vec<_> = (0..256)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"getHealth"}"#;
    let status = || client.post("/", "application/json", body).unwrap().0;
    let reaches = |wanted: u16| {
        (0..1_000).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            status() == wanted
        })
    };
    assert!(reaches(503));
    drop(waiting);
    assert!(reaches(200));
}
