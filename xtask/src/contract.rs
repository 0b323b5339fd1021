//! The contracts of the repository and where they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, Context, Result};
use serde_json::Value;

/// The checkout that this program was started from.
pub struct Workspace {
    pub root: PathBuf,
    pub target_dir: PathBuf,
}

/// A package that builds to Wasm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The folder's name, and the name of the Wasm file: `deals`.
    pub name: String,
    /// Cargo's package: `flash-deals`.
    pub package: String,
    pub manifest: PathBuf,
}

impl Contract {
    /// The name of the file that cargo writes.
    pub fn artifact(&self) -> String {
        format!("{}.wasm", self.package.replace('-', "_"))
    }

    /// The name of the file that tests and scripts read.
    pub fn wasm_file(&self) -> String {
        format!("{}.wasm", self.name)
    }
}

impl Workspace {
    pub fn locate() -> Result<Self> {
        // `cargo run` sets it. The path at compile time would be wrong in a checkout that was moved.
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let root = match Path::new(&xtask).parent() {
            Some(root) => root.to_path_buf(),
            None => bail!("no folder above {}", Path::new(&xtask).display()),
        };
        let metadata = metadata(&root.join("Cargo.toml"))?;
        let target_dir = field(&metadata, "target_directory")?.into();
        Ok(Self { root, target_dir })
    }

    /// The contracts of the marketplace: each folder of `contracts/`.
    pub fn contracts(&self) -> Result<Vec<Contract>> {
        self.below("contracts")
    }

    /// Contracts that only the tests deploy: each folder of `integration-tests/contracts/`.
    pub fn test_contracts(&self) -> Result<Vec<Contract>> {
        self.below("integration-tests/contracts")
    }

    fn below(&self, folder: &str) -> Result<Vec<Contract>> {
        let folder = self.root.join(folder);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut contracts = Vec::new();
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let manifest = entry?.path().join("Cargo.toml");
            if manifest.exists() {
                contracts.push(read_contract(&manifest)?);
            }
        }
        contracts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(contracts)
    }
}

/// All of `contracts`, or the one named `only`.
pub fn select(contracts: Vec<Contract>, only: Option<&str>) -> Result<Vec<Contract>> {
    if contracts.is_empty() {
        bail!("there are no contracts to build");
    }
    let Some(only) = only else {
        return Ok(contracts);
    };
    let known: Vec<_> = contracts.iter().map(|c| c.name.clone()).collect();
    let selected: Vec<_> = contracts.into_iter().filter(|c| c.name == only).collect();
    if selected.is_empty() {
        bail!("no contract {only}; there are: {}", known.join(", "));
    }
    Ok(selected)
}

fn read_contract(manifest: &Path) -> Result<Contract> {
    let name = manifest
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned())
        .with_context(|| format!("{} lies in no folder", manifest.display()))?;
    let metadata = metadata(manifest)?;
    let path = manifest.to_string_lossy();
    let package = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["manifest_path"] == *path)
        .with_context(|| format!("cargo metadata does not list {path}"))?;
    if !builds_cdylib(package) {
        bail!("{path} needs crate-type = [\"cdylib\", \"rlib\"] to build as a contract");
    }
    Ok(Contract {
        name,
        package: field(package, "name")?.to_owned(),
        manifest: manifest.to_path_buf(),
    })
}

fn builds_cdylib(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    targets
        .filter_map(|target| target["crate_types"].as_array())
        .flatten()
        .any(|kind| kind == "cdylib")
}

fn metadata(manifest: &Path) -> Result<Value> {
    let output = cargo()
        .args([
            "metadata",
            "--no-deps",
            "--format-version=1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata answered no JSON")
}

fn field<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name]
        .as_str()
        .with_context(|| format!("cargo metadata has no {name}"))
}

/// The cargo that started this program, so that both belong to one toolchain.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(name: &str) -> Contract {
        Contract {
            name: name.to_owned(),
            package: format!("flash-{name}"),
            manifest: PathBuf::from(name),
        }
    }

    #[test]
    fn a_package_name_becomes_the_file_names() {
        assert_eq!(contract("deals").artifact(), "flash_deals.wasm");
        assert_eq!(contract("deals").wasm_file(), "deals.wasm");
    }

    #[test]
    fn select_takes_all_or_the_named_one() {
        let all = vec![contract("deals"), contract("escrow")];
        assert_eq!(select(all.clone(), None).unwrap(), all);
        assert_eq!(select(all, Some("escrow")).unwrap(), [contract("escrow")]);
    }

    #[test]
    fn select_names_what_there_is_when_asked_for_something_else() {
        let error = select(vec![contract("deals"), contract("escrow")], Some("bank")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no contract bank; there are: deals, escrow"
        );
        assert!(select(Vec::new(), None).is_err());
    }
}
