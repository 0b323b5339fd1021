//! `deployments/<network>.json`: what is deployed where. The scripts over the Stellar CLI write and
//! read the same file.

use crate::{Address, Client, Deals, Error, Escrow, Registry, Reputation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fs, path::Path};
use stellar_xdr::{AccountId, ContractId, Hash};

/// Version of the file's shape.
pub const SCHEMA: u32 = 1;

/// What is deployed on one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `local`, `testnet`, `mainnet`; the name of the file.
    pub network: String,
    pub passphrase: String,
    /// From this account and the salt the ids follow.
    pub deployer: AccountId,
    /// Text; see [`crate::salt_of`].
    pub salt: String,
    pub owner: Address,
    /// As the constructor got it; who reports now is told by `deals.get_config`.
    pub oracle: Option<Address>,
    pub upgrade_delay_secs: u64,
    pub asset: DeployedAsset,
    /// By name: `deals`, `escrow`, `registry`, `reputation`. While a deployment is broken off, those
    /// that are made already.
    pub contracts: BTreeMap<String, DeployedContract>,
    /// What other tools note: git revision, versions. It stays when the file is written again.
    #[serde(flatten)]
    pub notes: Map<String, Value>,
}

/// The stable asset that deals are paid in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedAsset {
    pub contract: ContractId,
    /// Of a classic asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<AccountId>,
}

/// One contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeployedContract {
    pub id: ContractId,
    /// SHA-256 of the Wasm that it was made of.
    pub wasm_hash: Hash,
    /// The ledger that it was made in.
    pub ledger: u32,
    /// The transaction that made it; absent where it was found on the ledger already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Hash>,
    /// Constructor arguments by name, as the Stellar CLI takes them.
    pub args: Map<String, Value>,
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
        let draft = path.with_extension("json.new");
        fs::write(&draft, text + "\n").map_err(in_file)?;
        fs::rename(&draft, path).map_err(in_file)
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

    /// The four contracts, ready to be called.
    ///
    /// # Errors
    /// Where one is not deployed yet.
    pub fn market(&self) -> Result<Market, Error> {
        Ok(Market {
            deals: Deals::new(self.id("deals")?),
            escrow: Escrow::new(self.id("escrow")?),
            registry: Registry::new(self.id("registry")?),
            reputation: Reputation::new(self.id("reputation")?),
            asset: self.asset.contract.clone(),
        })
    }
}

/// The four contracts and the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    pub deals: Deals,
    pub escrow: Escrow,
    pub registry: Registry,
    pub reputation: Reputation,
    pub asset: ContractId,
}

impl Market {
    /// The asset's contract, as others are told it.
    pub fn asset_address(&self) -> Address {
        Address::Contract(self.asset.clone())
    }

    /// Checks that each contract names the others, and owner and delay are those of the deployment.
    ///
    /// # Errors
    /// [`Error::Mismatch`] that names the first thing that is not as it should be.
    pub async fn verify(&self, client: &Client, expected: &Deployment) -> Result<(), Error> {
        let deals = client.read(&self.deals.get_config()).await?;
        let escrow = client.read(&self.escrow.get_config()).await?;
        let registry = client.read(&self.registry.get_config()).await?;
        let reputation = client.read(&self.reputation.get_config()).await?;
        for (what, found, wanted) in [
            ("deals.registry", &deals.registry, self.registry.address()),
            ("deals.escrow", &deals.escrow, self.escrow.address()),
            (
                "deals.reputation",
                &deals.reputation,
                self.reputation.address(),
            ),
            ("registry.deals", &registry.deals, self.deals.address()),
            (
                "registry.reputation",
                &registry.reputation,
                self.reputation.address(),
            ),
            ("escrow.deals", &escrow.deals, self.deals.address()),
            (
                "escrow.stable_asset",
                &escrow.stable_asset,
                self.asset_address(),
            ),
            ("reputation.deals", &reputation.deals, self.deals.address()),
        ] {
            same(what, found, &wanted)?;
        }
        for (name, admin) in [
            ("deals", &deals.admin),
            ("escrow", &escrow.admin),
            ("registry", &registry.admin),
            ("reputation", &reputation.admin),
        ] {
            let owner = admin
                .owner
                .as_ref()
                .unwrap_or(&self.asset_address())
                .clone();
            same(&format!("{name}.owner"), &owner, &expected.owner)?;
            let (found, wanted) = (admin.upgrade_delay_secs, expected.upgrade_delay_secs);
            same(&format!("{name}.upgrade_delay_secs"), &found, &wanted)?;
        }
        Ok(())
    }
}

fn same<T: PartialEq + std::fmt::Display>(what: &str, found: &T, wanted: &T) -> Result<(), Error> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::Mismatch(format!(
        "{what} is {found}, expected {wanted}"
    )))
}
