//! Builds contracts to Wasm, checks each and writes it where tests and scripts read it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};

use crate::builder::{build_alone, build_with_cli, Builder, Built};
use crate::contract::{Contract, Workspace};
use crate::optimise::Optimiser;
use crate::shake;
use crate::spec;
use crate::stack::{self, Stack};
use crate::toolchain::Toolchain;

/// The largest Wasm that mainnet accepts, custom sections included.
const MAX_WASM_BYTES: usize = 131_072;

/// The kind of network that the Wasm is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Test,
    Main,
}

impl Network {
    /// Folder of the result below cargo's target directory.
    pub fn out_dir(self) -> &'static str {
        match self {
            Self::Test => "wasm",
            Self::Main => "wasm-mainnet",
        }
    }

    /// Cargo's arguments that choose the features.
    pub fn feature_args(self) -> &'static [&'static str] {
        match self {
            Self::Test => &[],
            Self::Main => &["--no-default-features"],
        }
    }
}

/// The file beside the Wasm that says how each contract was built. The benches read it.
const RECORD: &str = "build.json";

/// How contracts become Wasm on this machine: compiler and optimiser are chosen once.
pub struct Recipe<'a> {
    workspace: &'a Workspace,
    network: Network,
    toolchain: Toolchain,
    optimiser: Option<Optimiser>,
}

/// A contract's Wasm as it gets deployed.
pub struct Finished {
    pub wasm: Vec<u8>,
    /// The optimiser and its flags.
    pub optimised_by: Option<String>,
}

impl<'a> Recipe<'a> {
    pub fn new(workspace: &'a Workspace, network: Network) -> Result<Self> {
        let toolchain = Toolchain::decide(&workspace.root)?;
        let optimiser = toolchain.optimiser();
        let optimiser = optimiser.map(|program| Optimiser::new(program, &workspace.target_dir));
        Ok(Self {
            workspace,
            network,
            optimiser: optimiser.transpose()?,
            toolchain,
        })
    }

    /// Builds a contract and optimises what the builder left unoptimised.
    pub fn make(&self, contract: &Contract, builder: Builder) -> Result<Finished> {
        let build = match builder {
            Builder::Own => build_alone,
            Builder::Cli => build_with_cli,
        };
        let Built { wasm, is_optimised } =
            build(self.workspace, contract, self.network, &self.toolchain)?;
        let (wasm, optimised_by) = match &self.optimiser {
            _ if is_optimised => (wasm, Some("the Stellar CLI".to_owned())),
            Some(optimiser) => (optimiser.run(&wasm)?, Some(optimiser.describe())),
            None => (wasm, None),
        };
        Ok(Finished { wasm, optimised_by })
    }
}

/// Builds each contract into `out_dir` and prints what came out.
pub fn build(
    workspace: &Workspace,
    contracts: &[Contract],
    network: Network,
    builder: Builder,
    out_dir: &Path,
) -> Result<()> {
    builder.require()?;
    let recipe = Recipe::new(workspace, network)?;
    fs::create_dir_all(out_dir).with_context(|| out_dir.display().to_string())?;
    let mut rows = Vec::new();
    for contract in contracts {
        let finished = recipe.make(contract, builder);
        let row = finished
            .and_then(|finished| put(contract, finished, out_dir))
            .with_context(|| contract.name.clone())?;
        rows.push(row);
    }
    record(&out_dir.join(RECORD), &recipe.toolchain.compiler()?, &rows)?;
    let shown = out_dir.strip_prefix(&workspace.root).unwrap_or(out_dir);
    println!("{}, built by {}", shown.display(), builder.name());
    print!("{}", table(&rows));
    Ok(())
}

/// Checks the Wasm and puts it into place.
fn put(contract: &Contract, finished: Finished, out_dir: &Path) -> Result<Row> {
    let Finished { wasm, optimised_by } = finished;
    check_size(&wasm)?;
    spec::verify(&wasm)?;
    let stack = stack::verify(&wasm)?;
    place(&out_dir.join(contract.wasm_file()), &wasm)?;
    Row::of(contract, &wasm, stack, optimised_by)
}

