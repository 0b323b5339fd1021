//! The marketplace as validators run it: real Wasm, a ledger outside of any host, and transactions
//! that are simulated on one ledger and applied, on exactly that footprint, on the same or a later
//! one. What costs are measured with, and what footprints are tested with.

pub mod ledger;
pub mod market;
pub mod network;
pub mod trade;
pub mod transaction;
pub mod wasm;

pub use market::{Market, Party, Prepared};
