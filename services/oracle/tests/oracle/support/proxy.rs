//! A way to the network on which things go wrong, as told.

use super::{advance, daemon::VALID_SECS, kill, Victim};
use axum::{
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
    Router,
};
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use stellar_xdr::{
    Limits, ReadXdr, ScBytes, ScVal, SorobanAuthorizationEntry, SorobanAuthorizedFunction, WriteXdr,
};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    None,
    /// It never arrives.
    LoseRequest,
    /// It arrives, and the answer is lost.
    LoseAnswer,
    /// The answer is no JSON.
    Malformed,
    /// The answer is JSON of another shape.
    WrongShape,
    /// `sendTransaction`: the network is busy.
    TryAgainLater,
    /// `sendTransaction`: taken, and then dropped.
    AcceptThenDrop,
    /// `sendTransaction`: taken, and in no ledger; 12 seconds pass.
    Swallow,
    /// `getTransaction`: not found, though it is there.
    NotFound,
    /// `simulateTransaction`: what is to be signed is of other reports.
    ForgeAuth,
    /// The caller is killed before it arrives.
    KillBefore,
    /// It arrives, and the caller is killed.
    KillAfter,
}

type Plan = dyn FnMut(&str) -> Fault + Send;

#[derive(Clone)]
struct Shared {
    upstream: String,
    plan: Arc<Mutex<Box<Plan>>>,
    victim: Victim,
    seen: Arc<Mutex<BTreeMap<(String, Fault), u64>>>,
}

pub struct Proxy {
    pub url: String,
    pub victim: Victim,
    shared: Shared,
}

impl Proxy {
    pub async fn start(upstream: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let victim = Victim::default();
        let shared = Shared {
            upstream: upstream.to_owned(),
            plan: Arc::new(Mutex::new(Box::new(|_: &str| Fault::None))),
            victim: victim.clone(),
            seen: Arc::default(),
        };
        let routes = Router::new()
            .route("/", post(forward))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            victim,
            shared,
        }
    }

    /// From now on, each request by its method.
    pub fn plan(&self, plan: impl FnMut(&str) -> Fault + Send + 'static) {
        *lock(&self.shared.plan) = Box::new(plan);
    }

    /// How often each fault happened to each method.
    pub fn seen(&self) -> BTreeMap<(String, Fault), u64> {
        lock(&self.shared.seen).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn forward(State(shared): State<Shared>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let method = request["method"].as_str().unwrap().to_owned();
    let fault = (lock(&shared.plan))(&method);
    *lock(&shared.seen).entry((method, fault)).or_default() += 1;
    let id = request["id"].clone();
    let result = |result: Value| {
        axum::Json(json!({ "jsonrpc": "2.0", "id": id.clone(), "result": result })).into_response()
    };
    match fault {
        Fault::LoseRequest => StatusCode::BAD_GATEWAY.into_response(),
        Fault::KillBefore => {
            kill(&shared.victim);
            StatusCode::BAD_GATEWAY.into_response()
        }
        Fault::TryAgainLater | Fault::AcceptThenDrop | Fault::Swallow => {
            let dropped = fault != Fault::TryAgainLater;
            match fault {
                // Until the transaction can be in no ledger.
                Fault::AcceptThenDrop => advance(&shared.upstream, VALID_SECS + 2).await,
                // Until the oracle offers more.
                Fault::Swallow => advance(&shared.upstream, 12).await,
                _ => (),
            }
            let status = if dropped {
                "PENDING"
            } else {
                "TRY_AGAIN_LATER"
            };
            let hash = "0".repeat(64);
            result(json!({
                "status": status, "hash": hash, "latestLedger": 1, "latestLedgerCloseTime": "1",
            }))
        }
        _ => {
            let answer = ask(&shared.upstream, body).await;
            match fault {
                Fault::LoseAnswer => StatusCode::BAD_GATEWAY.into_response(),
                Fault::Malformed => "{\"jsonrpc\": \"2.0\", \"resu".into_response(),
                Fault::WrongShape => result(json!({ "status": "PERHAPS" })),
                Fault::KillAfter => {
                    kill(&shared.victim);
                    StatusCode::BAD_GATEWAY.into_response()
                }
                Fault::NotFound => {
                    let mut answer = answer["result"].clone();
                    answer["status"] = "NOT_FOUND".into();
                    result(answer)
                }
                Fault::ForgeAuth => axum::Json(forge(answer)).into_response(),
                _ => axum::Json(answer).into_response(),
            }
        }
    }
}

/// Flips a bit of the digest that a signature is asked of.
fn forge(mut answer: Value) -> Value {
    let asked = answer.pointer_mut("/result/results/0/auth");
    for entry in asked.and_then(Value::as_array_mut).into_iter().flatten() {
        let text = entry.as_str().unwrap();
        let mut auth = SorobanAuthorizationEntry::from_xdr_base64(text, Limits::none()).unwrap();
        let SorobanAuthorizedFunction::ContractFn(call) = &mut auth.root_invocation.function else {
            continue;
        };
        let mut args = call.args.to_vec();
        if let Some(ScVal::Bytes(digest)) = args.last_mut() {
            let mut bytes = digest.to_vec();
            bytes[0] ^= 1;
            *digest = ScBytes(bytes.try_into().unwrap());
        }
        call.args = args.try_into().unwrap();
        *entry = auth.to_xdr_base64(Limits::none()).unwrap().into();
    }
    answer
}

async fn ask(url: &str, body: Bytes) -> Value {
    let url = url.to_owned();
    let ask = move || -> Result<Value, ureq::Error> {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let request = agent.post(&url).header("content-type", "application/json");
        request
            .send(&body[..])?
            .body_mut()
            .with_config()
            .limit(1 << 26)
            .read_json()
    };
    tokio::task::spawn_blocking(ask).await.unwrap().unwrap()
}
