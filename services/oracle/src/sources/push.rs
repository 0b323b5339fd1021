//! Push over HTTP: `POST /v1/telemetry` for samples, `POST /v1/node-status` for probes.

use super::{
    ndjson,
    quota::{Over, Quota, Room},
};
use crate::{
    ingest::{Ingest, Load, Refused, Written},
    time::now_ms,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{header, HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
    Json, Router,
};
use http_body_util::BodyExt;
use serde::Serialize;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::{error::Elapsed, timeout};

const MAX_BODY_BYTES: usize = 4 * 1_024 * 1_024;
/// A body that is a little too large is read to its end, or its sender would see a broken connection
/// instead of the answer.
pub const MAX_READ_BYTES: usize = 2 * MAX_BODY_BYTES;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
const STALL_TIMEOUT: Duration = Duration::from_secs(5);
const RETRY_AFTER_SECS: u64 = 2;
/// So many rejected lines are told to who sent them; all are in the reject table.
const MAX_TOLD: usize = 20;

/// Who a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A node of a provider: its samples count for that provider's buckets only.
    Node { name: String, provider: Arc<str> },
    /// The network's own prober.
    Prober { name: String },
}

/// Callers by their token. Only digests of tokens are kept.
#[derive(Clone, Debug, Default)]
pub struct Tokens(HashMap<String, Caller>);

impl Tokens {
    /// Adds a caller. `false` where somebody has that token already.
    pub fn add(&mut self, token_digest: String, caller: Caller) -> bool {
        self.0.insert(token_digest.to_lowercase(), caller).is_none()
    }

    fn caller(&self, headers: &HeaderMap) -> Option<&Caller> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = value.strip_prefix("Bearer ")?.trim();
        self.0.get(&token_digest(token))
    }
}

/// What the configuration has instead of a token: SHA-256, hex.
pub fn token_digest(token: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(token.as_bytes()))
}

struct Push {
    ingest: Ingest,
    tokens: Tokens,
    quota: Arc<Quota>,
    max_ahead_ms: u64,
}

impl Push {
    fn latest_ms(&self) -> u64 {
        now_ms().saturating_add(self.max_ahead_ms)
    }
}

#[derive(Serialize)]
struct Taken {
    #[serde(flatten)]
    written: Written,
    errors: Vec<String>,
}

/// The routes.
pub fn router(ingest: Ingest, tokens: Tokens, quota: Arc<Quota>, max_ahead_ms: u64) -> Router {
    let push = Push {
        ingest,
        tokens,
        quota,
        max_ahead_ms,
    };
    Router::new()
        .route("/v1/telemetry", post(telemetry))
        .route("/v1/node-status", post(node_status))
        .with_state(Arc::new(push))
}

async fn telemetry(State(push): State<Arc<Push>>, request: Request) -> Response {
    match push.tokens.caller(request.headers()) {
        Some(Caller::Node { name, provider }) => {
            let latest = push.latest_ms();
            let load = |body: &str| ndjson::samples(body, provider, name, latest);
            push.take(name, request, load).await
        }
        Some(Caller::Prober { .. }) => refuse(StatusCode::FORBIDDEN, "a prober sends no samples"),
        None => refuse(StatusCode::UNAUTHORIZED, "no token, or an unknown one"),
    }
}

async fn node_status(State(push): State<Arc<Push>>, request: Request) -> Response {
    match push.tokens.caller(request.headers()) {
        Some(Caller::Prober { name }) => {
            let latest = push.latest_ms();
            let load = |body: &str| ndjson::probes(body, name, latest);
            push.take(name, request, load).await
        }
        Some(Caller::Node { .. }) => refuse(
            StatusCode::FORBIDDEN,
            "a provider's node does not tell how well it serves",
        ),
        None => refuse(StatusCode::UNAUTHORIZED, "no token, or an unknown one"),
    }
}

