//! # Deals
//!
//! Terms, state machine, metering and SLA verdicts; orchestrates `registry`, `escrow` and
//! `reputation`. Nobody calls back: the call graph starts here.
//!
//! How to read it: [`contract`] says who may call; each verb has a file; [`slot`] is a live deal.
//! What a deal costs, pays and owes is computed by `flash_money`.
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

mod accept;
mod advance;
mod batch;
mod close;
mod contract;
mod create;
mod fund;
mod notice;
mod oracle;
pub mod policy;
mod query;
mod record;
mod release;
mod report;
mod settle;
mod signed;
pub mod slot;
mod stage;
mod storage;
mod succeed;
mod sync;
mod topup;
mod view;

pub use contract::Deals;

#[cfg(test)]
mod tests;
