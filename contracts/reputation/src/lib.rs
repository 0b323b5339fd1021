//! # Reputation
//!
//! A score of 0..=100 per (address, role) with the evidence for it, written by `deals` once per
//! funded deal. Nobody's money depends on this contract: a deal is closed and released without it.
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

mod allowance;
mod contract;
mod math;
mod packed;
mod points;
mod policy;
mod query;
mod record;
mod standing;
mod storage;

#[cfg(test)]
mod tests;

pub use contract::{Reputation, ReputationArgs, ReputationClient};
