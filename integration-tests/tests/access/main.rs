//! Who may call what: one table, and the tests that are generated from it. They run on the native
//! contracts, and on their Wasm when `FLASH_WASM_DIR` is set.

mod attempt;
mod document;
mod generated;
mod reports;
mod scenes;
mod table;
