//! Who reports: the owner until an oracle is set, then only the oracle. A new oracle takes over after
//! a day, so that nobody bills unnoticed with a stolen owner key. Suspending works at once.

use flash_common::ensure;
use flash_interfaces::deals::{
    DealsError, OracleCancelled, OracleConfig, OracleScheduled, OracleSuspended,
};
use soroban_sdk::{Address, Env, Val, Vec};
use stellar_access::ownable;

use crate::{
    policy::ORACLE_DELAY_SECS,
    storage::{self, OracleState},
};

/// Who may report now.
pub fn acting(env: &Env) -> Option<Address> {
    let state = matured(env);
    if state.current.is_some() || state.ever_set {
        return state.current;
    }
    ownable::get_owner(env)
}

/// Requires the signature of whoever may report now.
pub fn enforce(env: &Env) -> Result<(), DealsError> {
    acting(env)
        .ok_or(DealsError::OracleSuspended)?
        .require_auth();
    Ok(())
}

/// Requires the same signature, over these arguments instead of the call's own.
pub fn enforce_for(env: &Env, signed: Vec<Val>) -> Result<(), DealsError> {
    acting(env)
        .ok_or(DealsError::OracleSuspended)?
        .require_auth_for_args(signed);
    Ok(())
}

pub fn schedule(env: &Env, oracle: Address) -> Result<u64, DealsError> {
    let mut state = matured(env);
    let now = env.ledger().timestamp();
    ensure!(
        state.current.as_ref() != Some(&oracle),
        DealsError::OracleUnchanged
    );
    let from_ts = if state.ever_set {
        let from_ts = now.saturating_add(ORACLE_DELAY_SECS);
        state.next = Some(oracle.clone());
        state.next_from_ts = from_ts;
        from_ts
    } else {
        state.ever_set = true;
        state.current = Some(oracle.clone());
        state.epoch = state.epoch.saturating_add(1);
        now
    };
    storage::set_oracle(env, &state);
    OracleScheduled { oracle, from_ts }.publish(env);
    Ok(from_ts)
}

/// Calls off the scheduled successor. One whose time has come is in office: it can be suspended.
pub fn cancel(env: &Env) -> Result<(), DealsError> {
    let mut state = matured(env);
    let oracle = state.next.take().ok_or(DealsError::NoOracle)?;
    state.next_from_ts = 0;
    storage::set_oracle(env, &state);
    OracleCancelled { oracle }.publish(env);
    Ok(())
}

/// A scheduled successor stays scheduled.
pub fn suspend(env: &Env) -> Result<(), DealsError> {
    let mut state = matured(env);
    let oracle = state.current.take().ok_or(DealsError::NoOracle)?;
    state.epoch = state.epoch.saturating_add(1);
    storage::set_oracle(env, &state);
    OracleSuspended { oracle }.publish(env);
    Ok(())
}

/// The epoch of the role. A stage counts only in the epoch in which it was written.
pub fn epoch(env: &Env) -> u32 {
    matured(env).epoch
}

pub fn config(env: &Env) -> OracleConfig {
    let state = matured(env);
    OracleConfig {
        acting: acting(env),
        next: state.next,
        next_from_ts: state.next_from_ts,
    }
}

/// The stored state, with a successor in office whose time has come.
fn matured(env: &Env) -> OracleState {
    let mut state = storage::oracle(env);
    if state.next.is_some() && env.ledger().timestamp() >= state.next_from_ts {
        state.current = state.next.take();
        state.next_from_ts = 0;
        state.epoch = state.epoch.saturating_add(1);
    }
    state
}
