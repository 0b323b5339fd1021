//! Generates the client from the specs in `goldens/`: every contract that has one there.

use anyhow::{Context, Result};
use flash_client_codegen::{generate, read_folder};
use std::{env, fs, path::Path};

fn main() -> Result<()> {
    let out = env::var("OUT_DIR")?;
    for (specs, module) in [
        ("../../goldens", "contracts.rs"),
        ("tests/specs", "shop.rs"),
    ] {
        println!("cargo::rerun-if-changed={specs}");
        let source = generate(&read_folder(Path::new(specs))?).context(specs)?;
        fs::write(Path::new(&out).join(module), source)?;
    }
    Ok(())
}