fn check_size(wasm: &[u8]) -> Result<()> {
    if wasm.len() > MAX_WASM_BYTES {
        bail!(
            "{} bytes; the network takes no more than {MAX_WASM_BYTES}",
            wasm.len()
        );
    }
    Ok(())
}

/// Writes a file as a whole or not at all. An unchanged file is not touched.
fn place(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&unfinished, bytes).with_context(|| unfinished.display().to_string())?;
    fs::rename(&unfinished, path).with_context(|| path.display().to_string())
}

struct Row {
    contract: String,
    size: usize,
    code_size: usize,
    stack: Stack,
    /// The optimiser and its flags.
    optimised_by: Option<String>,
    sha256: String,
}

impl Row {
    fn of(
        contract: &Contract,
        wasm: &[u8],
        stack: Stack,
        optimised_by: Option<String>,
    ) -> Result<Self> {
        let mut sha256 = String::new();
        for byte in Sha256::digest(wasm) {
            write!(sha256, "{byte:02x}")?;
        }
        Ok(Self {
            contract: contract.name.clone(),
            size: wasm.len(),
            code_size: shake::size_without_custom_sections(wasm)?,
            stack,
            optimised_by,
            sha256,
        })
    }
}

/// Records how the contracts were built. Records of other contracts stay.
fn record(path: &Path, compiler: &str, rows: &[Row]) -> Result<()> {
    let known = fs::read(path).ok();
    let known = known.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    let mut record = known.unwrap_or_default();
    for row in rows {
        let entry = json!({
            "sha256": row.sha256,
            "compiled_by": compiler,
            "optimised_by": row.optimised_by,
        });
        record.insert(row.contract.clone(), entry);
    }
    let text = serde_json::to_string_pretty(&record)? + "\n";
    place(path, text.as_bytes())
}

fn table(rows: &[Row]) -> String {
    let width = rows
        .iter()
        .map(|row| row.contract.len())
        .max()
        .unwrap_or(0)
        .max("contract".len());
    let mut text = format!(
        "{:width$}  {:>8}  {:>14}  {:>14}  sha256\n",
        "contract", "bytes", "without custom", "stack, deepest"
    );
    for row in rows {
        let stack = format!("{}, {}", row.stack.bytes, row.stack.deepest_bytes);
        text += &format!(
            "{:width$}  {:>8}  {:>14}  {stack:>14}  {}\n",
            row.contract, row.size, row.code_size, row.sha256
        );
    }
    let mut optimisers: Vec<_> = rows.iter().map(|row| row.optimised_by.as_deref()).collect();
    optimisers.dedup();
    for optimiser in optimisers {
        text += &match optimiser {
            Some(optimiser) => format!("optimised by {optimiser}\n"),
            None => "NOT OPTIMISED: larger and dearer than what gets deployed\n".to_owned(),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_beyond_the_networks_limit_is_refused() {
        check_size(&[0; MAX_WASM_BYTES]).unwrap();
        let error = check_size(&[0; MAX_WASM_BYTES + 1]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "131073 bytes; the network takes no more than 131072"
        );
    }

    #[test]
    fn the_table_lines_up() {
        let row = |contract: &str, size| Row {
            contract: contract.to_owned(),
            size,
            code_size: size - 500,
            stack: Stack {
                bytes: 65_536,
                deepest_bytes: 992,
            },
            optimised_by: Some("wasm-opt version 108 -Oz".to_owned()),
            sha256: "ab".repeat(32),
        };
        let text = table(&[row("deals", 41_000), row("reputation", 9_999)]);
        let columns: Vec<_> = text
            .lines()
            .take(3)
            .map(|line| line.find(" ab").or(line.find(" sha")))
            .collect();
        assert_eq!(columns, [columns[0]; 3]);
        assert!(text.contains("reputation      9999            9499      65536, 992  abab"));
        assert!(text.ends_with("\noptimised by wasm-opt version 108 -Oz\n"));
    }
}
