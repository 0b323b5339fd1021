//! # The money of a deal
//!
//! Units, bounds and formulas, each written once. The contracts, the oracle and the index call this
//! crate; the page and the TypeScript client are tested on the vectors that it prints
//! (`vectors.json`). docs/money.md explains the formulas.
//!
//! | module | what is in it |
//! |---|---|
//! | [`units`] | units and bounds |
//! | [`policy`] | bounds of what the owner may choose |
//! | [`prices`] | `charge`, `net`, quote, minimum deposit, runway |
//! | [`fee`] | the platform's part |
//! | [`sla`] | verdict and credit of a window |
//! | [`meter`] | a funded deal: what it has cost, owes, reserves |
//! | [`report`] | a report: checked, clipped, judged, applied |
//! | [`settle`] | settlement and arrears |
//! | [`close`] | closing: what is held back, the unreported tail |
//! | [`health`] | how a deal stands, for whoever shows it |
//! | [`wide`] | products and quotients of more than 64 bits, at the price that the ledger charges |
//!
//! Everything is a pure function on integers: no clock, no storage, no panic. `None` means that an
//! amount is out of range. With the bounds of [`units`] no product comes near the end of `i128`;
//! it is checked all the same. What is paid is floored.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test may fail, and its figures are its own"
    )
)]

pub mod close;
pub mod fee;
pub mod health;
pub mod meter;
pub mod policy;
pub mod prices;
pub mod report;
pub mod settle;
pub mod sla;
pub mod units;
pub mod wide;

pub use fee::fee_total;
pub use meter::Meter;
pub use prices::{average_mb, mb_secs, Agreed, Prices};

#[cfg(test)]
mod tests;
