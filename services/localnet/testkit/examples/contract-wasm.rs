//! Writes the test contract into a file, for tours that are not written in Rust.

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let path = std::env::args()
        .nth(1)
        .context("usage: contract-wasm FILE")?;
    std::fs::write(&path, flash_localnet_testkit::contract_wasm(28)?)?;
    Ok(())
}
