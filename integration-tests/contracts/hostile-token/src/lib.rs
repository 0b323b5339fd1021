//! A SEP-41 token for tests. It is honest by default; [`HostileToken::set_mode`] makes it hostile
//! in every way that the marketplace must survive. Anyone may set the mode and mint, because there
//! is nothing to protect.
#![no_std]

mod ledger;
mod mode;

use mode::Moment;
pub use mode::{Mode, Reentry};
use soroban_sdk::{
    contract, contracterror, contractimpl, panic_with_error, Address, Env, IntoVal, MuxedAddress,
    String, Val,
};
use soroban_token_sdk::{
    events::{Approve, Burn, MintWithAmountOnly, Transfer},
    metadata::TokenMetadata,
    TokenUtils,
};

/// Errors of the token. Their codes overlap those of other contracts on purpose.
#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum HostileError {
    InsufficientBalance = 1,
    InsufficientAllowance = 2,
    NegativeAmount = 3,
    AllowanceInThePast = 4,
    /// The error of `Mode::ForeignError`: the escrow's `AccountNotFound`.
    Impostor = 3204,
}

#[contract]
pub struct HostileToken;

#[contractimpl]
impl HostileToken {
    /// An honest token of 7 decimals.
    pub fn __constructor(env: Env, name: String, symbol: String) {
        TokenUtils::new(&env)
            .metadata()
            .set_metadata(&TokenMetadata {
                decimal: 7,
                name,
                symbol,
            });
    }

    /// Sets how the token behaves. Each [`Mode`] documents the meaning of `figure`.
    pub fn set_mode(env: Env, mode: Mode, figure: i128) {
        mode::set(&env, mode, figure);
    }

    /// Sets the call that the re-entering modes make during a transfer.
    pub fn set_reentry(env: Env, reentry: Reentry) {
        mode::set_reentry(&env, &reentry);
    }

    /// How many re-entering calls failed, and how many succeeded.
    pub fn get_reentries(env: Env) -> (u32, u32) {
        mode::reentries(&env)
    }

    pub fn mint(env: Env, to: Address, amount: i128) {
        ledger::receive(&env, &to, amount);
        MintWithAmountOnly { to, amount }.publish(&env);
    }

    // ---- SEP-41. Return values that a mode can replace by another type are declared as `Val`.
    // ----

    pub fn allowance(env: Env, from: Address, spender: Address) -> i128 {
        ledger::allowance(&env, &from, &spender)
    }

    pub fn approve(
        env: Env,
        from: Address,
        spender: Address,
        amount: i128,
        live_until_ledger: u32,
    ) {
        from.require_auth();
        ledger::approve(&env, &from, &spender, amount, live_until_ledger);
        Approve {
            from,
            spender,
            amount,
            live_until_ledger,
        }
        .publish(&env);
    }

    pub fn balance(env: Env, id: Address) -> Val {
        match mode::get(&env) {
            (Mode::LyingBalance, figure) => figure.into_val(&env),
            (Mode::WrongTypes, _) => true.into(),
            (Mode::TrapOnBalance, _) => panic_with_error!(&env, HostileError::Impostor),
            _ => ledger::balance(&env, &id).into_val(&env),
        }
    }

    pub fn transfer(env: Env, from: Address, to: MuxedAddress, amount: i128) -> Val {
        from.require_auth();
        move_money(&env, &from, &to.address(), amount);
        Transfer {
            from,
            to: to.address(),
            to_muxed_id: to.id(),
            amount,
        }
        .publish(&env);
        match mode::get(&env) {
            (Mode::WrongTypes | Mode::WrongTransferType, _) => true.into(),
            _ => ().into(),
        }
    }

    pub fn transfer_from(env: Env, spender: Address, from: Address, to: Address, amount: i128) {
        spender.require_auth();
        ledger::spend_allowance(&env, &from, &spender, amount);
        move_money(&env, &from, &to, amount);
        Transfer {
            from,
            to,
            to_muxed_id: None,
            amount,
        }
        .publish(&env);
    }

    pub fn burn(env: Env, from: Address, amount: i128) {
        from.require_auth();
        ledger::spend(&env, &from, amount);
        Burn { from, amount }.publish(&env);
    }

    pub fn burn_from(env: Env, spender: Address, from: Address, amount: i128) {
        spender.require_auth();
        ledger::spend_allowance(&env, &from, &spender, amount);
        ledger::spend(&env, &from, amount);
        Burn { from, amount }.publish(&env);
    }

    pub fn decimals(env: Env) -> Val {
        match mode::get(&env) {
            (Mode::WrongDecimals, figure) => u32::try_from(figure).unwrap_or(u32::MAX).into(),
            (Mode::WrongTypes, _) => true.into(),
            _ => TokenUtils::new(&env)
                .metadata()
                .get_metadata()
                .decimal
                .into(),
        }
    }

    pub fn name(env: Env) -> Val {
        match mode::get(&env) {
            (Mode::TrappingName, _) => panic_with_error!(&env, HostileError::Impostor),
            (Mode::WrongTypes, _) => true.into(),
            _ => TokenUtils::new(&env).metadata().get_metadata().name.into(),
        }
    }

    pub fn symbol(env: Env) -> String {
        TokenUtils::new(&env).metadata().get_metadata().symbol
    }
}

/// A transfer in the current mode.
fn move_money(env: &Env, from: &Address, to: &Address, amount: i128) {
    let (mode, figure) = mode::get(env);
    mode::act(env, mode, Moment::BeforeTransfer);
    let (taken, given) = match mode {
        Mode::FeeOnTransfer => (amount, amount.saturating_sub(figure)),
        Mode::TakesExtra => (amount.saturating_add(figure), amount),
        Mode::SilentNoop => return,
        _ => (amount, amount),
    };
    ledger::spend(env, from, taken);
    ledger::receive(env, to, given);
    mode::act(env, mode, Moment::AfterTransfer);
}

#[cfg(test)]
mod tests;
