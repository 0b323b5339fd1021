//! Deploys the contracts, natively or from Wasm. Addresses are computed in advance, so the
//! contracts can name each other in their constructors without a separate set-up step.

use std::{
    env::var_os,
    fs,
    path::{Path, PathBuf},
};

use flash_deals::Deals;
use flash_escrow::Escrow;
use flash_interfaces::deals::{Policy, SlaTiers};
use flash_mandates::Mandates;
use flash_registry::Registry;
use flash_reputation::Reputation;
use soroban_sdk::{
    testutils::{Address as _, Register},
    Address, Bytes, BytesN, ConstructorArgs, ContractExecutable, Env,
};

use crate::{DAY, HOUR, USD};

/// If this variable is set, the contracts are deployed from the Wasm in that directory.
pub const WASM_DIR: &str = "FLASH_WASM_DIR";
/// The names of the contracts, which are also those of their Wasm.
pub const CONTRACTS: [&str; 5] = ["registry", "deals", "escrow", "reputation", "mandates"];
/// The value in production.
pub const UPGRADE_DELAY_SECS: u64 = 21 * DAY;

/// Addresses of the contracts.
#[derive(Clone)]
pub struct Addresses {
    pub registry: Address,
    pub deals: Address,
    pub escrow: Address,
    pub reputation: Address,
    pub mandates: Address,
}

/// The constructor arguments of the contracts.
pub struct Plan<'a> {
    pub owner: &'a Address,
    pub oracle: Option<&'a Address>,
    pub asset: &'a Address,
    pub policy: &'a Policy,
    /// The directory of the Wasm; native code if `None`.
    pub wasm_dir: Option<&'a Path>,
}

/// The first policy in production.
pub fn default_policy() -> Policy {
    Policy {
        accept_window_secs: 3 * DAY,
        fund_window_secs: 3 * DAY,
        notice_secs: 7 * DAY,
        grace_secs: 3 * DAY,
        final_window_secs: 3 * DAY,
        silence_secs: 3 * DAY,
        min_runway_secs: 7 * DAY,
        min_fund: USD,
        min_window_secs: 12 * HOUR,
        critical_limit: 3,
        fee_bps: 200,
        sla: SlaTiers {
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
        },
    }
}

/// The directory of the Wasm if the tests run on Wasm.
pub fn wasm_dir() -> Option<PathBuf> {
    var_os(WASM_DIR).map(PathBuf::from)
}

/// Deploys all of them. The owner is the deployer.
pub fn deploy(env: &Env, plan: &Plan) -> Addresses {
    let site = Site {
        env,
        deployer: Address::generate(env),
        wasm_dir: plan.wasm_dir,
    };
    let at = Addresses {
        registry: site.address("registry"),
        deals: site.address("deals"),
        escrow: site.address("escrow"),
        reputation: site.address("reputation"),
        mandates: site.address("mandates"),
    };
    let (owner, delay) = (plan.owner, UPGRADE_DELAY_SECS);
    let oracle = plan.oracle.cloned();
    site.deploy(
        "deals",
        Deals,
        (
            owner,
            oracle,
            &at.registry,
            &at.escrow,
            &at.reputation,
            plan.policy,
            delay,
        ),
    );
    let links = (owner, &at.deals, &at.reputation, delay);
    site.deploy("registry", Registry, links);
    site.deploy("escrow", Escrow, (owner, &at.deals, plan.asset, delay));
    site.deploy("reputation", Reputation, (owner, &at.deals, delay));
    let links = (owner, &at.deals, &at.escrow, delay);
    site.deploy("mandates", Mandates, links);
    at
}

/// Uploads the current code of a contract for an upgrade: Wasm if the tests run on Wasm, otherwise
/// native code.
pub fn upload(env: &Env, contract: &str) -> BytesN<32> {
    let Some(dir) = wasm_dir() else {
        return match contract {
            "registry" => env.upload(Registry),
            "deals" => env.upload(Deals),
            "escrow" => env.upload(Escrow),
            "reputation" => env.upload(Reputation),
            "mandates" => env.upload(Mandates),
            other => panic!("no contract {other}"),
        };
    };
    let wasm = Bytes::from_slice(env, &read_wasm(&dir, contract));
    env.deployer().upload_contract_wasm(wasm)
}

/// The deployer.
struct Site<'a> {
    env: &'a Env,
    deployer: Address,
    wasm_dir: Option<&'a Path>,
}

impl Site<'_> {
    /// The address, computed from deployer and salt before anything is deployed.
    fn address(&self, contract: &str) -> Address {
        self.deployer_for(contract).deployed_address()
    }

    fn deployer_for(&self, contract: &str) -> soroban_sdk::deploy::DeployerWithAddress {
        let salt = self
            .env
            .crypto()
            .sha256(&Bytes::from_slice(self.env, contract.as_bytes()));
        self.env
            .deployer()
            .with_address(self.deployer.clone(), salt.to_bytes())
    }

    fn deploy(&self, contract: &str, native: impl Register, args: impl ConstructorArgs) {
        let Some(dir) = self.wasm_dir else {
            self.env.register_at(&self.address(contract), native, args);
            return;
        };
        let wasm = read_wasm(dir, contract);
        let hash: BytesN<32> = self
            .env
            .deployer()
            .upload_contract_wasm(Bytes::from_slice(self.env, &wasm));
        // The network decides who may deploy at these addresses; that is not tested here.
        self.env.mock_all_auths();
        let deployed = self
            .deployer_for(contract)
            .deploy_contract(ContractExecutable::Wasm(hash), args);
        self.env.set_auths(&[]);
        assert_eq!(deployed, self.address(contract));
    }
}

/// The Wasm of a contract. A test that should run on Wasm fails if the Wasm is missing.
fn read_wasm(dir: &Path, contract: &str) -> Vec<u8> {
    let path = dir.join(format!("{contract}.wasm"));
    fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{WASM_DIR} is set, but {}: {error}; run `make build`",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "FLASH_WASM_DIR is set, but nowhere/escrow.wasm")]
    fn wasm_that_is_not_there_is_a_failure() {
        read_wasm(Path::new("nowhere"), "escrow");
    }
}
