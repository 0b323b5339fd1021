//! Scenarios: every path through a deal to its end, with exact balances. Run on the native contracts,
//! and on their Wasm when `FLASH_WASM_DIR` is set. Invariants are checked when each world goes.

mod unfunded;
