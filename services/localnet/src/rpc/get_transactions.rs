//! `getTransactions`

use super::{
    cursor::Toid,
    format::Format,
    get_transaction::details,
    pagination::{self, Pagination},
    RpcError, RpcResult,
};
use crate::state::View;
use serde::Deserialize;
use serde_json::{json, Value};

const MAX_LIMIT: u64 = 200;
const DEFAULT_LIMIT: u64 = 50;

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    #[serde(alias = "start_ledger")]
    start_ledger: Option<u32>,
    pagination: Option<Pagination>,
    xdr_format: Option<String>,
}

/// Answers with the transactions from the start or the cursor on.
pub fn call(view: &View, params: Params) -> RpcResult {
    let (oldest, latest) = (view.oldest(), view.latest());
    let start = params.start_ledger.unwrap_or(0);
    pagination::check(start, params.pagination.as_ref(), MAX_LIMIT, oldest, latest)?;
    let format = Format::parse(params.xdr_format.as_deref()).map_err(RpcError::request)?;
    let page = params.pagination.unwrap_or_default();
    let limit = page.limit_or(DEFAULT_LIMIT);
    let after = match page.cursor() {
        None => Toid {
            ledger: start,
            tx: 0,
            op: 1,
        },
        Some(text) => text
            .parse::<i64>()
            .ok()
            .and_then(Toid::from_i64)
            .ok_or_else(|| {
                RpcError::params(format!(
                    "strconv.ParseInt: parsing \"{text}\": invalid syntax"
                ))
            })?,
    };
    if after.ledger < oldest.sequence {
        return Err(RpcError::params(format!(
            "database does not contain metadata for ledger: {}",
            after.ledger
        )));
    }
    let mut cursor = Toid {
        ledger: 0,
        tx: 0,
        op: 0,
    };
    let mut transactions = Vec::new();
    'ledgers: for ledger in view.history.from(after.ledger) {
        let skipped = if ledger.sequence == after.ledger {
            after.tx as usize
        } else {
            0
        };
        cursor = Toid {
            ledger: ledger.sequence,
            tx: 0,
            op: 1,
        };
        for (index, tx) in ledger.transactions.iter().enumerate().skip(skipped) {
            let mut answer = details(tx, index, ledger.sequence, format)?;
            answer.insert("createdAt".to_owned(), Value::from(ledger.close_time));
            transactions.push(Value::Object(answer));
            cursor.tx = u32::try_from(index + 1)?;
            if transactions.len() >= limit {
                break 'ledgers;
            }
        }
    }
    Ok(json!({
        "transactions": transactions,
        "latestLedger": latest.sequence,
        "latestLedgerCloseTimestamp": latest.close_time,
        "oldestLedger": oldest.sequence,
        "oldestLedgerCloseTimestamp": oldest.close_time,
        "cursor": cursor.to_i64().to_string(),
    }))
}
