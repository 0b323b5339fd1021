//! `simulateTransaction`

use super::{
    format::{fields, Format},
    params::decode,
    RpcError, RpcResult, Service,
};
use crate::sim::{preflight, AuthMode, Preflight, Request};
use serde::Deserialize;
use serde_json::{json, Map, Value};
use soroban_simulation::simulation::LedgerEntryDiff;
use stellar_xdr::{
    FeeBumpTransactionInnerTx, Memo, OperationBody, SorobanTransactionData, Transaction,
    TransactionEnvelope, TransactionExt,
};

/// The parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    transaction: Option<String>,
    resource_config: Option<ResourceConfig>,
    auth_mode: Option<String>,
    use_upgraded_auth: Option<bool>,
    xdr_format: Option<String>,
}

/// The parameter `resourceConfig`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceConfig {
    instruction_leeway: Option<u64>,
}

/// Simulates a transaction. What is wrong with it is part of the result, not an error of the call.
pub async fn call(service: &Service, params: Params) -> RpcResult {
    let format = match Format::parse(params.xdr_format.as_deref()) {
        Ok(format) => format,
        Err(fault) => return Ok(refused(&fault, 0)),
    };
    let request = match request(params) {
        Ok(request) => request,
        Err(fault) => return Ok(refused(&fault, 0)),
    };
    let view = service.chain.view();
    let latest = view.sequence();
    let done = service
        .simulations
        .run(move || preflight(&view, request))
        .await;
    match done {
        Ok(done) => describe(&done, latest, format),
        Err(_) => Ok(refused("preflight queue full", latest)),
    }
}

fn refused(fault: &str, latest: u32) -> Value {
    json!({ "error": fault, "latestLedger": latest })
}

fn request(params: Params) -> Result<Request, String> {
    let envelope: TransactionEnvelope =
        decode(&params.transaction.unwrap_or_default()).ok_or("Could not unmarshal transaction")?;
    let tx = match envelope {
        TransactionEnvelope::TxV0(envelope) => Transaction::from(envelope.tx),
        TransactionEnvelope::Tx(envelope) => envelope.tx,
        TransactionEnvelope::TxFeeBump(bump) => {
            let FeeBumpTransactionInnerTx::Tx(inner) = bump.tx.inner_tx;
            inner.tx
        }
    };
    let [operation] = tx.operations.as_slice() else {
        return Err("Transaction contains more than one operation".to_owned());
    };
    if tx.memo != Memo::None {
        let fault = "Transaction contains a memo. Soroban transactions do not support memos.";
        return Err(fault.to_owned());
    }
    let auth_mode = auth_mode(
        &operation.body,
        params.auth_mode.as_deref().unwrap_or_default(),
    )?;
    let source = operation
        .source_account
        .as_ref()
        .unwrap_or(&tx.source_account);
    let footprint = match (&operation.body, &tx.ext) {
        (OperationBody::InvokeHostFunction(_), _) => Default::default(),
        (_, TransactionExt::V1(data)) => data.resources.footprint.clone(),
        (_, TransactionExt::V0) => {
            return Err(
                "To perform a SimulateTransaction for ExtendFootprintTtl or \
                        RestoreFootprint operations, SorobanTransactionData must be provided"
                    .to_owned(),
            );
        }
    };
    let leeway = params
        .resource_config
        .and_then(|config| config.instruction_leeway);
    Ok(Request {
        operation: operation.body.clone(),
        source: source.clone().account_id(),
        footprint,
        auth_mode,
        upgraded_auth: params.use_upgraded_auth.unwrap_or(false),
        instruction_leeway: leeway.unwrap_or(0),
    })
}

