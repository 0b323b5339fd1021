//! # The ghost
//!
//! The marketplace once more, in plain Rust: no Soroban types, no code of the contracts, written
//! from the formulas of the design. A sequence of [`Step`]s is played on the ghost and on the
//! contracts at once; after every step, refused ones included,
//!
//! * the answers agree, to the exact error code ([`play`]),
//! * every field that a public query shows agrees ([`compare`]),
//! * every invariant of the guarantees holds ([`rules`]): they are checked on the ghost, which was
//!   just found equal to the contracts,
//! * a refused call has left the ledger as it was, and a call that worked needed exactly the
//!   signature that was given ([`driver`]).
//!
//! Steps name amounts, times and reports by what they mean ("the minimum less one", "a second past
//! the end of grace"), and are resolved against the ghost when they are played: a shrunk sequence
//! keeps its sense. Their `Debug` is Rust, so a failure can be pasted into a regression test.

mod admin;
pub mod compare;
mod deal;
mod deals;
pub mod driver;
mod escrow;
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
