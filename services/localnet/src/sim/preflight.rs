//! One simulation, by the library that Stellar RPC runs.

use crate::state::{Snapshot, View};
use anyhow::{anyhow, Result};
use soroban_env_host::{
    e2e_invoke::RecordingInvocationAuthMode, events::HostEvent, HostError, LedgerInfo,
};
use soroban_simulation::{
    simulation::{
        simulate_extend_ttl_op, simulate_invoke_host_function_op, simulate_restore_op,
        LedgerEntryDiff, SimulationAdjustmentConfig,
    },
    AutoRestoringSnapshotSource, NetworkConfig,
};
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};
use stellar_xdr::{
    AccountId, DiagnosticEvent, ExtendFootprintTtlOp, InvokeHostFunctionOp, LedgerFootprint,
    LedgerKey, OperationBody, ScVal, SorobanAuthorizationEntry, SorobanTransactionData,
};

/// Whether authorisation is found out or enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    Enforce,
    Record,
    RecordAllowNonroot,
}

/// What to simulate.
pub struct Request {
    pub operation: OperationBody,
    pub source: AccountId,
    /// The entries to extend or to restore.
    pub footprint: LedgerFootprint,
    pub auth_mode: AuthMode,
    /// Whether recorded authorisations are bound to the address.
    pub upgraded_auth: bool,
    /// Instructions to declare on top.
    pub instruction_leeway: u64,
}

/// What came out.
#[derive(Default)]
pub struct Preflight {
    /// Empty where the transaction would succeed.
    pub error: String,
    pub events: Vec<DiagnosticEvent>,
    pub data: Option<SorobanTransactionData>,
    pub result: Option<(ScVal, Vec<SorobanAuthorizationEntry>)>,
    /// What has to be restored before.
    pub restore: Option<SorobanTransactionData>,
    pub changes: Vec<LedgerEntryDiff>,
}

/// Simulates. Whatever happens comes back as a result.
pub fn preflight(view: &View, request: Request) -> Preflight {
    let failed = |error: String| Preflight {
        error,
        ..Preflight::default()
    };
    match catch_unwind(AssertUnwindSafe(|| simulate(view, request))) {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => failed(told(&error)),
        Err(panic) => failed(match panic.downcast::<String>() {
            Ok(message) => format!("panic during preflight() call: {message}"),
            Err(_) => "panic during preflight() call: unknown cause".to_owned(),
        }),
    }
}

fn simulate(view: &View, request: Request) -> Result<Preflight> {
    let snapshot = Rc::new(Snapshot(view.entries.clone()));
    let network = NetworkConfig::load_from_snapshot(snapshot.as_ref())?;
    let info = view.ledger_info();
    match &request.operation {
        OperationBody::InvokeHostFunction(op) => invoke(op, &request, snapshot, &network, &info),
        OperationBody::ExtendFootprintTtl(op) => {
            extend(op, &request.footprint.read_only, snapshot, &network, &info)
        }
        OperationBody::RestoreFootprint(_) => Ok(restore(
            &request.footprint.read_write,
            &snapshot,
            &network,
            &info,
        )),
        other => Err(anyhow!("unsupported operation type: {}", other.name())),
    }
}