impl Push {
    /// Reads a body of a source that is known, as far as its quota goes, and writes it.
    async fn take(
        &self,
        source: &str,
        request: Request,
        load: impl FnOnce(&str) -> Result<Load, String>,
    ) -> Response {
        let declared = request.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > MAX_READ_BYTES) {
            return too_large();
        }
        let at_most = declared.unwrap_or(MAX_BODY_BYTES).min(MAX_BODY_BYTES);
        // Held until the rows are written: what was read is in memory so long.
        let mut room = match self.quota.room(source, at_most) {
            Ok(room) => room,
            Err(over) => return over_quota(&over),
        };
        let body = match read(request, &mut room).await {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let load = match load(&body) {
            Ok(load) => load,
            Err(reason) => return refuse(StatusCode::BAD_REQUEST, &reason),
        };
        let lines = load.samples.len() as u64 + load.probes.len() as u64 + load.rejects.count;
        let counted = self.quota.count(source, body.len(), lines);
        drop(body);
        if let Err(over) = counted {
            return over_quota(&over);
        }
        let answer = write(&self.ingest, load).await;
        drop(room);
        answer
    }
}

fn over_quota(over: &Over) -> Response {
    metrics::counter!("oracle_quota_refusals_total").increment(1);
    later(&over.to_string(), over.retry_secs)
}

fn later(reason: &str, after_secs: u64) -> Response {
    let mut answer = refuse(StatusCode::TOO_MANY_REQUESTS, reason);
    let after = header::HeaderValue::from(after_secs);
    answer.headers_mut().insert(header::RETRY_AFTER, after);
    answer
}

/// The text of a request. Memory is taken for what has arrived.
async fn read(request: Request, room: &mut Room) -> Result<String, Response> {
    let late = |_| {
        let reason = "the body did not arrive within 30 s, or nothing of it for 5 s";
        refuse(StatusCode::REQUEST_TIMEOUT, reason)
    };
    let body = timeout(BODY_TIMEOUT, parts(request.into_body(), room)).await;
    let body = body.map_err(late)?.map_err(late)??;
    String::from_utf8(body).map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body is no UTF-8"))
}

/// A body that is refused is read to its end, or its sender would see a broken connection instead of the answer.
async fn parts(mut body: Body, room: &mut Room) -> Result<Result<Vec<u8>, Response>, Elapsed> {
    let (mut text, mut read_bytes) = (Vec::new(), 0_usize);
    let mut refusal = None;
    while let Some(frame) = timeout(STALL_TIMEOUT, body.frame()).await? {
        // A broken connection, whose answer nobody reads, or a chunked body beyond all limits.
        let Ok(frame) = frame else {
            return Ok(Err(too_large()));
        };
        let part = frame.into_data().unwrap_or_default();
        read_bytes = read_bytes.saturating_add(part.len());
        if read_bytes > MAX_BODY_BYTES {
            refusal = refusal.or_else(|| Some(too_large()));
        } else if let Err(over) = room.grow(part.len()) {
            refusal = refusal.or_else(|| Some(over_quota(&over)));
        }
        match refusal {
            None => text.extend_from_slice(&part),
            Some(_) => text = Vec::new(),
        }
    }
    Ok(refusal.map_or(Ok(text), Err))
}

fn too_large() -> Response {
    let reason = format!("the body has more than {MAX_BODY_BYTES} bytes: send it in parts");
    refuse(StatusCode::PAYLOAD_TOO_LARGE, &reason)
}

/// Answers when the rows are on the disk.
async fn write(ingest: &Ingest, load: Load) -> Response {
    let told = load.rejects.kept.iter().take(MAX_TOLD);
    let mut errors: Vec<_> = told.map(|reject| reject.reason.clone()).collect();
    match ingest.offer(load).await {
        Ok(written) => {
            let status = match written.over_quota {
                0 => StatusCode::OK,
                _ => {
                    metrics::counter!("oracle_quota_refusals_total").increment(1);
                    errors
                        .push("the source has begun quota.max_series repos in buckets".to_owned());
                    StatusCode::TOO_MANY_REQUESTS
                }
            };
            (status, Json(Taken { written, errors })).into_response()
        }
        Err(error @ Refused::Stopped) => {
            refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
        }
        Err(error @ Refused::Full) => {
            metrics::counter!("oracle_pushes_refused_total").increment(1);
            later(&error.to_string(), RETRY_AFTER_SECS)
        }
        Err(Refused::Database(error)) => {
            tracing::error!(error = format!("{error:#}"), "a push was not written");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "not written: try again")
        }
    }
}

fn refuse(status: StatusCode, reason: &str) -> Response {
    metrics::counter!("oracle_http_refusals_total", "status" => status.as_u16().to_string())
        .increment(1);
    (status, Json(serde_json::json!({ "error": reason }))).into_response()
}
