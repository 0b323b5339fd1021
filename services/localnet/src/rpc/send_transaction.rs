//! `sendTransaction`

use super::{
    format::{fields, Format},
    params::decode,
    RpcError, RpcResult, Service,
};
use crate::chain::Submission;
use serde::Deserialize;
use serde_json::{json, Value};
use stellar_xdr::TransactionEnvelope;

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    transaction: Option<String>,
    xdr_format: Option<String>,
}

/// Takes a transaction in, and answers what became of it so far.
pub async fn call(service: &Service, params: Params) -> RpcResult {
    let format = Format::param(params.xdr_format.as_deref())?;
    let view = service.chain.view();
    let envelope: TransactionEnvelope = decode(&params.transaction.unwrap_or_default())
        .ok_or_else(|| RpcError::params("invalid_xdr"))?;
    let hash = envelope
        .hash(view.network.id)
        .map_err(|_| RpcError::params("invalid_hash"))?;
    // The ledger that the sender can know of: the one before the transaction's own.
    let latest = view.latest();
    let submission = service.chain.submit(envelope).await.map_err(|error| {
        tracing::error!("transaction {}: {error:#}", hex::encode(hash));
        RpcError::new(
            super::codes::INTERNAL,
            "could not submit transaction to stellar-core",
        )
    })?;
    let status = match &submission {
        Submission::Pending => "PENDING",
        Submission::Duplicate => "DUPLICATE",
        Submission::TryAgainLater => "TRY_AGAIN_LATER",
        Submission::Error(_) => "ERROR",
    };
    let mut answer = fields(json!({
        "status": status,
        "hash": hex::encode(hash),
        "latestLedger": latest.sequence,
        "latestLedgerCloseTime": latest.close_time.to_string(),
    }));
    if let Submission::Error(rejection) = submission {
        let result = format.value(&rejection.result)?;
        format.put(&mut answer, "errorResultXdr", "errorResultJson", result);
        if !rejection.diagnostics.is_empty() {
            let list = format.list(rejection.diagnostics.iter())?;
            format.put(
                &mut answer,
                "diagnosticEventsXdr",
                "diagnosticEventsJson",
                list,
            );
        }
    }
    Ok(Value::Object(answer))
}
