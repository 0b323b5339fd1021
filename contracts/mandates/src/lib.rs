//! # Mandates
//!
//! Standing top-ups: a consumer lets its own deals be topped up from its wallet, within a limit. The
//! escrow knows nothing of it, so that it never has power over a wallet; to `deals`, a draw is a top-up
//! like anyone's.
//!
//! Three rules hold in every draw:
//!
//! * The money goes from the consumer of the deal to the account of that deal, in one call. What
//!   arrives here must be what was drawn, and the escrow refuses a deposit that does not arrive whole.
//! * Consumer, asset and state of the deal are asked of `deals` anew.
//! * At most `most_per_30_days` is drawn in any 30 days, and nothing after `until_ts`.
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

mod contract;
mod draw;
mod policy;
mod query;
mod set;
mod storage;
mod token;
mod window;

#[cfg(test)]
mod tests;

pub use contract::{Mandates, MandatesArgs, MandatesClient};
