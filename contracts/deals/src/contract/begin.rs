//! How a command begins: it keeps the instance alive and demands the caller's signature.

use flash_common::{admin, ensure, pause, ttl};
use flash_interfaces::deals::DealsError;
use soroban_sdk::{Address, Env};

use crate::oracle;

/// Begins a command that works while the contract is paused.
pub fn begin(env: &Env, signer: &Address) {
    ttl::extend_instance(env);
    signer.require_auth();
}

/// Begins a command that starts a new obligation: refused while the contract is paused.
pub fn begin_obligation(env: &Env, signer: &Address) -> Result<(), DealsError> {
    begin(env, signer);
    ensure!(!pause::is_paused(env), DealsError::Paused);
    Ok(())
}

pub fn begin_as_oracle(env: &Env) -> Result<(), DealsError> {
    ttl::extend_instance(env);
    oracle::enforce(env)
}

pub fn begin_as_owner(env: &Env) {
    ttl::extend_instance(env);
    admin::enforce_owner(env);
}
