//! JSON-RPC 2.0 around the methods: requests, batches, notifications, errors.

use super::{call, codes, RpcError, Service};
use serde_json::{json, value::RawValue, Value};
use std::collections::HashMap;

/// How many requests one batch may hold.
const MAX_BATCH: usize = 50;

/// What goes back over HTTP.
#[derive(Debug, PartialEq)]
pub enum Answer {
    Json(Value),
    /// There were only notifications.
    Nothing,
    /// The body is not JSON at all. Stellar RPC answers that with a plain text and status 500.
    NotJson(&'static str),
}

const NOT_JSON: Answer = Answer::NotJson("[-32700] invalid request value\n");

/// Answers a body.
pub async fn answer(service: &Service, body: &[u8]) -> Answer {
    let is_batch = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if !is_batch {
        let Ok(raw) = serde_json::from_slice::<Box<RawValue>>(body) else {
            return NOT_JSON;
        };
        return respond(service, parse(&raw))
            .await
            .map_or(Answer::Nothing, Answer::Json);
    }
    let Ok(raws) = serde_json::from_slice::<Vec<Box<RawValue>>>(body) else {
        return NOT_JSON;
    };
    if raws.len() > MAX_BATCH {
        let error = RpcError::request(format!("a batch holds at most {MAX_BATCH} requests"));
        return Answer::Json(failure(Value::Null, error));
    }
    let (valid, invalid): (Vec<_>, Vec<_>) = raws
        .iter()
        .map(|raw| parse(raw))
        .partition(|(_, parsed)| parsed.is_ok());
    let mut answers = Vec::new();
    // Stellar RPC answers invalid requests first.
    for request in invalid.into_iter().chain(valid) {
        answers.extend(respond(service, request).await);
    }
    if answers.is_empty() {
        Answer::Nothing
    } else {
        Answer::Json(Value::Array(answers))
    }
}

/// Answers one request; a notification is not answered.
async fn respond(service: &Service, (id, parsed): Request<'_>) -> Option<Value> {
    match parsed {
        Err(error) => Some(failure(id.unwrap_or(Value::Null), error)),
        Ok((method, params)) => {
            let result = call(service, &method, params).await;
            let id = id.filter(|id| !id.is_null())?;
            Some(match result {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                Err(error) => failure(id, error),
            })
        }
    }
}

fn failure(id: Value, error: RpcError) -> Value {
    let mut body = json!({ "code": error.code, "message": error.message });
    if let Some(data) = error.data {
        body["data"] = data;
    }
    json!({ "jsonrpc": "2.0", "id": id, "error": body })
}

type Parsed<'a> = Result<(String, Option<&'a RawValue>), RpcError>;

/// The id of a request as far as it can be made out, and what it asks for.
type Request<'a> = (Option<Value>, Parsed<'a>);

fn parse(raw: &RawValue) -> Request<'_> {
    let Ok(fields) = serde_json::from_str::<HashMap<String, &RawValue>>(raw.get()) else {
        let error = RpcError::new(codes::PARSE, "request is not a JSON object");
        return (None, Err(error));
    };
    let id = fields
        .get("id")
        .and_then(|id| serde_json::from_str::<Value>(id.get()).ok());
    let is_valid_id = id
        .as_ref()
        .is_none_or(|id| id.is_null() || id.is_string() || id.is_number());
    if !is_valid_id {
        return (None, Err(RpcError::request("invalid request ID")));
    }
    (id, request(&fields))
}

fn request<'a>(fields: &HashMap<String, &'a RawValue>) -> Parsed<'a> {
    let text = |name: &str, fault: &str| match fields.get(name) {
        None => Ok(String::new()),
        Some(raw) => serde_json::from_str::<String>(raw.get())
            .map_err(|_| RpcError::new(codes::PARSE, fault)),
    };
    let version = text("jsonrpc", "invalid version key")?;
    let method = text("method", "invalid method name")?;
    let params = fields
        .get("params")
        .copied()
        .filter(|params| params.get() != "null");
    if params.is_some_and(|params| !params.get().starts_with(['[', '{'])) {
        return Err(RpcError::request("parameters must be array or object"));
    }
    if version != "2.0" {
        return Err(RpcError::request("invalid version marker"));
    }
    let members = ["jsonrpc", "id", "method", "params"];
    let mut extra: Vec<_> = fields
        .keys()
        .filter(|name| !members.contains(&name.as_str()))
        .collect();
    if !extra.is_empty() {
        extra.sort();
        let mut error = RpcError::request("extra fields in request");
        error.data = Some(json!(extra));
        return Err(error);
    }
    if method.is_empty() {
        return Err(RpcError::request("empty method name"));
    }
    Ok((method, params))
}
