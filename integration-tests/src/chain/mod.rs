//! The marketplace as validators run it: real Wasm, a ledger outside any host, and transactions
//! that are simulated on one ledger and applied with that footprint on the same or a later one.
//! Used to measure costs and to test footprints.

pub mod ledger;
pub mod market;
pub mod network;
pub mod trade;
pub mod transaction;
pub mod wasm;

pub use market::{Market, Party, Prepared};
