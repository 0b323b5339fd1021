//! The escrow: every unit of the stable asset, per deal; claimable balances; fees.
//!
//! Read it in this order: [`contract`] says who may call what, `slot` and `totals` own the
//! arithmetic of one account and of one token, then one verb a file: `open` (and deposit),
//! `settle`, `close` (and refund), `payout` (withdraw and push), `fees`.
//!
//! Four rules hold in every command:
//!
//! * `deposited = locked + paid + fee + refunded` per deal, and per token
//!   `balance ≥ locked + claimable + fees` unless its issuer clawed back.
//! * Nobody's trustline can block another party: money is credited, and sent in a separate step.
//! * Settling, refunding and closing never call the token (a push after them may, and its failure
//!   is an event).
//! * Checks, effects, interactions. The one exception is money that is pulled in, where the token's
//!   answer is the check; the host forbids re-entry at any depth, so no state can change meanwhile.
#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "the figures of a test are its own"
    )
)]
#![cfg_attr(target_family = "wasm", forbid(unsafe_code))]

mod close;
mod config;
mod contract;
#[cfg(feature = "testnet")]
mod faucet;
mod fees;
mod math;
mod open;
mod payout;
mod policy;
mod query;
mod settle;
mod slot;
mod storage;
mod token;
mod totals;

#[cfg(any(test, feature = "testutils"))]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unreachable,
    reason = "for tests only"
)]
pub mod testutils;

#[cfg(test)]
mod tests;

pub use contract::{Escrow, EscrowArgs, EscrowClient};
