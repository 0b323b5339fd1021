//! # The ghost
//!
//! A second implementation of the marketplace in plain Rust, written from the formulas of the
//! design, without Soroban types and without code of the contracts. A sequence of [`Step`]s runs on
//! the ghost and on the contracts. After every step, also a refused one,
//!
//! * the answers agree, including the error code ([`play`]),
//! * every field of every public query agrees ([`compare`]),
//! * every invariant holds ([`rules`]), checked on the ghost, which at this point equals the
//!   contracts,
//! * a refused call has left the ledger unchanged, and a successful call needed exactly the given
//!   signature ([`driver`]).
//!
//! Steps describe amounts, times and reports by meaning ("the minimum minus one", "one second after
//! the grace period") and are resolved against the ghost when they run, so a shrunk sequence keeps
//! its meaning. Their `Debug` output is Rust code, so a failure can be pasted into a regression
//! test.

mod admin;
pub mod compare;
mod deal;
mod deals;
pub mod driver;
mod escrow;
mod mandates;
mod meter;
mod model;
mod order;
pub mod play;
mod policy;
mod registry;
mod reputation;
pub mod rules;
pub mod step;
mod token;

pub use model::{Ghost, Refusal, Reply};
pub use order::Order;
pub use play::{replay, Game};
pub use policy::PolicyKind;
pub use step::{list, List, Step};
