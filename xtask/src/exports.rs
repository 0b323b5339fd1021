//! Checks that Wasm for main networks lacks the functions of test networks, and only those.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};

use crate::contract::{Contract, Workspace};
use crate::shake;
use crate::wasm::Network;

/// The functions that exist on test networks only, by contract. A new one has to be added here.
/// One that appears in mainnet Wasm fails the check.
const TEST_FUNCTIONS: [(&str, &[&str]); 1] = [("escrow", &["change_asset_admin", "test_faucet"])];

/// Compares both builds of every contract.
pub fn check(workspace: &Workspace) -> Result<()> {
    let contracts = workspace.contracts()?;
    if contracts.is_empty() {
        bail!("there are no contracts to check");
    }
    for contract in &contracts {
        let on_test = read(workspace, contract, Network::Test)?;
        let on_main = read(workspace, contract, Network::Main)?;
        compare(&contract.name, &on_test, &on_main)?;
    }
    println!(
        "exports: the mainnet Wasm of {} contracts has no test function",
        contracts.len()
    );
    Ok(())
}

fn read(workspace: &Workspace, contract: &Contract, network: Network) -> Result<BTreeSet<String>> {
    let path = workspace
        .target_dir
        .join(network.out_dir())
        .join(contract.wasm_file());
    read_exports(&path).with_context(|| path.display().to_string())
}

fn read_exports(path: &Path) -> Result<BTreeSet<String>> {
    let wasm = fs::read(path).context("run `make build build-mainnet` first")?;
    Ok(shake::exported_functions(&wasm)?.into_iter().collect())
}

fn compare(contract: &str, on_test: &BTreeSet<String>, on_main: &BTreeSet<String>) -> Result<()> {
    let listed: BTreeSet<_> = TEST_FUNCTIONS
        .iter()
        .filter(|(name, _)| *name == contract)
        .flat_map(|(_, functions)| functions.iter().map(|function| (*function).to_owned()))
        .collect();
    if let Some(function) = listed.intersection(on_main).next() {
        bail!("{contract}: the mainnet Wasm exports the test function {function}");
    }
    if let Some(function) = on_main.difference(on_test).next() {
        bail!("{contract}: {function} exists in the mainnet Wasm only");
    }
    let absent: BTreeSet<_> = on_test.difference(on_main).cloned().collect();
    if absent != listed {
        bail!("{contract}: mainnet Wasm lacks {absent:?}, but {listed:?} was expected");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    const ON_TEST: [&str; 3] = ["change_asset_admin", "push", "test_faucet"];

    #[test]
    fn mainnet_without_exactly_the_test_functions_passes() {
        compare("escrow", &set(&ON_TEST), &set(&["push"])).unwrap();
        compare("deals", &set(&["settle"]), &set(&["settle"])).unwrap();
    }

    #[test]
    fn a_test_function_on_mainnet_is_refused() {
        let error = compare("escrow", &set(&ON_TEST), &set(&["push", "test_faucet"])).unwrap_err();
        assert!(error
            .to_string()
            .contains("exports the test function test_faucet"));
    }

    #[test]
    fn a_test_function_that_nobody_listed_is_refused() {
        assert!(compare("deals", &set(&["settle", "warp"]), &set(&["settle"])).is_err());
    }

    #[test]
    fn a_function_that_is_missing_on_mainnet_is_refused() {
        assert!(compare("escrow", &set(&ON_TEST), &set(&[])).is_err());
    }

    #[test]
    fn a_function_for_mainnet_alone_is_refused() {
        assert!(compare("deals", &set(&["settle"]), &set(&["settle", "sweep"])).is_err());
    }
}
