//! `InvokeHostFunction`: runs the host, the same one that validators run, over the footprint.

use super::{
    inputs::{inputs, Input, Step},
    results, sizes, Done, Workplace,
};
use crate::tx::limits;
use sha2::{Digest, Sha256};
use soroban_env_host::{
    budget::Budget,
    e2e_invoke::{
        extract_rent_changes, invoke_host_function, InvokeHostFunctionResult as HostResult,
        LedgerEntryChange,
    },
    fees::compute_rent_fee,
    HostError,
};
use std::panic::{catch_unwind, AssertUnwindSafe};
use stellar_xdr::{
    AccountId, ContractEvent, Hash, InvokeHostFunctionOp, InvokeHostFunctionResult,
    InvokeHostFunctionSuccessPreImage, LedgerEntry, LedgerKey, Limits, ReadXdr, ScError,
    ScErrorCode, ScErrorType, ScVal, WriteXdr,
};

/// Runs the host function and takes over what it changed.
pub fn apply(
    op: &InvokeHostFunctionOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let (inputs, restored) = match inputs(at)? {
        Ok(inputs) => inputs,
        Err(result) => return Ok(Done::with(results::invoke(result))),
    };
    let budget = at
        .context
        .network
        .settings
        .budget(declared_instructions(at))?;
    let host = match call_host(op, source, at, inputs, &restored, &budget)? {
        Ok(host) => host,
        Err(error) => return failed(at, &budget, &error),
    };
    let return_value = match &host.encoded_invoke_result {
        Ok(value) => value.clone(),
        Err(error) => return failed(at, &budget, error),
    };
    finish(at, &host, &return_value)
}

fn finish(
    at: &mut Workplace<'_, '_>,
    host: &HostResult,
    return_value: &[u8],
) -> anyhow::Result<Done> {
    if let Err(result) = record_changes(at, &host.ledger_changes)? {
        return Ok(Done::with(results::invoke(result)));
    }
    let output_bytes = match output_size(at, &host.encoded_contract_events, return_value) {
        Ok(bytes) => bytes,
        Err(result) => return Ok(Done::with(results::invoke(result))),
    };
    let settings = &at.context.network.settings;
    let rent_changes = extract_rent_changes(&host.ledger_changes);
    let rent_fee = compute_rent_fee(&rent_changes, &settings.fees().1, at.context.sequence);
    if at
        .refund
        .consume(at.frame, settings, output_bytes, rent_fee, at.diagnostics)
        .is_err()
    {
        let result = InvokeHostFunctionResult::InsufficientRefundableFee;
        return Ok(Done::with(results::invoke(result)));
    }
    let decode = |bytes: &Vec<u8>| ContractEvent::from_xdr(bytes, Limits::none());
    let events: Vec<_> = host
        .encoded_contract_events
        .iter()
        .map(decode)
        .collect::<Result<_, _>>()?;
    let value = ScVal::from_xdr(return_value, Limits::none())?;
    let image = InvokeHostFunctionSuccessPreImage {
        return_value: value.clone(),
        events: events.clone().try_into()?,
    };
    let hash = Hash(Sha256::digest(image.to_xdr(Limits::none())?).into());
    let result = results::invoke(InvokeHostFunctionResult::Success(hash));
    Ok(Done {
        result,
        events,
        return_value: Some(value),
    })
}

fn declared_instructions(at: &Workplace<'_, '_>) -> u32 {
    at.frame
        .resources()
        .map_or(0, |resources| resources.instructions)
}

/// Calls the host. A panic of the host is an error of the process, not its end.
fn call_host(
    op: &InvokeHostFunctionOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
    inputs: Vec<Input>,
    restored: &[u32],
    budget: &Budget,
) -> anyhow::Result<Result<HostResult, HostError>> {
    let Some(resources) = at.frame.resources() else {
        anyhow::bail!("no resources")
    };
    let auth: Vec<Vec<u8>> = op
        .auth
        .iter()
        .map(|entry| entry.to_xdr(Limits::none()))
        .collect::<Result<_, _>>()?;
    let settings = &at.context.network.settings;
    let info = settings.ledger_info(
        at.context.network.id,
        at.context.sequence,
        at.context.close_time,
    );
    let mut seed = Sha256::new();
    seed.update(at.around.previous_hash);
    seed.update(at.frame.hash);
    let function = op.host_function.to_xdr(Limits::none())?;
    let resources = resources.to_xdr(Limits::none())?;
    let source = source.to_xdr(Limits::none())?;
    let events = &mut at.diagnostics.0;
    let modules = at.around.modules.clone();
    catch_unwind(AssertUnwindSafe(|| {
        invoke_host_function(
            budget,
            true,
            function,
            resources,
            restored,
            source,
            auth.into_iter(),
            info,
            inputs.into_iter(),
            seed.finalize().to_vec(),
            events,
            None,
            Some(modules),
        )
    }))
    .map_err(|_| anyhow::anyhow!("the host panicked"))
}

