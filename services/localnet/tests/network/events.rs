//! `getEvents`: filters, cursors, windows.

use crate::setup::Stage;
use flash_localnet::Config;
use flash_localnet_testkit::symbol;
use serde_json::{json, Value};
use stellar_xdr::{Limits, ScVal, ScVec, WriteXdr};

fn topics(names: &[&str]) -> ScVal {
    let values: Vec<_> = names.iter().map(|name| symbol(name)).collect();
    ScVal::Vec(Some(ScVec(values.try_into().unwrap())))
}

fn emit(stage: &Stage, names: &[&str], value: u32) {
    stage.call("emit", vec![topics(names), ScVal::U32(value)]);
}

fn base64(value: &ScVal) -> String {
    value.to_xdr_base64(Limits::none()).unwrap()
}

fn contract(stage: &Stage) -> String {
    stellar_strkey::Contract(stage.contract.0 .0)
        .to_string()
        .to_string()
}

fn get(stage: &Stage, params: Value) -> Value {
    stage.client.result("getEvents", params).unwrap()
}

fn values(answer: &Value) -> Vec<Value> {
    let events = answer["events"].as_array().unwrap();
    events.iter().map(|event| event["value"].clone()).collect()
}

/// Three events of the contract, in three ledgers. Returns the first of them.
fn three(stage: &Stage) -> u32 {
    let first = stage.network.view().sequence() + 1;
    emit(stage, &["deal", "opened"], 1);
    emit(stage, &["deal", "closed"], 2);
    emit(stage, &["deal", "closed", "late"], 3);
    first
}

