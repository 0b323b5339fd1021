//! The worst that `registry` or `reputation` could become. Tests put this contract in their place:
//! every function that `deals` calls traps, or uses everything that a transaction may use.
#![no_std]

use soroban_sdk::{contract, contractimpl, symbol_short, Bytes, Env, Symbol, Val};

const NEVER_ENDS: Symbol = symbol_short!("never");

#[contract]
pub struct HostileCallee;

#[contractimpl]
impl HostileCallee {
    /// Makes calls never end; before this, they trap.
    pub fn never_end(env: Env) {
        env.storage().instance().set(&NEVER_ENDS, &true);
    }

    // ---- what `deals` calls of `registry` ----

    pub fn get_listing(env: Env, _a: Val, _b: Val, _c: Val, _d: Val, _e: Val, _f: Val) {
        misbehave(&env);
    }

    pub fn get_parties(env: Env, _of: Val) {
        misbehave(&env);
    }

    pub fn reserve(env: Env, _a: Val, _b: Val, _c: Val, _d: Val, _e: Val, _f: Val, _g: Val) {
        misbehave(&env);
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "as many as the registry's function has"
    )]
    pub fn replace(
        env: Env,
        _a: Val,
        _b: Val,
        _c: Val,
        _d: Val,
        _e: Val,
        _f: Val,
        _g: Val,
        _h: Val,
        _i: Val,
    ) {
        misbehave(&env);
    }

    pub fn release(env: Env, _a: Val, _b: Val, _c: Val, _d: Val, _e: Val, _f: Val, _g: Val) {
        misbehave(&env);
    }

    // ---- what `deals` calls of `reputation` ----

    pub fn record(env: Env, _deal: Val, _provider: Val, _consumer: Val, _ending: Val) {
        misbehave(&env);
    }
}

fn misbehave(env: &Env) {
    let never_ends = env.storage().instance().get(&NEVER_ENDS).unwrap_or(false);
    assert!(never_ends, "hostile");
    loop {
        // A metered host call, so that the loop also ends natively.
        let _ = env.crypto().sha256(&Bytes::from_array(env, &[0; 1_024]));
    }
}