/// What a failed call is: out of budget, or trapped.
fn failed(at: &mut Workplace<'_, '_>, budget: &Budget, error: &HostError) -> anyhow::Result<Done> {
    let code =
        ScError::try_from(error.error).unwrap_or(ScError::Context(ScErrorCode::InternalError));
    at.diagnostics
        .push("host_fn_failed", ScVal::Error(code), ScVal::Void);
    if error.error.is_code(ScErrorCode::InternalError)
        && !error.error.is_type(ScErrorType::Contract)
    {
        anyhow::bail!("internal error of the host: {error:?}");
    }
    let settings = &at.context.network.settings;
    let instructions = limits::within(
        budget.get_cpu_insns_consumed()?,
        u64::from(declared_instructions(at)),
        limits::OVER_BUDGET,
        "operation instructions exceeds amount specified",
        at.diagnostics,
    );
    let memory = instructions.and_then(|()| {
        limits::within(
            budget.get_mem_bytes_consumed().unwrap_or_default(),
            u64::from(settings.tx_memory_limit_bytes),
            limits::OVER_BUDGET,
            "operation memory usage exceeds network config limit",
            at.diagnostics,
        )
    });
    Ok(Done::with(results::invoke(match memory {
        Ok(()) => InvokeHostFunctionResult::Trapped,
        Err(()) => InvokeHostFunctionResult::ResourceLimitExceeded,
    })))
}

/// Takes over the entries that the host returned. A read-write key that did not come back is gone.
fn record_changes(
    at: &mut Workplace<'_, '_>,
    changes: &[LedgerEntryChange],
) -> anyhow::Result<Step<()>> {
    let mut written = 0_u64;
    for change in changes {
        let key = LedgerKey::from_xdr(&change.encoded_key, Limits::none())?;
        match &change.encoded_new_value {
            Some(bytes) => {
                written += bytes.len() as u64;
                if check_write(at, &key, bytes.len(), written).is_err() {
                    return Ok(Err(InvokeHostFunctionResult::ResourceLimitExceeded));
                }
                let entry = LedgerEntry::from_xdr(bytes, Limits::none())?;
                at.scratch.put(entry.data.clone(), Some(&entry));
            }
            None if !change.read_only => {
                at.scratch.remove(&key);
            }
            None => {}
        }
        if let Some(ttl) = &change.ttl_change {
            if ttl.new_live_until_ledger > ttl.old_live_until_ledger {
                at.scratch.set_live_until(&key, ttl.new_live_until_ledger);
            }
        }
    }
    Ok(Ok(()))
}

fn check_write(
    at: &mut Workplace<'_, '_>,
    key: &LedgerKey,
    bytes: usize,
    total: u64,
) -> Result<(), ()> {
    sizes::check(key, bytes, &at.context.network.settings, at.diagnostics)?;
    limits::within(
        total,
        at.frame
            .resources()
            .map_or(0, |resources| u64::from(resources.write_bytes)),
        limits::OVER_BUDGET,
        "operation byte-write resources exceeds amount specified",
        at.diagnostics,
    )
}

/// The size of the events and the returned value together, which the network limits and charges.
fn output_size(at: &mut Workplace<'_, '_>, events: &[Vec<u8>], value: &[u8]) -> Step<u32> {
    let limit = u64::from(at.context.network.settings.tx_max_events_bytes);
    let events_bytes: u64 = events.iter().map(|event| event.len() as u64).sum();
    let total = events_bytes + value.len() as u64;
    let events_message = "total events size exceeds network config maximum";
    let value_message = "return value pushes events size above network config maximum";
    let over = limits::OVER_BUDGET;
    limits::within(
        events_bytes,
        limit,
        over.clone(),
        events_message,
        at.diagnostics,
    )
    .and_then(|()| limits::within(total, limit, over, value_message, at.diagnostics))
    .map_err(|()| InvokeHostFunctionResult::ResourceLimitExceeded)?;
    Ok(u32::try_from(total).unwrap_or(u32::MAX))
}