#[test]
fn an_event_is_told_with_everything_that_belongs_to_it() {
    let stage = Stage::new();
    let first = three(&stage);
    let params =
        json!({ "startLedger": first, "filters": [{ "contractIds": [contract(&stage)] }] });
    let answer = get(&stage, params);
    let event = &answer["events"][0];
    assert_eq!(event["type"], "contract");
    assert_eq!(event["ledger"], first);
    assert_eq!(event["contractId"], contract(&stage));
    assert_eq!(
        event["topic"],
        json!([base64(&symbol("deal")), base64(&symbol("opened"))])
    );
    assert_eq!(event["value"], base64(&ScVal::U32(1)));
    assert_eq!(event["inSuccessfulContractCall"], true);
    assert_eq!(
        (&event["operationIndex"], &event["transactionIndex"]),
        (&json!(0), &json!(1))
    );
    let id = format!("{:019}-{:010}", (u64::from(first) << 32) | (1 << 12), 0);
    assert_eq!(event["id"], id);
    assert_eq!(event["txHash"].as_str().unwrap().len(), 64);
    assert!(event["ledgerClosedAt"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn topics_filter_by_segment_and_wildcard() {
    let stage = Stage::new();
    let first = three(&stage);
    let count = |topics: Value| {
        let filters =
            json!([{ "type": "contract", "contractIds": [contract(&stage)], "topics": topics }]);
        values(&get(
            &stage,
            json!({ "startLedger": first, "filters": filters }),
        ))
        .len()
    };
    let (deal, closed) = (base64(&symbol("deal")), base64(&symbol("closed")));
    assert_eq!(
        count(json!([[deal, closed]])),
        1,
        "all segments, no more and no less"
    );
    assert_eq!(count(json!([[deal, "*"]])), 2);
    assert_eq!(count(json!([[deal, "**"]])), 3);
    assert_eq!(count(json!([["**"]])), 3);
    assert_eq!(count(json!([["*", closed, "**"]])), 2);
    assert_eq!(count(json!([["*"]])), 0);
    assert_eq!(
        count(json!([[closed, "**"], [deal, closed]])),
        1,
        "any of the topics"
    );
}

#[test]
fn a_cursor_goes_on_where_the_page_before_ended() {
    let stage = Stage::new();
    let first = three(&stage);
    let filters = json!([{ "contractIds": [contract(&stage)] }]);
    let page = get(
        &stage,
        json!({ "startLedger": first, "filters": filters, "pagination": { "limit": 2 } }),
    );
    assert_eq!(
        values(&page),
        [base64(&ScVal::U32(1)), base64(&ScVal::U32(2))]
    );
    assert_eq!(page["cursor"], page["events"][1]["id"]);
    let next =
        json!({ "filters": filters, "pagination": { "cursor": page["cursor"], "limit": 2 } });
    let page = get(&stage, next);
    assert_eq!(values(&page), [base64(&ScVal::U32(3))]);
    // Nothing more so far; the cursor stays good for what comes later.
    let cursor = page["cursor"].clone();
    emit(&stage, &["later"], 4);
    let page = get(
        &stage,
        json!({ "filters": filters, "pagination": { "cursor": cursor } }),
    );
    assert_eq!(values(&page), [base64(&ScVal::U32(4))]);
}

#[test]
fn the_end_of_a_range_is_exclusive() {
    let stage = Stage::new();
    let first = three(&stage);
    let filters = json!([{ "contractIds": [contract(&stage)] }]);
    let params = json!({ "startLedger": first, "endLedger": first + 2, "filters": filters });
    assert_eq!(values(&get(&stage, params)).len(), 2);
}

#[test]
fn without_filters_the_fees_are_told_too() {
    let stage = Stage::new();
    let first = three(&stage);
    let answer = get(
        &stage,
        json!({ "startLedger": first, "endLedger": first + 1 }),
    );
    let ids: Vec<_> = answer["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 3, "the fee, the event, the refund: {answer}");
    assert!(ids.is_sorted());
}

#[test]
fn what_makes_no_sense_is_refused_with_the_usual_texts() {
    let stage = Stage::new();
    let first = three(&stage);
    let fault = |params: Value| {
        let answer = stage.client.call("getEvents", params).unwrap();
        let message = answer["error"]["message"].as_str().unwrap().to_owned();
        (answer["error"]["code"].as_i64().unwrap(), message)
    };
    let id = contract(&stage);
    let params = |text: &str| (-32602, text.to_owned());
    assert_eq!(fault(json!({})), params("startLedger must be positive"));
    let both = json!({ "startLedger": first, "pagination": { "cursor": "0000000000000000000-0000000000" } });
    assert_eq!(
        fault(both),
        params("ledger ranges and cursor cannot both be set")
    );
    let many = vec![json!({}); 6];
    let text = "maximum 5 filters per request";
    assert_eq!(
        fault(json!({ "startLedger": first, "filters": many })),
        params(text)
    );
    let ids = vec![id; 6];
    let text = "filter 1 invalid: maximum 5 contract IDs per filter";
    assert_eq!(
        fault(json!({ "startLedger": first, "filters": [{ "contractIds": ids }] })),
        params(text)
    );
    let text = "filter 1 invalid: contract ID 1 invalid";
    assert_eq!(
        fault(json!({ "startLedger": first, "filters": [{ "contractIds": ["C"] }] })),
        params(text)
    );
    let text =
        "filter 1 invalid: filter type invalid: if set, type must be either 'system' or 'contract'";
    for types in ["contract,", ",system", "diagnostic"] {
        assert_eq!(
            fault(json!({ "startLedger": first, "filters": [{ "type": types }] })),
            params(text)
        );
    }
    let text = "limit must not exceed 10000";
    assert_eq!(
        fault(json!({ "startLedger": first, "pagination": { "limit": 10_001 } })),
        params(text)
    );
    let last = stage.network.view().sequence();
    let text = format!("startLedger must be within the ledger range: 1 - {last}");
    assert_eq!(fault(json!({ "startLedger": last + 100 })), (-32600, text));
}

#[test]
fn what_is_outside_of_the_window_is_gone() {
    let stage = Stage::with(&Config {
        retention: 5,
        ..Config::default()
    });
    let first = three(&stage);
    for round in 0..10 {
        emit(&stage, &["more"], round);
    }
    let answer = stage
        .client
        .call("getEvents", json!({ "startLedger": first }))
        .unwrap();
    let last = stage.network.view().sequence();
    let text = format!(
        "startLedger must be within the ledger range: {} - {last}",
        last - 4
    );
    assert_eq!(answer["error"]["message"], text);

    let cursor = (u64::from(first) << 32).to_string();
    let answer = stage
        .client
        .call(
            "getTransactions",
            json!({ "pagination": { "cursor": cursor } }),
        )
        .unwrap();
    assert_eq!(answer["error"]["code"], -32602);
    let text = format!("database does not contain metadata for ledger: {first}");
    assert_eq!(answer["error"]["message"], text);
}

#[test]
fn an_event_without_topics_has_no_list_of_them() {
    let stage = Stage::new();
    let first = stage.network.view().sequence() + 1;
    emit(&stage, &[], 1);
    let filters = json!([{ "contractIds": [contract(&stage)] }]);
    let answer = get(&stage, json!({ "startLedger": first, "filters": filters }));
    let event = &answer["events"][0];
    assert_eq!(event["value"], base64(&ScVal::U32(1)));
    assert!(event.get("topic").is_none(), "{event}");
}
