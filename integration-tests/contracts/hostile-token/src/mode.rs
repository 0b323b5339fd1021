//! How the token misbehaves.

use soroban_sdk::{
    contracttype, panic_with_error, Address, Bytes, Env, Error, InvokeError, Symbol, Val, Vec,
};

use crate::HostileError;

#[contracttype]
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Mode {
    Honest,
    /// The receiver gets `figure` less than was sent (more, when negative).
    FeeOnTransfer,
    /// The sender pays `figure` more than was sent.
    TakesExtra,
    /// Every balance is `figure`.
    LyingBalance,
    TrapOnBalance,
    /// A transfer succeeds and moves nothing.
    SilentNoop,
    TrapOnTransfer,
    /// A transfer fails with an error code of the escrow.
    ForeignError,
    /// A transfer makes the configured call and fails with it.
    Reenter,
    /// A transfer makes the configured call and ignores its failure.
    ReenterQuietly,
    /// `decimals` is `figure`.
    WrongDecimals,
    TrappingName,
    /// Balance, decimals, name and transfer return a `bool`.
    WrongTypes,
    /// A transfer happens but returns a `bool`; everything else is honest.
    WrongTransferType,
    /// A transfer never ends.
    InfiniteLoop,
}

/// A call that the token makes in the middle of a transfer.
#[contracttype]
#[derive(Clone, Debug)]
pub struct Reentry {
    pub contract: Address,
    pub function: Symbol,
    pub args: Vec<Val>,
}

/// Where in a transfer the token is.
#[derive(Copy, Clone, Eq, PartialEq)]
pub enum Moment {
    BeforeTransfer,
    AfterTransfer,
}

#[contracttype]
enum ModeKey {
    Mode,
    Reentry,
    Reentries,
}

pub fn set(env: &Env, mode: Mode, figure: i128) {
    env.storage()
        .instance()
        .set(&ModeKey::Mode, &(mode, figure));
}

pub fn get(env: &Env) -> (Mode, i128) {
    env.storage()
        .instance()
        .get(&ModeKey::Mode)
        .unwrap_or((Mode::Honest, 0))
}

pub fn set_reentry(env: &Env, reentry: &Reentry) {
    env.storage().instance().set(&ModeKey::Reentry, reentry);
}

/// (failed, succeeded)
pub fn reentries(env: &Env) -> (u32, u32) {
    env.storage()
        .instance()
        .get(&ModeKey::Reentries)
        .unwrap_or((0, 0))
}

/// What the mode does at this moment of a transfer.
pub fn act(env: &Env, mode: Mode, moment: Moment) {
    match (mode, moment) {
        (Mode::TrapOnTransfer, Moment::BeforeTransfer) => panic!("hostile"),
        (Mode::ForeignError, Moment::BeforeTransfer) => {
            panic_with_error!(env, HostileError::Impostor)
        }
        (Mode::InfiniteLoop, Moment::BeforeTransfer) => loop {
            // A metered host call, so that the loop also ends natively.
            let _ = env.crypto().sha256(&Bytes::from_array(env, &[0; 1_024]));
        },
        (Mode::Reenter, Moment::AfterTransfer) => {
            if let Some(call) = reentry(env) {
                env.invoke_contract::<Val>(&call.contract, &call.function, call.args);
            }
        }
        (Mode::ReenterQuietly, Moment::AfterTransfer) => reenter_quietly(env),
        _ => {}
    }
}

fn reenter_quietly(env: &Env) {
    let Some(call) = reentry(env) else { return };
    let answer: Result<Result<Val, _>, Result<Error, InvokeError>> =
        env.try_invoke_contract(&call.contract, &call.function, call.args);
    let (refused, through) = reentries(env);
    let counted = match answer {
        Ok(_) => (refused, through.saturating_add(1)),
        Err(_) => (refused.saturating_add(1), through),
    };
    env.storage().instance().set(&ModeKey::Reentries, &counted);
}

fn reentry(env: &Env) -> Option<Reentry> {
    env.storage().instance().get(&ModeKey::Reentry)
}