fn auth_mode(body: &OperationBody, wanted: &str) -> Result<AuthMode, String> {
    let mode = match wanted {
        "" => None,
        "enforce" => Some(AuthMode::Enforce),
        "record" => Some(AuthMode::Record),
        "record_allow_nonroot" => Some(AuthMode::RecordAllowNonroot),
        _ => {
            let all = "enforce,record,record_allow_nonroot";
            return Err(format!(
                "optional 'authMode' must be one of {all} when included"
            ));
        }
    };
    match body {
        OperationBody::InvokeHostFunction(op) => match mode {
            None if op.auth.is_empty() => Ok(AuthMode::Record),
            None => Ok(AuthMode::Enforce),
            Some(mode) if mode != AuthMode::Enforce && !op.auth.is_empty() => Err(format!(
                "cannot set authMode to '{wanted}' with an auth footprint"
            )),
            Some(mode) => Ok(mode),
        },
        OperationBody::ExtendFootprintTtl(_) | OperationBody::RestoreFootprint(_) => match mode {
            None => Ok(AuthMode::Record),
            Some(_) => Err("cannot set authMode with non-InvokeHostFunction operations".to_owned()),
        },
        other => {
            let name = format!("OperationType{}", other.name());
            Err(format!(
                "transaction contains unsupported operation type: {name}"
            ))
        }
    }
}

fn describe(done: &Preflight, latest: u32, format: Format) -> RpcResult {
    let mut answer = fields(json!({ "latestLedger": latest }));
    if !done.error.is_empty() {
        answer.insert("error".to_owned(), Value::from(done.error.clone()));
    }
    if let Some(data) = &done.data {
        let value = format.value(data)?;
        format.put(&mut answer, "transactionData", "transactionDataJson", value);
        if data.resource_fee != 0 {
            let fee = Value::from(data.resource_fee.to_string());
            answer.insert("minResourceFee".to_owned(), fee);
        }
    }
    if !done.events.is_empty() {
        format.put(
            &mut answer,
            "events",
            "eventsJson",
            format.list(done.events.iter())?,
        );
    }
    if let Some((value, auth)) = &done.result {
        let mut result = Map::new();
        format.put(&mut result, "xdr", "returnValueJson", format.value(value)?);
        // Stellar RPC leaves out an empty list in JSON only.
        if !auth.is_empty() || format == Format::Base64 {
            format.put(&mut result, "auth", "authJson", format.list(auth.iter())?);
        }
        answer.insert(
            "results".to_owned(),
            Value::Array(vec![Value::Object(result)]),
        );
    }
    if let Some(data) = &done.restore {
        answer.insert(
            "restorePreamble".to_owned(),
            restore_preamble(data, format)?,
        );
    }
    let changes: Vec<_> = done
        .changes
        .iter()
        .filter_map(|diff| change(diff, format).transpose())
        .collect::<Result<_, _>>()?;
    if !changes.is_empty() {
        answer.insert("stateChanges".to_owned(), Value::Array(changes));
    }
    Ok(Value::Object(answer))
}

fn restore_preamble(data: &SorobanTransactionData, format: Format) -> RpcResult {
    let mut answer = fields(json!({ "minResourceFee": data.resource_fee.to_string() }));
    let value = format.value(data)?;
    format.put(&mut answer, "transactionData", "transactionDataJson", value);
    Ok(Value::Object(answer))
}

/// One change of an entry; `None` where it was not there before and is not there after.
fn change(diff: &LedgerEntryDiff, format: Format) -> Result<Option<Value>, RpcError> {
    let (kind, entry) = match (&diff.state_before, &diff.state_after) {
        (None, None) => return Ok(None),
        (None, Some(after)) => ("created", after),
        (Some(before), None) => ("deleted", before),
        (Some(before), Some(_)) => ("updated", before),
    };
    // Of these two, Stellar RPC leaves in the one that is absent.
    let mut answer = fields(json!({ "type": kind, "before": null, "after": null }));
    format.put(
        &mut answer,
        "key",
        "keyJson",
        format.value(&entry.to_key())?,
    );
    if let Some(before) = &diff.state_before {
        format.put(&mut answer, "before", "beforeJson", format.value(before)?);
    }
    if let Some(after) = &diff.state_after {
        format.put(&mut answer, "after", "afterJson", format.value(after)?);
    }
    Ok(Some(Value::Object(answer)))
}
