//! `getLatestLedger`

use super::{RpcError, RpcResult};
use crate::{meta::close_meta, state::View};
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::json;
use stellar_xdr::{Limits, WriteXdr};

/// Answers. The id is the hash of the header in `headerXdr`.
pub fn call(view: &View) -> RpcResult {
    let ledger = view
        .history
        .newest()
        .ok_or_else(|| RpcError::new(super::codes::INTERNAL, "could not get latest ledger"))?;
    let meta = close_meta(ledger, &view.network.settings)?;
    Ok(json!({
        "id": hex::encode(ledger.hash),
        "protocolVersion": view.header.ledger_version,
        "sequence": ledger.sequence,
        "closeTime": ledger.close_time.to_string(),
        "headerXdr": STANDARD.encode(&ledger.header),
        "metadataXdr": meta.to_xdr_base64(Limits::none())?,
    }))
}
