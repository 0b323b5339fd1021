//! Builds contracts to Wasm, by the repository's own small builder or by the Stellar CLI.
//!
//! Both run cargo with the same arguments and shake the spec by the same rules. The own builder runs
//! no optimiser: whether one is installed, and which, would change the bytes from machine to machine.
//! Wasm that is published comes from the Stellar CLI.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, Context, Result};
use sha2::{Digest, Sha256};

use crate::contract::{cargo, Contract, Workspace};
use crate::shake;
use crate::spec;
use crate::toolchain::Toolchain;

const TARGET: &str = "wasm32v1-none";
const CLI: &str = "stellar";
const CLI_MAJOR: u32 = 28;

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

    fn feature_args(self) -> &'static [&'static str] {
        match self {
            Self::Test => &[],
            Self::Main => &["--no-default-features"],
        }
    }
}

/// Who compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builder {
    Own,
    Cli,
    Auto,
}

impl Builder {
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "own" => Ok(Self::Own),
            "cli" => Ok(Self::Cli),
            "auto" => Ok(Self::Auto),
            other => bail!("no builder {other}; there are own, cli and auto"),
        }
    }

    fn uses_cli(self) -> Result<bool> {
        let installed = cli_version();
        let usable = installed.is_some_and(|major| major >= CLI_MAJOR);
        match self {
            Self::Own => Ok(false),
            Self::Auto => Ok(usable),
            Self::Cli if usable => Ok(true),
            Self::Cli => {
                bail!("no Stellar CLI {CLI_MAJOR} or newer on the PATH; see `make setup-cli`")
            }
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

fn build_alone(
    workspace: &Workspace,
    contract: &Contract,
    network: Network,
    toolchain: &Toolchain,
) -> Result<Vec<u8>> {
    let mut command = cargo();
    toolchain.apply(&mut command);
    command
        .current_dir(&workspace.root)
        .args(["rustc", "--quiet", "--locked", "--release", "--crate-type=cdylib"])
        .arg(format!("--target={TARGET}"))
        .arg("--manifest-path")
        .arg(&contract.manifest)
        .arg("--target-dir")
        .arg(&workspace.target_dir)
        .args(network.feature_args())
        // The SDK refuses to build without the promise that the spec gets shaken.
        .env("SOROBAN_SDK_BUILD_SYSTEM_SUPPORTS_SPEC_SHAKING_V2", "1");
    if let Some(flags) = remap_flags()? {
        command.env("CARGO_BUILD_RUSTFLAGS", flags);
    }
    run(&mut command)?;
    let artifact = workspace
        .target_dir
        .join(TARGET)
        .join("release")
        .join(contract.artifact());
    let wasm = fs::read(&artifact).with_context(|| artifact.display().to_string())?;
    shake::shake(&wasm)
}

fn build_with_cli(
    workspace: &Workspace,
    contract: &Contract,
    network: Network,
    toolchain: &Toolchain,
) -> Result<Vec<u8>> {
    let out_dir = workspace.target_dir.join("wasm-cli");
    let mut command = Command::new(CLI);
    toolchain.apply(&mut command);
    command
        .current_dir(&workspace.root)
        .args([
            "contract",
            "build",
            "--locked",
            "--package",
            &contract.package,
        ])
        .args(network.feature_args())
        .arg("--manifest-path")
        .arg(&contract.manifest)
        .arg("--out-dir")
        .arg(&out_dir);
    run(&mut command)?;
    let artifact = out_dir.join(contract.artifact());
    fs::read(&artifact).with_context(|| artifact.display().to_string())
}

/// Flags that keep this machine's path to cargo's registry out of the Wasm, so that two machines
/// with one toolchain build the same bytes. `None` where the caller's own flags rule.
fn remap_flags() -> Result<Option<String>> {
    // Cargo prefers these over what is set here: the user has taken over.
    if ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"]
        .iter()
        .any(|key| std::env::var_os(key).is_some())
    {
        return Ok(None);
    }
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => {
            let user = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
            PathBuf::from(user.context("neither CARGO_HOME nor HOME is set")?).join(".cargo")
        }
    };
    let sources = home.join("registry").join("src");
    let sources = sources
        .to_str()
        .context("the path of cargo's home is not Unicode")?;
    if sources.contains(char::is_whitespace) {
        bail!("set CARGO_HOME to a path without spaces: {sources} cannot be given to the compiler");
    }
    let own = std::env::var("CARGO_BUILD_RUSTFLAGS").unwrap_or_default();
    Ok(Some(
        format!("{own} --remap-path-prefix={sources}=")
            .trim_start()
            .to_owned(),
    ))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} failed ({status})");
    }
    Ok(())
}

fn cli_version() -> Option<u32> {
    let output = Command::new(CLI).arg("--version").output().ok()?;
    major_version(&String::from_utf8_lossy(&output.stdout))
}

/// 28 of `stellar 28.1.0 (…)`.
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.split_whitespace().nth(1)?;
    version.split('.').next()?.parse().ok()
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
    fn the_clis_major_version_is_read_from_its_answer() {
        assert_eq!(
            major_version("stellar 28.1.0 (4ea5b8)\nstellar-xdr 28.0.0"),
            Some(28)
        );
        assert_eq!(major_version("stellar"), None);
        assert_eq!(major_version(""), None);
    }

    #[test]
    fn a_builder_has_one_of_three_names() {
        assert_eq!(Builder::parse("auto").unwrap(), Builder::Auto);
        assert!(Builder::parse("make").is_err());
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
