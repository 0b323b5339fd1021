//! Who may call what: one table, and the tests generated from it. They run on the native contracts,
//! or on their Wasm if `FLASH_WASM_DIR` is set.

mod attempt;
mod document;
mod generated;
mod reports;
mod scenes;
mod table;
