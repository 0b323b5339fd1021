//! `getNetwork`

use super::RpcResult;
use crate::{settings::PROTOCOL_VERSION, state::View};
use serde_json::json;

/// Answers.
pub fn call(view: &View, friendbot_url: &str) -> RpcResult {
    Ok(json!({
        "friendbotUrl": friendbot_url,
        "passphrase": view.network.passphrase,
        "protocolVersion": PROTOCOL_VERSION,
    }))
}
