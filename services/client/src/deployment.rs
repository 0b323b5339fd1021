//! `deployments/<network>.json`: what is deployed where. The scripts over the Stellar CLI write and
//! read the same file.

use crate::{Contract, Error, Market};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use stellar_xdr::{AccountId, ContractId, Hash};

/// Version of the file's shape.
pub const SCHEMA: u32 = 1;

/// What is deployed on one network: the form of `deployments/schema.json`, told in
/// `deployments/README.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The name of the file.
    pub network: String,
    pub kind: Kind,
    pub network_passphrase: String,
    /// Where it was deployed; any other of the same network will do.
    pub rpc_url: String,
    /// From this account and the salts the ids follow.
    pub deployer: AccountId,
    /// From this and a contract's name its salt follows.
    pub salt_label: String,
    pub asset: DeployedAsset,
    /// By name: `deals`, `escrow`, `mandates`, `registry`, `reputation`.
    pub contracts: BTreeMap<String, DeployedContract>,
    /// Oldest first.
    pub upgrades: Vec<Upgrade>,
    /// 40 hexadecimal digits, or `unknown`.
    pub git_revision: String,
    /// Whether there were uncommitted changes.
    pub git_dirty: bool,
    /// `deployed_by`, and versions.
    pub tools: BTreeMap<String, String>,
}

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// With the faucet.
    Test,
    /// Wasm without the functions of test networks.
    Main,
}

/// The stable asset that deals are paid in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedAsset {
    /// Of a classic asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<AccountId>,
    pub contract_id: ContractId,
    /// Where and with what its contract was made; `None` where it was there before.
    pub ledger: Option<u32>,
    pub tx_hash: Option<Hash>,
}

/// One contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedContract {
    pub id: ContractId,
    pub salt: Hash,
    /// SHA-256 of the Wasm that runs now.
    pub wasm_hash: Hash,
    /// SHA-256 of the Wasm that it was made of.
    pub deployed_wasm_hash: Hash,
    pub version: String,
    /// Where and with what it was made; `None` where it was found on the ledger.
    pub ledger: Option<u32>,
    pub tx_hash: Option<Hash>,
    /// Arguments by name, as the Stellar CLI takes them.
    pub constructor: Map<String, Value>,
}

/// An upgrade of one contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    pub contract: String,
    pub from_wasm_hash: Hash,
    pub wasm_hash: Hash,
    pub ledger: Option<u32>,
    pub tx_hash: Option<Hash>,
    pub git_revision: String,
}

impl Deployment {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it cannot be read, or is no deployment of this schema.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        let of = |what: String| Error::Config(format!("{}: {what}", path.display()));
        let deployment: Self =
            serde_json::from_str(&text).map_err(|error| of(error.to_string()))?;
        if deployment.schema != SCHEMA {
            let schema = deployment.schema;
            return Err(of(format!("schema {schema}, expected {SCHEMA}")));
        }
        Ok(deployment)
    }

    /// Writes the file: whole, or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let in_file = |source| Error::File {
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder).map_err(in_file)?;
        }
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::Config(format!("the deployment: {error}")))?;
        let draft = beside(path, "new");
        fs::write(&draft, text + "\n").map_err(in_file)?;
        fs::rename(&draft, path).map_err(in_file)
    }

    /// Whether all contracts are made. A deployment that was broken off is kept in a file of its own
    /// until they are: `.<network>.json.part`, beside the one that readers look for.
    pub fn is_whole(&self) -> bool {
        let mut contracts = Contract::ALL.into_iter();
        contracts.all(|contract| self.contracts.contains_key(contract.name()))
    }

    /// The id of a contract by its name.
    ///
    /// # Errors
    /// Where it is not deployed yet.
    pub fn id(&self, name: &str) -> Result<ContractId, Error> {
        let contract = self.contracts.get(name);
        let missing = || {
            let network = &self.network;
            Error::Config(format!(
                "{name} is not deployed on {network}: deploy it first"
            ))
        };
        contract.map(|found| found.id.clone()).ok_or_else(missing)
    }

    /// The contracts, ready to be called.
    ///
    /// # Errors
    /// Where one is not deployed yet.
    pub fn market(&self) -> Result<Market, Error> {
        let asset = self.asset.contract_id.clone();
        Market::new(asset, |contract| self.id(contract.name()))
    }
}

/// A file beside another, which is ignored by git and by readers.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{suffix}"))
}
