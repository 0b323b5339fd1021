//! # Registry
//!
//! Providers, consumers and buckets, and the capacity that funded deals reserve on them. It holds
//! no money and calls `reputation` in queries only, so nothing here can keep a deal from closing.
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

#[cfg(test)]
extern crate std;

mod bucket;
mod capacity;
mod change;
mod contract;
mod party;
mod policy;
mod query;
mod storage;

#[cfg(test)]
mod tests;

pub use contract::{Registry, RegistryClient};
