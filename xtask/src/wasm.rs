//! Builds contracts to Wasm, checks each and puts it where tests and scripts read it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};
use sha2::{Digest, Sha256};

use crate::builder::{build_alone, build_with_cli, Builder};
use crate::contract::{Contract, Workspace};
use crate::shake;
use crate::spec;
use crate::toolchain::Toolchain;

/// What the network accepts: mainnet's setting of the largest Wasm, custom sections included.
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

/// Builds each contract into `out_dir` and prints what came out.
pub fn build(
    workspace: &Workspace,
    contracts: &[Contract],
    network: Network,
    builder: Builder,
    out_dir: &Path,
) -> Result<()> {
    let with_cli = builder.uses_cli()?;
    let toolchain = Toolchain::decide(&workspace.root)?;
    fs::create_dir_all(out_dir).with_context(|| out_dir.display().to_string())?;
    let mut rows = Vec::new();
    for contract in contracts {
        let wasm = if with_cli {
            build_with_cli(workspace, contract, network, &toolchain)
        } else {
            build_alone(workspace, contract, network, &toolchain)
        };
        let wasm = wasm.with_context(|| contract.name.clone())?;
        check_size(&wasm).with_context(|| contract.name.clone())?;
        spec::verify(&wasm).with_context(|| contract.name.clone())?;
        place(&out_dir.join(contract.wasm_file()), &wasm)?;
        rows.push(Row::of(contract, &wasm)?);
    }
    let shown = out_dir.strip_prefix(&workspace.root).unwrap_or(out_dir);
    let who = if with_cli {
        "the Stellar CLI"
    } else {
        "cargo xtask"
    };
    println!("{}, built by {who}", shown.display());
    print!("{}", table(&rows));
    Ok(())
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

/// Writes a file whole or not at all, and not when it is that already.
fn place(path: &Path, wasm: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == wasm) {
        return Ok(());
    }
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&unfinished, wasm).with_context(|| unfinished.display().to_string())?;
    fs::rename(&unfinished, path).with_context(|| path.display().to_string())
}

struct Row {
    contract: String,
    size: usize,
    code_size: usize,
    sha256: String,
}

impl Row {
    fn of(contract: &Contract, wasm: &[u8]) -> Result<Self> {
        let mut sha256 = String::new();
        for byte in Sha256::digest(wasm) {
            write!(sha256, "{byte:02x}")?;
        }
        Ok(Self {
            contract: contract.name.clone(),
            size: wasm.len(),
            code_size: shake::size_without_custom_sections(wasm)?,
            sha256,
        })
    }
}

fn table(rows: &[Row]) -> String {
    let width = rows
        .iter()
        .map(|row| row.contract.len())
        .max()
        .unwrap_or(0)
        .max("contract".len());
    let mut text = format!(
        "{:width$}  {:>8}  {:>14}  sha256\n",
        "contract", "bytes", "without custom"
    );
    for row in rows {
        let Row {
            contract,
            size,
            code_size,
            sha256,
        } = row;
        text += &format!("{contract:width$}  {size:>8}  {code_size:>14}  {sha256}\n");
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
            sha256: "ab".repeat(32),
        };
        let text = table(&[row("deals", 41_000), row("reputation", 9_999)]);
        let columns: Vec<_> = text
            .lines()
            .map(|line| line.find(" ab").or(line.find(" sha")))
            .collect();
        assert_eq!(columns, [columns[0]; 3]);
        assert!(text.contains("reputation      9999            9499  abab"));
    }
}
