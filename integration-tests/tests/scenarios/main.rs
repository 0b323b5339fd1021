//! Scenarios: every path through a deal to its end, with exact balances. They run on the native
//! contracts, or on their Wasm if `FLASH_WASM_DIR` is set. Every operation checks the invariants.

mod arrears;
mod batches;
mod bounds;
mod capacity;
mod clawback;
mod deposits;
mod fixture;
mod invariants;
mod leaving;
mod mandates;
mod market;
mod offers;
mod oracle;
mod order;
mod pause;
mod published;
mod service;
mod single_deal;
mod successors;
mod term;
mod unfunded;
