//! Balances and allowances.

use soroban_sdk::{contracttype, panic_with_error, Address, Env};

use crate::HostileError;

#[contracttype]
enum LedgerKey {
    Balance(Address),
    Allowance(Address, Address),
}

pub fn balance(env: &Env, id: &Address) -> i128 {
    let key = LedgerKey::Balance(id.clone());
    env.storage().persistent().get(&key).unwrap_or(0)
}

pub fn spend(env: &Env, from: &Address, amount: i128) {
    check_amount(env, amount);
    let left = balance(env, from).saturating_sub(amount);
    if left < 0 {
        panic_with_error!(env, HostileError::InsufficientBalance);
    }
    set_balance(env, from, left);
}

pub fn receive(env: &Env, to: &Address, amount: i128) {
    check_amount(env, amount);
    set_balance(env, to, balance(env, to).saturating_add(amount));
}

pub fn allowance(env: &Env, from: &Address, spender: &Address) -> i128 {
    let key = LedgerKey::Allowance(from.clone(), spender.clone());
    match env.storage().temporary().get::<_, (i128, u32)>(&key) {
        Some((amount, live_until)) if env.ledger().sequence() <= live_until => amount,
        _ => 0,
    }
}

pub fn approve(env: &Env, from: &Address, spender: &Address, amount: i128, live_until: u32) {
    check_amount(env, amount);
    let ledgers = live_until.checked_sub(env.ledger().sequence());
    let key = LedgerKey::Allowance(from.clone(), spender.clone());
    match ledgers {
        Some(ledgers) => {
            env.storage().temporary().set(&key, &(amount, live_until));
            env.storage().temporary().extend_ttl(&key, ledgers, ledgers);
        }
        None if amount == 0 => env.storage().temporary().remove(&key),
        None => panic_with_error!(env, HostileError::AllowanceInThePast),
    }
}

pub fn spend_allowance(env: &Env, from: &Address, spender: &Address, amount: i128) {
    check_amount(env, amount);
    let key = LedgerKey::Allowance(from.clone(), spender.clone());
    let left = allowance(env, from, spender).saturating_sub(amount);
    if left < 0 {
        panic_with_error!(env, HostileError::InsufficientAllowance);
    }
    let stored = env.storage().temporary().get::<_, (i128, u32)>(&key);
    if let Some((_, live_until)) = stored {
        env.storage().temporary().set(&key, &(left, live_until));
    }
}

fn set_balance(env: &Env, id: &Address, amount: i128) {
    let key = LedgerKey::Balance(id.clone());
    env.storage().persistent().set(&key, &amount);
}

fn check_amount(env: &Env, amount: i128) {
    if amount < 0 {
        panic_with_error!(env, HostileError::NegativeAmount);
    }
}
