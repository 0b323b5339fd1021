//! # Reputation
//!
//! A score of 0..=100 per (address, role) with the evidence for it, written by `deals` once per
//! funded deal. Nobody's money depends on this contract: a deal is closed and released without it.
#![no_std]
#![cfg_attr(target_family = "wasm", forbid(unsafe_code))]

mod contract;
mod math;
mod points;
mod policy;
mod query;
mod record;
mod storage;

#[cfg(test)]
mod tests;

pub use contract::{Reputation, ReputationArgs, ReputationClient};
