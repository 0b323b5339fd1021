//! Scenarios: every path through a deal to its end, with exact balances. They run on the native
//! contracts, and on their Wasm when `FLASH_WASM_DIR` is set. The invariants are checked after
//! every operation.

mod arrears;
mod batches;
mod bounds;
mod capacity;
mod clawback;
mod deposits;
mod fixture;
mod invariants;
mod leaving;
mod market;
mod oracle;
mod pause;
mod published;
mod service;
mod single_deal;
mod term;
mod unfunded;
