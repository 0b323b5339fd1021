//! `/admin`: time travel, snapshots, starting over.

use super::{body, reply, Shared};
use crate::{chain::Travel, state::to_snapshot};
use anyhow::Result;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
    Router,
};
use serde::Deserialize;
use serde_json::{json, Map, Value};
use soroban_ledger_snapshot::LedgerSnapshot;

/// The largest snapshot that is read, in bytes.
const MAX_SNAPSHOT_BYTES: usize = 256 * 1024 * 1024;
const MAX_BODY_BYTES: usize = 4_096;
const OTHER_NETWORK: &str = "the passphrase is that of another network";

/// The routes.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/admin", get(help))
        .route("/admin/advance", post(advance))
        .route("/admin/dump", get(dump))
        .route("/admin/load", post(load))
        .route("/admin/reset", post(reset))
}

async fn help() -> Response {
    let body = json!({
        "POST /admin/advance": { "secs": "how far the clock moves", "ledgers": "how far the ledger number moves" },
        "GET /admin/dump": "the ledger as a soroban-ledger-snapshot",
        "POST /admin/load": { "passphrase": "the network's", "snapshot": "the soroban-ledger-snapshot that replaces the ledger" },
        "POST /admin/reset": { "passphrase": "the network's; starts over" },
    });
    reply(StatusCode::OK, body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(default)]
    secs: u64,
    #[serde(default)]
    ledgers: u32,
}

async fn advance(State(shared): State<Shared>, request: Request) -> Response {
    let bytes = match body(request, MAX_BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    // Through a map, because a list would do for the struct.
    let parsed = serde_json::from_slice::<Map<String, Value>>(&bytes)
        .and_then(|fields| serde_json::from_value::<Advance>(Value::Object(fields)));
    match parsed {
        Err(error) => refuse(&error.to_string()),
        Ok(Advance { secs, ledgers }) => {
            let done = shared.service.chain.travel(Travel { secs, ledgers }).await;
            outcome(&shared, done)
        }
    }
}

async fn dump(State(shared): State<Shared>) -> Response {
    let snapshot = to_snapshot(&shared.service.chain.view());
    match serde_json::to_value(&snapshot) {
        Ok(body) => reply(StatusCode::OK, body),
        Err(error) => refuse(&error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Load {
    passphrase: String,
    snapshot: LedgerSnapshot,
}

async fn load(State(shared): State<Shared>, request: Request) -> Response {
    let bytes = match body(request, MAX_SNAPSHOT_BYTES).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    match serde_json::from_slice::<Load>(&bytes) {
        Err(error) => refuse(&error.to_string()),
        Ok(load) if !is_of_network(&shared, &load.passphrase) => refuse(OTHER_NETWORK),
        Ok(load) => {
            let done = shared.service.chain.load(load.snapshot).await;
            outcome(&shared, done)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    passphrase: String,
}

async fn reset(State(shared): State<Shared>, request: Request) -> Response {
    let bytes = match body(request, MAX_BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    match serde_json::from_slice::<Reset>(&bytes) {
        Err(error) => refuse(&error.to_string()),
        Ok(reset) if !is_of_network(&shared, &reset.passphrase) => refuse(OTHER_NETWORK),
        Ok(_) => {
            let done = shared.service.chain.reset().await;
            outcome(&shared, done)
        }
    }
}

/// What is asked for destroys the ledger. Whoever took this network for another knows another
/// passphrase.
fn is_of_network(shared: &Shared, passphrase: &str) -> bool {
    shared.service.chain.view().network.passphrase == passphrase
}

fn outcome(shared: &Shared, done: Result<()>) -> Response {
    if let Err(error) = done {
        return refuse(&format!("{error:#}"));
    }
    let latest = shared.service.chain.view().latest();
    let body = json!({ "latestLedger": latest.sequence, "closeTime": latest.close_time });
    reply(StatusCode::OK, body)
}

fn refuse(detail: &str) -> Response {
    reply(
        StatusCode::BAD_REQUEST,
        json!({ "status": 400, "detail": detail }),
    )
}
