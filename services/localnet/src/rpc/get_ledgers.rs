//! `getLedgers`

use super::{
    format::{fields, Format},
    pagination::{self, Pagination},
    RpcError, RpcResult,
};
use crate::{
    meta::{close_meta, history_entry},
    state::{ClosedLedger, View},
};
use serde::Deserialize;
use serde_json::{json, Value};

const MAX_LIMIT: u64 = 200;
const DEFAULT_LIMIT: u64 = 50;

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    start_ledger: Option<u32>,
    pagination: Option<Pagination>,
    xdr_format: Option<String>,
}

/// Answers with the ledgers from the start or the cursor on.
pub fn call(view: &View, params: Params) -> RpcResult {
    let (oldest, latest) = (view.oldest(), view.latest());
    let start = params.start_ledger.unwrap_or(0);
    pagination::check(start, params.pagination.as_ref(), MAX_LIMIT, oldest, latest)?;
    let format = Format::parse(params.xdr_format.as_deref()).map_err(RpcError::request)?;
    let page = params.pagination.unwrap_or_default();
    let first = match page.cursor() {
        Some(cursor) => after(cursor, oldest.sequence, latest.sequence)?,
        None => start,
    };
    let limit = page.limit_or(DEFAULT_LIMIT);
    let ledgers = view.history.from(first).take(limit);
    let ledgers: Vec<_> = ledgers
        .map(|ledger| describe(view, ledger, format))
        .collect::<Result<_, _>>()?;
    let last = ledgers
        .last()
        .and_then(|ledger| ledger["sequence"].as_u64());
    let cursor = match (last, page.cursor()) {
        (Some(last), _) => last.to_string(),
        (None, Some(cursor)) => cursor.to_owned(),
        (None, None) => first.saturating_sub(1).to_string(),
    };
    Ok(json!({
        "ledgers": ledgers,
        "latestLedger": latest.sequence,
        "latestLedgerCloseTime": latest.close_time,
        "oldestLedger": oldest.sequence,
        "oldestLedgerCloseTime": oldest.close_time,
        "cursor": cursor,
    }))
}

fn after(cursor: &str, oldest: u32, latest: u32) -> Result<u32, RpcError> {
    let number: u32 = cursor.parse().map_err(|_| {
        RpcError::params(format!(
            "strconv.ParseUint: parsing \"{cursor}\": invalid syntax"
        ))
    })?;
    let first = number.saturating_add(1);
    if (oldest..=latest).contains(&first) {
        return Ok(first);
    }
    Err(RpcError::params(format!(
        "cursor ('{cursor}') must be between the oldest ledger: {oldest} and the latest ledger: \
         {latest} for this rpc instance"
    )))
}

fn describe(view: &View, ledger: &ClosedLedger, format: Format) -> RpcResult {
    let mut answer = fields(json!({
        "hash": hex::encode(ledger.hash),
        "sequence": ledger.sequence,
        "ledgerCloseTime": ledger.close_time.to_string(),
    }));
    let header = format.value(&history_entry(ledger)?)?;
    let meta = format.value(&close_meta(ledger, &view.network.settings)?)?;
    if format == Format::Json {
        // Stellar RPC leaves these two in, empty.
        answer.insert("headerXdr".to_owned(), Value::from(""));
        answer.insert("metadataXdr".to_owned(), Value::from(""));
    }
    format.put(&mut answer, "headerXdr", "headerJson", header);
    format.put(&mut answer, "metadataXdr", "metadataJson", meta);
    Ok(Value::Object(answer))
}
