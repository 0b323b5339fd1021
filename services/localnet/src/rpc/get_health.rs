//! `getHealth`

use super::RpcResult;
use crate::state::View;
use serde_json::json;

/// Answers.
pub fn call(view: &View) -> RpcResult {
    let (latest, oldest) = (view.latest(), view.oldest());
    Ok(json!({
        "status": "healthy",
        "latestLedger": latest.sequence,
        "latestLedgerCloseTime": latest.close_time.to_string(),
        "oldestLedger": oldest.sequence,
        "oldestLedgerCloseTime": oldest.close_time.to_string(),
        "ledgerRetentionWindow": view.network.retention,
    }))
}
