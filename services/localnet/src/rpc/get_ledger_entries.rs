//! `getLedgerEntries`

use super::{
    format::{fields, Format},
    params::decode,
    RpcError, RpcResult,
};
use crate::state::{Entry, View};
use serde::Deserialize;
use serde_json::{json, Value};
use stellar_xdr::LedgerKey;

const MAX_KEYS: usize = 200;

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    keys: Option<Vec<String>>,
    xdr_format: Option<String>,
}

/// Answers with the entries that there are, in the order in which they were asked for.
pub fn call(view: &View, params: Params) -> RpcResult {
    let format = Format::param(params.xdr_format.as_deref())?;
    let keys = params.keys.unwrap_or_default();
    if keys.len() > MAX_KEYS {
        return Err(RpcError::params(format!(
            "key count ({}) exceeds maximum supported ({MAX_KEYS})",
            keys.len()
        )));
    }
    let mut entries = Vec::new();
    for (index, text) in keys.iter().enumerate() {
        let key: LedgerKey = decode(text).ok_or_else(|| {
            RpcError::params(format!(
                "cannot unmarshal key value {text} at index {index}"
            ))
        })?;
        if matches!(key, LedgerKey::Ttl(_)) {
            return Err(RpcError::params(
                "ledger ttl entries cannot be queried directly",
            ));
        }
        if let Some(entry) = view.entry(&key) {
            entries.push(describe(view, &key, entry, format)?);
        }
    }
    Ok(json!({ "entries": entries, "latestLedger": view.sequence() }))
}

fn describe(view: &View, key: &LedgerKey, entry: &Entry, format: Format) -> RpcResult {
    let mut answer = fields(json!({
        "lastModifiedLedgerSeq": entry.entry.last_modified_ledger_seq,
    }));
    format.put(&mut answer, "key", "keyJson", format.value(key)?);
    format.put(
        &mut answer,
        "xdr",
        "dataJson",
        format.value(&entry.entry.data)?,
    );
    format.put(
        &mut answer,
        "extXdr",
        "extJson",
        format.value(&entry.entry.ext)?,
    );
    if let Some(live_until) = entry.live_until() {
        // For an archived entry the answer is zero, not the ledger in which it was archived.
        let live_until_ledger = if entry.is_live(view.sequence()) {
            live_until
        } else {
            0
        };
        answer.insert(
            "liveUntilLedgerSeq".to_owned(),
            Value::from(live_until_ledger),
        );
    }
    Ok(Value::Object(answer))
}
