//! `getEvents`

use super::{
    cursor::{Cursor, Toid, LAST_OP, LAST_TX},
    event_filter::{EventFilter, Matcher},
    format::{fields, Format},
    RpcError, RpcResult,
};
use crate::{
    rfc3339,
    state::{AppliedTransaction, ClosedLedger, View},
};
use serde::Deserialize;
use serde_json::{json, Value};
use stellar_xdr::{
    ContractEvent, ContractEventBody, ContractEventType, Limits, ReadXdr, TransactionEventStage,
    TransactionMeta,
};

/// How many ledgers one request looks at.
const SCAN_LIMIT: u32 = 10_000;
const MAX_FILTERS: usize = 5;
const MAX_LIMIT: u64 = 10_000;
const DEFAULT_LIMIT: u64 = 100;

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    start_ledger: Option<u32>,
    end_ledger: Option<u32>,
    filters: Option<Vec<EventFilter>>,
    pagination: Option<Page>,
    xdr_format: Option<String>,
}

/// The parameter `pagination`.
#[derive(Deserialize, Default)]
pub struct Page {
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Answers with the events of a range of ledgers that pass one of the filters.
pub fn call(view: &View, params: Params) -> RpcResult {
    let format = Format::param(params.xdr_format.as_deref())?;
    let page = params.pagination.unwrap_or_default();
    let (first, last) = (
        params.start_ledger.unwrap_or(0),
        params.end_ledger.unwrap_or(0),
    );
    let start = start(first, last, page.cursor.as_deref())?;
    if page.limit.is_some_and(|limit| limit > MAX_LIMIT) {
        return Err(RpcError::params(format!(
            "limit must not exceed {MAX_LIMIT}"
        )));
    }
    let limit = page
        .limit
        .filter(|limit| *limit > 0)
        .unwrap_or(DEFAULT_LIMIT);
    let limit = usize::try_from(limit)?;
    let matchers = compile(params.filters.unwrap_or_default())?;
    let (oldest, latest) = (view.oldest(), view.latest());
    let ledger = start.at.ledger;
    if !(oldest.sequence..=latest.sequence).contains(&ledger) {
        return Err(RpcError::request(format!(
            "startLedger must be within the ledger range: {} - {}",
            oldest.sequence, latest.sequence
        )));
    }
    // The end is exclusive, and never beyond what there is.
    let mut end = (latest.sequence + 1).min(ledger.saturating_add(SCAN_LIMIT));
    if last != 0 {
        end = end.min(last);
    }
    let events = scan(view, start, end, limit, &matchers)?;
    let cursor = match events.last() {
        Some(event) if events.len() == limit => event.cursor,
        _ => Cursor::end_of(end.saturating_sub(1)),
    };
    let events: Vec<_> = events
        .iter()
        .map(|event| describe(event, format))
        .collect::<Result<_, _>>()?;
    Ok(json!({
        "events": events,
        "cursor": cursor.to_string(),
        "latestLedger": latest.sequence,
        "oldestLedger": oldest.sequence,
        "latestLedgerCloseTime": latest.close_time.to_string(),
        "oldestLedgerCloseTime": oldest.close_time.to_string(),
    }))
}

fn start(first: u32, last: u32, cursor: Option<&str>) -> Result<Cursor, RpcError> {
    match cursor {
        Some(_) if first != 0 || last != 0 => Err(RpcError::params(
            "ledger ranges and cursor cannot both be set",
        )),
        Some(text) => {
            let mut start = Cursor::parse(text).map_err(|fault| {
                let mut error = RpcError::params("invalid parameters");
                error.data = Some(Value::from(fault));
                error
            })?;
            // The cursor is the last event that was seen.
            start.event = start.event.saturating_add(1);
            Ok(start)
        }
        None if first == 0 => Err(RpcError::params("startLedger must be positive")),
        None => Ok(Cursor::start_of(first)),
    }
}

fn compile(filters: Vec<EventFilter>) -> Result<Vec<Matcher>, RpcError> {
    if filters.len() > MAX_FILTERS {
        return Err(RpcError::params("maximum 5 filters per request"));
    }
    let compile = |(index, filter): (usize, EventFilter)| {
        filter
            .compile()
            .map_err(|fault| format!("filter {} invalid: {fault}", index + 1))
    };
    let compiled: Result<Vec<_>, _> = filters.into_iter().enumerate().map(compile).collect();
    compiled.map_err(RpcError::params)
}

/// An event with its place.
struct PlacedEvent {
    cursor: Cursor,
    event: ContractEvent,
    hash: [u8; 32],
    close_time: u64,
    successful: bool,
}

fn scan(
    view: &View,
    start: Cursor,
    end: u32,
    limit: usize,
    matchers: &[Matcher],
) -> Result<Vec<PlacedEvent>, RpcError> {
    let mut events = Vec::new();
    for ledger in view.history.from(start.at.ledger) {
        if ledger.sequence >= end || events.len() >= limit {
            break;
        }
        for event in of_ledger(ledger)? {
            let wanted = event.cursor >= start
                && (matchers.is_empty() || matchers.iter().any(|m| m.matches(&event.event)));
            if wanted {
                events.push(event);
            }
        }
    }
    events.truncate(limit);
    Ok(events)
}

/// All events of a ledger in their order: the fees, the operations', the refunds.
fn of_ledger(ledger: &ClosedLedger) -> Result<Vec<PlacedEvent>, RpcError> {
    let mut all = Vec::new();
    let (mut before, mut after) = (0, 0);
    for (index, tx) in ledger.transactions.iter().enumerate() {
        let TransactionMeta::V4(meta) = TransactionMeta::from_xdr(&tx.meta, Limits::none())? else {
            continue;
        };
        let number = u32::try_from(index + 1)?;
        let mut after_tx = 0;
        for fee_event in meta.events.iter() {
            let (tx_number, op, count) = match fee_event.stage {
                TransactionEventStage::BeforeAllTxs => (0, 0, &mut before),
                TransactionEventStage::AfterTx => (number, LAST_OP, &mut after_tx),
                TransactionEventStage::AfterAllTxs => (LAST_TX, 0, &mut after),
            };
            let at = Toid {
                ledger: ledger.sequence,
                tx: tx_number,
                op,
            };
            all.push(placed(ledger, tx, at, *count, fee_event.event.clone()));
            *count += 1;
        }
        for (op, operation) in meta.operations.iter().enumerate() {
            let at = Toid {
                ledger: ledger.sequence,
                tx: number,
                op: u32::try_from(op)?,
            };
            for (place, event) in operation.events.iter().enumerate() {
                all.push(placed(ledger, tx, at, u32::try_from(place)?, event.clone()));
            }
        }
    }
    all.sort_by_key(|event| event.cursor);
    Ok(all)
}

fn placed(
    ledger: &ClosedLedger,
    tx: &AppliedTransaction,
    at: Toid,
    event_number: u32,
    event: ContractEvent,
) -> PlacedEvent {
    PlacedEvent {
        cursor: Cursor {
            at,
            event: event_number,
        },
        event,
        hash: tx.hash,
        close_time: ledger.close_time,
        successful: tx.successful,
    }
}

fn describe(events: &PlacedEvent, format: Format) -> RpcResult {
    let contract = events.event.contract_id.as_ref();
    let contract = contract.map(|id| stellar_strkey::Contract(id.0 .0).to_string());
    let mut answer = fields(json!({
        "type": match events.event.type_ {
            ContractEventType::System => "system",
            ContractEventType::Contract => "contract",
            ContractEventType::Diagnostic => "diagnostic",
        },
        "ledger": events.cursor.at.ledger,
        "ledgerClosedAt": rfc3339(events.close_time),
        "contractId": contract.as_deref().unwrap_or_default(),
        "id": events.cursor.to_string(),
        "operationIndex": events.cursor.at.op,
        "transactionIndex": events.cursor.at.tx,
        "txHash": hex::encode(events.hash),
        "inSuccessfulContractCall": events.successful,
    }));
    let ContractEventBody::V0(body) = &events.event.body;
    if !body.topics.is_empty() {
        let topics = format.list(body.topics.iter())?;
        format.put(&mut answer, "topic", "topicJson", topics);
    }
    format.put(&mut answer, "value", "valueJson", format.value(&body.data)?);
    Ok(Value::Object(answer))
}
