//! The two ways from a contract's source to its Wasm: the own builder and the Stellar CLI.
//!
//! Both give the same bytes: they run cargo with the same arguments, write the same metadata, shake the
//! spec by the same rules and optimise with the same version of `wasm-opt`. `cargo xtask builders` checks
//! it. The own builder is there because the CLI takes minutes to compile; published Wasm comes from the CLI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, Context, Result};

use crate::contract::{cargo, Contract, Workspace};
use crate::shake;
use crate::toolchain::Toolchain;
use crate::wasm::Network;

const TARGET: &str = "wasm32v1-none";
const CLI: &str = "stellar";
/// The Stellar CLI that publishes, as it writes itself into the Wasm: `<version>#<revision>`.
const CLI_VERSION: &str = include_str!("../../scripts/stellar-cli-version.txt");

/// The program that builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builder {
    Own,
    Cli,
}

impl Builder {
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "own" => Ok(Self::Own),
            "cli" => Ok(Self::Cli),
            other => bail!("no builder {other}; there are own and cli"),
        }
    }

    /// Fails unless the Stellar CLI that is installed is the one whose bytes are reproduced.
    pub fn require(self) -> Result<()> {
        if self == Self::Own {
            return Ok(());
        }
        let wanted = CLI_VERSION.trim_end();
        let installed =
            installed_cli().context("no Stellar CLI on the PATH; see `make setup-cli`")?;
        if installed != wanted {
            bail!("the Stellar CLI on the PATH is {installed}, and other bytes come from it than from {wanted}");
        }
        Ok(())
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "cargo xtask",
            Self::Cli => "the Stellar CLI",
        }
    }
}

/// What a builder made of a contract.
pub struct Built {
    pub wasm: Vec<u8>,
    /// Whether the builder optimised it.
    pub is_optimised: bool,
}

/// Builds with cargo, adds the metadata of the CLI whose rules it follows, and shakes the result.
pub fn build_alone(
    workspace: &Workspace,
    contract: &Contract,
    network: Network,
    toolchain: &Toolchain,
) -> Result<Built> {
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
        // The SDK refuses to build unless the builder promises to shake the spec.
        .env("SOROBAN_SDK_BUILD_SYSTEM_SUPPORTS_SPEC_SHAKING_V2", "1");
    if let Some(flags) = remap_flags()? {
        command.env("CARGO_BUILD_RUSTFLAGS", flags);
    }
    run(&mut command)?;
    let compiled = read(&cargos_artifact(workspace, contract))?;
    let stamped = shake::add_meta(&compiled, "cliver", CLI_VERSION.trim_end())?;
    Ok(Built {
        wasm: shake::shake(&stamped)?,
        is_optimised: false,
    })
}

/// The file that cargo writes. The CLI shakes it in place.
fn cargos_artifact(workspace: &Workspace, contract: &Contract) -> PathBuf {
    let release = workspace.target_dir.join(TARGET).join("release");
    release.join(contract.artifact())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Builds with `stellar contract build`, which shakes, and optimises if it was installed with its optimiser.
pub fn build_with_cli(
    workspace: &Workspace,
    contract: &Contract,
    network: Network,
    toolchain: &Toolchain,
) -> Result<Built> {
    let out_dir = workspace.target_dir.join("wasm-cli");
    let mut command = Command::new(CLI);
    toolchain.apply(&mut command);
    command
        .current_dir(&workspace.root)
        .args([
            "contract",
            "build",
            "--quiet",
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
    let wasm = read(&out_dir.join(contract.artifact()))?;
    // A CLI that was installed without its optimiser only copies what cargo built.
    let is_optimised = wasm != read(&cargos_artifact(workspace, contract))?;
    Ok(Built { wasm, is_optimised })
}

/// Flags that keep this machine's path to cargo's registry out of the Wasm, so that two machines
/// with one toolchain build the same bytes. `None` if the caller set flags that take precedence.
fn remap_flags() -> Result<Option<String>> {
    // Cargo prefers these over the flags that are set here.
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

fn installed_cli() -> Option<String> {
    let output = Command::new(CLI).arg("--version").output().ok()?;
    version_and_revision(&String::from_utf8_lossy(&output.stdout))
}

/// `28.1.0#4ea5b8` of `stellar 28.1.0 (4ea5b8)`.
fn version_and_revision(answer: &str) -> Option<String> {
    let mut words = answer.lines().next()?.split_whitespace().skip(1);
    let version = words.next()?;
    let revision = words.next().unwrap_or_default();
    let revision = revision.trim_matches(['(', ')']);
    Some(format!("{version}#{revision}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clis_version_and_revision_are_read_from_its_answer() {
        let of = |answer| version_and_revision(answer);
        assert_eq!(
            of("stellar 28.1.0 (4ea5b8)\nstellar-xdr 28.0.0 (77)").as_deref(),
            Some("28.1.0#4ea5b8")
        );
        assert_eq!(
            of("stellar 28.1.0\nstellar-xdr 28.0.0").as_deref(),
            Some("28.1.0#")
        );
        assert_eq!(of("stellar"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_builder_has_one_of_two_names() {
        assert_eq!(Builder::parse("cli").unwrap(), Builder::Cli);
        assert!(Builder::parse("make").is_err());
    }
}