fn invoke(
    op: &InvokeHostFunctionOp,
    request: &Request,
    snapshot: Rc<Snapshot>,
    network: &NetworkConfig,
    info: &LedgerInfo,
) -> Result<Preflight> {
    let mut adjustment = SimulationAdjustmentConfig::default_adjustment();
    let leeway = u32::try_from(request.instruction_leeway)?;
    let extra = &mut adjustment.instructions.additive_factor;
    *extra = (*extra).max(leeway);
    let auth = match request.auth_mode {
        AuthMode::Enforce => RecordingInvocationAuthMode::Enforcing(op.auth.to_vec()),
        AuthMode::Record => RecordingInvocationAuthMode::recording(true, request.upgraded_auth),
        AuthMode::RecordAllowNonroot => {
            RecordingInvocationAuthMode::recording(false, request.upgraded_auth)
        }
    };
    let done = simulate_invoke_host_function_op(
        snapshot,
        network,
        &adjustment,
        info,
        op.host_function.clone(),
        auth,
        &request.source,
        seed(),
        true,
    )?;
    let (error, result) = match done.invoke_result {
        Ok(value) => (String::new(), Some((value, done.auth))),
        Err(error) => (host_error(&error, &done.diagnostic_events), None),
    };
    Ok(Preflight {
        error,
        events: done.diagnostic_events,
        data: done.transaction_data,
        result,
        restore: None,
        changes: done.modified_entries,
    })
}

/// An error with what caused it, as its `Debug` form tells it to clients of Stellar RPC; but never
/// with the trace of this process, which that form gains under `RUST_BACKTRACE`.
fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    let causes: Vec<_> = error.chain().skip(1).collect();
    for (index, cause) in causes.iter().enumerate() {
        if index == 0 {
            text.push_str("\n\nCaused by:");
        }
        match causes.len() {
            1 => text.push_str(&format!("\n    {cause}")),
            _ => text.push_str(&format!("\n    {index}: {cause}")),
        }
    }
    text
}

/// An error of the host as Stellar RPC tells it: with the log of events, the newest first. The host
/// itself writes that only where it is built for tests, as it is there and must not be here.
fn host_error(error: &HostError, events: &[DiagnosticEvent]) -> String {
    let mut text = format!("HostError: {:?}\n", error.error);
    if events.is_empty() {
        text.push_str("DebugInfo not available\n");
        return text;
    }
    text.push_str("\nEvent log (newest first):\n");
    for (index, event) in events.iter().rev().enumerate() {
        let failed_call = !event.in_successful_contract_call;
        let event = HostEvent {
            event: event.event.clone(),
            failed_call,
        };
        text.push_str(&format!("   {index}: {event}\n"));
    }
    text
}

/// Randomness that differs from one simulation to the next, as on a network.
fn seed() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    seed
}

fn extend(
    op: &ExtendFootprintTtlOp,
    keys: &[LedgerKey],
    snapshot: Rc<Snapshot>,
    network: &NetworkConfig,
    info: &LedgerInfo,
) -> Result<Preflight> {
    if info.sequence_number.checked_add(op.extend_to).is_none() {
        return Err(anyhow!(
            "the entry would live longer than there are ledger numbers"
        ));
    }
    let adjustment = SimulationAdjustmentConfig::default_adjustment();
    let restoring = AutoRestoringSnapshotSource::new(snapshot, info)?;
    let done = simulate_extend_ttl_op(&restoring, network, &adjustment, info, keys, op.extend_to);
    let data = match done {
        Ok(done) => done.transaction_data,
        Err(error) => {
            return Ok(Preflight {
                error: told(&error),
                ..Preflight::default()
            });
        }
    };
    let restore = restoring.simulate_restore_keys_op(network, &adjustment, info);
    let error = restore.as_ref().err().map(told).unwrap_or_default();
    let restore = restore
        .ok()
        .flatten()
        .map(|restore| restore.transaction_data);
    Ok(Preflight {
        error,
        data: Some(data),
        restore,
        ..Preflight::default()
    })
}

fn restore(
    keys: &[LedgerKey],
    snapshot: &Snapshot,
    network: &NetworkConfig,
    info: &LedgerInfo,
) -> Preflight {
    let adjustment = SimulationAdjustmentConfig::default_adjustment();
    match simulate_restore_op(snapshot, network, &adjustment, info, keys) {
        Ok(done) => Preflight {
            data: Some(done.transaction_data),
            ..Preflight::default()
        },
        Err(error) => Preflight {
            error: told(&error),
            ..Preflight::default()
        },
    }
}
