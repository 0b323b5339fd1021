//! `getVersionInfo`

use super::RpcResult;
use crate::settings::PROTOCOL_VERSION;
use serde_json::json;

/// Answers. Clients need every string to be there.
pub fn call() -> RpcResult {
    Ok(json!({
        "version": concat!(env!("CARGO_PKG_VERSION"), "-flash-localnet"),
        "commitHash": "0000000000000000000000000000000000000000",
        "buildTimestamp": "1970-01-01T00:00:00",
        "captiveCoreVersion": "none (soroban-env-host 28.0.2)",
        "protocolVersion": PROTOCOL_VERSION,
    }))
}
