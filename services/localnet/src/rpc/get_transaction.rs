//! `getTransaction`

use super::{
    format::{fields, Format},
    RpcError, RpcResult,
};
use crate::state::{AppliedTransaction, View};
use serde::Deserialize;
use serde_json::{json, Map, Value};
use stellar_xdr::{
    Limits, ReadXdr, TransactionEnvelope, TransactionMeta, TransactionMetaV4, TransactionResult,
};

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    hash: Option<String>,
    xdr_format: Option<String>,
}

/// Answers with what became of a transaction.
pub fn call(view: &View, params: Params) -> RpcResult {
    let format = Format::param(params.xdr_format.as_deref())?;
    let text = params.hash.unwrap_or_default();
    if text.len() / 2 != 32 {
        return Err(RpcError::params(format!(
            "unexpected hash length ({})",
            text.len()
        )));
    }
    let hash = parse_hash(&text)?;
    let (latest, oldest) = (view.latest(), view.oldest());
    let mut answer = fields(json!({
        "latestLedger": latest.sequence,
        "latestLedgerCloseTime": latest.close_time.to_string(),
        "oldestLedger": oldest.sequence,
        "oldestLedgerCloseTime": oldest.close_time.to_string(),
    }));
    match view.history.find(&hash) {
        None => {
            answer.extend(fields(json!({
                "status": "NOT_FOUND",
                "txHash": text,
                "applicationOrder": 0,
                "feeBump": false,
                "events": {},
                "ledger": 0,
                "createdAt": "0",
            })));
        }
        Some((ledger, index)) => {
            let tx = &ledger.transactions[index];
            answer.extend(details(tx, index, ledger.sequence, format)?);
            answer.insert("txHash".to_owned(), Value::from(text));
            answer.insert(
                "createdAt".to_owned(),
                Value::from(ledger.close_time.to_string()),
            );
        }
    }
    Ok(Value::Object(answer))
}

/// Reads a hash. The reasons are those of the decoder in Stellar RPC.
fn parse_hash(text: &str) -> Result<[u8; 32], RpcError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| {
        let wrong = text.bytes().find(|byte| !byte.is_ascii_hexdigit());
        let reason = match wrong.map(char::from) {
            None => "odd length hex string".to_owned(),
            Some(sign) => format!("invalid byte: U+{:04X} '{sign}'", u32::from(sign)),
        };
        RpcError::params(format!("incorrect hash: encoding/hex: {reason}"))
    })?;
    Ok(hash)
}

/// The fields of a transaction, here and in lists.
pub fn details(
    tx: &AppliedTransaction,
    index: usize,
    ledger: u32,
    format: Format,
) -> Result<Map<String, Value>, RpcError> {
    let mut answer = fields(json!({
        "status": if tx.successful { "SUCCESS" } else { "FAILED" },
        "txHash": hex::encode(tx.hash),
        "applicationOrder": index + 1,
        "feeBump": tx.inner_hash.is_some(),
        "ledger": ledger,
    }));
    let envelope = format.bytes::<TransactionEnvelope>(&tx.envelope)?;
    format.put(&mut answer, "envelopeXdr", "envelopeJson", envelope);
    let result = format.bytes::<TransactionResult>(&tx.result)?;
    format.put(&mut answer, "resultXdr", "resultJson", result);
    let meta = format.bytes::<TransactionMeta>(&tx.meta)?;
    format.put(&mut answer, "resultMetaXdr", "resultMetaJson", meta);
    if let TransactionMeta::V4(meta) = TransactionMeta::from_xdr(&tx.meta, Limits::none())? {
        if !meta.diagnostic_events.is_empty() {
            let list = format.list(meta.diagnostic_events.iter())?;
            format.put(
                &mut answer,
                "diagnosticEventsXdr",
                "diagnosticEventsJson",
                list,
            );
        }
        answer.insert("events".to_owned(), events(&meta, format)?);
    }
    Ok(answer)
}

fn events(meta: &TransactionMetaV4, format: Format) -> RpcResult {
    let mut answer = Map::new();
    if !meta.events.is_empty() {
        let list = format.list(meta.events.iter())?;
        format.put(
            &mut answer,
            "transactionEventsXdr",
            "transactionEventsJson",
            list,
        );
    }
    if !meta.operations.is_empty() {
        let all: Vec<_> = meta
            .operations
            .iter()
            .map(|operation| format.list(operation.events.iter()))
            .collect::<Result<_, _>>()?;
        format.put(
            &mut answer,
            "contractEventsXdr",
            "contractEventsJson",
            Value::Array(all),
        );
    }
    Ok(Value::Object(answer))
}
