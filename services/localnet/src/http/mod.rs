//! The HTTP side: the API, friendbot, health, administration.

mod admin;
mod friendbot;
mod local;

use crate::rpc::{answer, Answer, Service};
use axum::{
    body::{to_bytes, Body},
    extract::{Request, State},
    http::{header, Method, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
    Router,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{Any, CorsLayer},
};

/// The largest body that is read, in bytes.
const MAX_BODY_BYTES: usize = 512 * 1024;
/// How many requests are served at once.
const MAX_CONCURRENT: usize = 256;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What the handlers share.
#[derive(Clone)]
struct Shared {
    service: Service,
    slots: Arc<Semaphore>,
}

/// The routes.
pub fn router(service: Service) -> Router {
    let shared = Shared {
        service,
        slots: Arc::new(Semaphore::new(MAX_CONCURRENT)),
    };
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any);
    Router::new()
        .route("/", post(rpc).get(about))
        .route("/rpc", post(rpc))
        .route("/soroban/rpc", post(rpc))
        .route("/health", get(health))
        .route("/friendbot", get(friendbot::handle).post(friendbot::handle))
        // Pages of anybody may call the API; administration is for programs of this machine.
        .layer(cors)
        .merge(admin::router().layer(middleware::from_fn(local::only)))
        .layer(CatchPanicLayer::new())
        .with_state(shared)
}

/// Reads a body of at most `limit` bytes.
async fn body(request: Request, limit: usize) -> Result<Vec<u8>, Response> {
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, "request body too large\n").into_response();
    // What is a little too large is read to its end, or the client would see a broken connection
    // instead of the answer.
    let patience = limit.saturating_mul(2);
    if declared.is_some_and(|length| length > patience) {
        return Err(too_large());
    }
    match timeout(BODY_TIMEOUT, to_bytes(request.into_body(), patience)).await {
        Ok(Ok(bytes)) if bytes.len() <= limit => Ok(bytes.to_vec()),
        Ok(Ok(_) | Err(_)) => Err(too_large()),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body did not arrive\n").into_response()),
    }
}

async fn rpc(State(shared): State<Shared>, request: Request) -> Response {
    let Ok(_slot) = shared.slots.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many requests\n").into_response();
    };
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if !is_json(&request) {
        let text = "content-type must be application/json\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let bytes = match body(request, MAX_BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    match answer(&shared.service, &bytes).await {
        Answer::Json(value) => reply(StatusCode::OK, value),
        Answer::Nothing => StatusCode::NO_CONTENT.into_response(),
        Answer::NotJson(text) => (StatusCode::INTERNAL_SERVER_ERROR, text).into_response(),
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let mut parts = kind.unwrap_or_default().split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    // As in Stellar RPC: UTF-8 or unsaid.
    is_json
        && charset.is_none_or(|(_, charset)| {
            let charset = charset.trim().trim_matches('"');
            ["utf-8", "utf8"]
                .iter()
                .any(|name| charset.eq_ignore_ascii_case(name))
        })
}

async fn health(State(shared): State<Shared>) -> Response {
    let view = shared.service.chain.view();
    let body = json!({ "status": "healthy", "latestLedger": view.sequence() });
    reply(StatusCode::OK, body)
}

/// What somebody sees who opens the address in a browser.
async fn about(State(shared): State<Shared>) -> Response {
    let view = shared.service.chain.view();
    let body = json!({
        "network": "flash-localnet",
        "passphrase": view.network.passphrase,
        "latestLedger": view.sequence(),
        "rpc": ["POST /", "POST /rpc", "POST /soroban/rpc"],
        "friendbot": "GET /friendbot?addr=<account>",
        "health": "GET /health",
        "admin": "GET /admin",
    });
    reply(StatusCode::OK, body)
}

/// An answer in JSON with a status.
fn reply(status: StatusCode, body: serde_json::Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        Body::from(body.to_string()),
    )
        .into_response()
}
