//! The Stellar RPC API: JSON-RPC 2.0, one file a method.

mod cursor;
mod envelope;
mod event_filter;
mod format;
mod get_events;
mod get_fee_stats;
mod get_health;
mod get_latest_ledger;
mod get_ledger_entries;
mod get_ledgers;
mod get_network;
mod get_transaction;
mod get_transactions;
mod get_version_info;
mod pagination;
mod params;
mod send_transaction;
mod simulate_transaction;

pub use envelope::{answer, Answer};

use crate::{chain::Chain, sim::Pool};
use serde_json::{value::RawValue, Value};

/// What the methods work with.
#[derive(Clone)]
pub struct Service {
    pub chain: Chain,
    pub simulations: Pool,
    pub friendbot_url: String,
}

/// A JSON-RPC error.
#[derive(Debug, Clone, PartialEq)]
pub struct RpcError {
    pub code: i32,
    pub message: String,
    pub data: Option<Value>,
}

/// The codes of the errors, as JSON-RPC numbers them.
pub mod codes {
    pub const PARSE: i32 = -32700;
    pub const INVALID_REQUEST: i32 = -32600;
    pub const METHOD_NOT_FOUND: i32 = -32601;
    pub const INVALID_PARAMS: i32 = -32602;
    pub const INTERNAL: i32 = -32603;
}

impl RpcError {
    /// An error with this code and text.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// Parameters that make no sense.
    pub fn params(message: impl Into<String>) -> Self {
        Self::new(codes::INVALID_PARAMS, message)
    }

    /// A request that cannot be served.
    pub fn request(message: impl Into<String>) -> Self {
        Self::new(codes::INVALID_REQUEST, message)
    }
}

impl<E: std::fmt::Display + Send + Sync> From<E> for RpcError
where
    E: Into<anyhow::Error>,
{
    fn from(error: E) -> Self {
        Self::new(codes::INTERNAL, format!("{error:#}"))
    }
}

type RpcResult = Result<Value, RpcError>;

/// The parameters of a method that has none; names that it does not know are ignored.
#[derive(serde::Deserialize)]
struct NoParams {}

/// Calls a method.
async fn call(service: &Service, method: &str, params: Option<&RawValue>) -> RpcResult {
    let view = || service.chain.view();
    let without_parameters = || params::parse::<NoParams>(params);
    match method {
        "getHealth" => without_parameters().and_then(|_| get_health::call(&view())),
        "getNetwork" => {
            without_parameters().and_then(|_| get_network::call(&view(), &service.friendbot_url))
        }
        "getVersionInfo" => without_parameters().and_then(|_| get_version_info::call()),
        "getLatestLedger" => without_parameters().and_then(|_| get_latest_ledger::call(&view())),
        "getLedgers" => get_ledgers::call(&view(), params::parse(params)?),
        "getLedgerEntries" => get_ledger_entries::call(&view(), params::parse(params)?),
        "getTransaction" => get_transaction::call(&view(), params::parse(params)?),
        "getTransactions" => get_transactions::call(&view(), params::parse(params)?),
        "getEvents" => get_events::call(&view(), params::parse(params)?),
        "getFeeStats" => without_parameters().and_then(|_| get_fee_stats::call(&view())),
        "sendTransaction" => send_transaction::call(service, params::parse(params)?).await,
        "simulateTransaction" => simulate_transaction::call(service, params::parse(params)?).await,
        unknown => Err(RpcError {
            code: codes::METHOD_NOT_FOUND,
            message: "method not found".to_owned(),
            data: Some(Value::from(unknown)),
        }),
    }
}
