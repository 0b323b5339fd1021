//! Deployment of the four contracts, at addresses that are known beforehand: that closes the circle
//! of their constructors without a step in which somebody could interfere.

use crate::{
    deployment::{DeployedAsset, DeployedContract, Deployment, SCHEMA},
    job::{asset_contract_id, salted_contract_id, Job},
    scval::{FromScVal, ToScVal},
    types::{Policy, SlaTiers},
    Address, Call, Client, Error, Signer,
};
use serde_json::{json, Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use stellar_xdr::{
    AccountId, Asset, AssetCode, ContractDataDurability, ContractExecutable, ContractId, Hash,
    LedgerEntryData, LedgerKey, LedgerKeyContractCode, LedgerKeyContractData, ScVal,
};

/// The contracts, in the order in which they are made.
pub const CONTRACTS: [&str; 4] = ["reputation", "registry", "escrow", "deals"];
/// The variable that names the folder with the Wasm, as the contracts' own tests read it.
pub const WASM_DIR: &str = "FLASH_WASM_DIR";
/// As in production.
pub const UPGRADE_DELAY_SECS: u64 = 21 * 86_400;
/// The salt where nothing else is said.
pub const SALT: &str = "flashonstellar";

/// The policy that production starts with.
pub fn default_policy() -> Policy {
    const HOUR: u64 = 3_600;
    const DAY: u64 = 24 * HOUR;
    Policy {
        accept_window_secs: 3 * DAY,
        fund_window_secs: 3 * DAY,
        notice_secs: 7 * DAY,
        grace_secs: 3 * DAY,
        final_window_secs: 3 * DAY,
        silence_secs: 3 * DAY,
        min_runway_secs: DAY,
        min_fund: 1_0000000,
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

/// The salt of one contract: SHA-256 of `<salt>/<contract>`.
pub fn salt_of(salt: &str, contract: &str) -> [u8; 32] {
    Sha256::digest(format!("{salt}/{contract}")).into()
}

/// The ids of the four contracts, before anything is deployed.
pub fn contract_ids(
    deployer: &AccountId,
    salt: &str,
    network_id: [u8; 32],
) -> BTreeMap<&'static str, ContractId> {
    let id = |name| salted_contract_id(deployer, salt_of(salt, name), network_id);
    CONTRACTS.iter().map(|&name| (name, id(name))).collect()
}

/// What deals are paid in.
#[derive(Clone, Debug)]
pub enum StableAsset {
    /// A token that is there already.
    Existing(ContractId),
    /// A classic asset of test networks. Its contract is made where there is none, and with `faucet`
    /// the escrow becomes its administrator, so that `test_faucet` can mint.
    Issued {
        code: String,
        issuer: Signer,
        faucet: bool,
    },
}

/// What to deploy.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Goes into the file: `local`, `testnet`.
    pub network: String,
    /// Pays, and with the salt determines the ids.
    pub deployer: Signer,
    pub salt: String,
    pub owner: Address,
    pub oracle: Option<Address>,
    pub asset: StableAsset,
    pub policy: Policy,
    pub upgrade_delay_secs: u64,
    /// The folder with `deals.wasm` and so on.
    pub wasm_dir: PathBuf,
}

impl Plan {
    /// The plan of a test network: the deployer owns the contracts and has the oracle's role until
    /// there is one; the asset is a test USDC with a faucet.
    pub fn new(network: &str, deployer: Signer, issuer: Signer, wasm_dir: PathBuf) -> Self {
        Self {
            network: network.to_owned(),
            salt: SALT.to_owned(),
            owner: deployer.address(),
            deployer,
            oracle: None,
            asset: StableAsset::Issued {
                code: "USDC".to_owned(),
                issuer,
                faucet: true,
            },
            policy: default_policy(),
            upgrade_delay_secs: UPGRADE_DELAY_SECS,
            wasm_dir,
        }
    }
}

/// The folder that `FLASH_WASM_DIR` names, or `target/wasm` above the folder `from`.
///
/// # Errors
/// Where the Wasm is in neither.
pub fn find_wasm_dir(from: &Path) -> Result<PathBuf, Error> {
    let named = std::env::var_os(WASM_DIR).map(PathBuf::from);
    let above = || from.ancestors().map(|folder| folder.join("target/wasm"));
    let has_wasm = |folder: &PathBuf| folder.join("deals.wasm").is_file();
    match named {
        Some(folder) if has_wasm(&folder) => Ok(folder),
        Some(folder) => Err(Error::Config(format!(
            "{WASM_DIR} is set, but {} is not there; run `make build`",
            folder.join("deals.wasm").display()
        ))),
        None => above().find(has_wasm).ok_or_else(|| {
            let from = from.display();
            Error::Config(format!(
                "there is no target/wasm/deals.wasm above {from}: run `make build`, or name the folder in {WASM_DIR}"
            ))
        }),
    }
}

/// One contract that is to be made.
struct Piece {
    name: &'static str,
    id: ContractId,
    wasm: Vec<u8>,
    args: Vec<(&'static str, ScVal, Value)>,
}

impl Piece {
    fn wasm_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.wasm).into()
    }
}

/// Deploys what is not deployed yet, and checks all of it. Run again, it changes nothing; broken
/// off, it goes on where it was. With `file`, every step is written down as soon as it is done.
///
/// # Errors
/// Where a step fails, or what is there is not what the plan says.
pub async fn deploy(
    client: &Client,
    plan: &Plan,
    file: Option<&Path>,
) -> Result<Deployment, Error> {
    let pieces = pieces(client, plan)?;
    let mut deployment = start(client, plan, file)?;
    asset_contract(client, plan).await?;
    for piece in &pieces {
        let made = make(client, plan, piece, &deployment).await?;
        deployment.contracts.insert(piece.name.to_owned(), made);
        if let Some(file) = file {
            deployment.save(file)?;
        }
    }
    faucet(client, plan).await?;
    deployment.market()?.verify(client, &deployment).await?;
    Ok(deployment)
}

/// The deployment so far: from the file, where there is one of this plan.
fn start(client: &Client, plan: &Plan, file: Option<&Path>) -> Result<Deployment, Error> {
    let fresh = Deployment {
        schema: SCHEMA,
        network: plan.network.clone(),
        passphrase: client.passphrase().to_owned(),
        deployer: plan.deployer.account(),
        salt: plan.salt.clone(),
        owner: plan.owner.clone(),
        oracle: plan.oracle.clone(),
        upgrade_delay_secs: plan.upgrade_delay_secs,
        asset: deployed_asset(client, plan)?,
        contracts: BTreeMap::new(),
        notes: Map::new(),
    };
    let Some(file) = file.filter(|file| file.exists()) else {
        return Ok(fresh);
    };
    let kept = Deployment::load(file)?;
    let of_plan = Deployment {
        contracts: kept.contracts.clone(),
        notes: kept.notes.clone(),
        ..fresh
    };
    if kept != of_plan {
        return Err(Error::Mismatch(format!(
            "{} is of another deployment: another network, deployer, salt, owner, oracle, delay or asset; \
             move it away to deploy anew",
            file.display()
        )));
    }
    Ok(kept)
}

fn pieces(client: &Client, plan: &Plan) -> Result<Vec<Piece>, Error> {
    let ids = contract_ids(&plan.deployer.account(), &plan.salt, client.network_id());
    let address = |name: &str| Address::Contract(ids[name].clone());
    let asset = Address::Contract(deployed_asset(client, plan)?.contract);
    CONTRACTS
        .iter()
        .map(|&name| {
            let link = |to: &'static str| (to, address(to).to_scval(), json!(address(to)));
            let mut args = vec![("owner", plan.owner.to_scval(), json!(plan.owner))];
            match name {
                "deals" => {
                    args.push(("oracle", plan.oracle.to_scval(), json!(plan.oracle)));
                    args.extend(["registry", "escrow", "reputation"].map(link));
                    args.push(("policy", plan.policy.to_scval(), json!(plan.policy)));
                }
                "registry" => args.extend(["deals", "reputation"].map(link)),
                "escrow" => {
                    args.push(link("deals"));
                    args.push(("stable_asset", asset.to_scval(), json!(asset)));
                }
                _ => args.push(link("deals")),
            }
            let delay = plan.upgrade_delay_secs;
            args.push(("upgrade_delay_secs", delay.to_scval(), json!(delay)));
            Ok(Piece {
                name,
                id: ids[name].clone(),
                wasm: read_wasm(&plan.wasm_dir, name)?,
                args,
            })
        })
        .collect()
}

fn read_wasm(folder: &Path, contract: &str) -> Result<Vec<u8>, Error> {
    let path = folder.join(format!("{contract}.wasm"));
    fs::read(&path).map_err(|source| Error::File { path, source })
}

/// A classic asset.
///
/// # Errors
/// Where the code is not one of 1 to 12 letters and digits.
pub fn classic_asset(code: &str, issuer: AccountId) -> Result<Asset, Error> {
    use stellar_xdr::{AlphaNum12, AlphaNum4};
    let bad = |_| {
        Error::Config(format!(
            "{code:?} is no asset code: 1 to 12 letters and digits"
        ))
    };
    Ok(match code.parse::<AssetCode>().map_err(bad)? {
        AssetCode::CreditAlphanum4(asset_code) => {
            Asset::CreditAlphanum4(AlphaNum4 { asset_code, issuer })
        }
        AssetCode::CreditAlphanum12(asset_code) => {
            Asset::CreditAlphanum12(AlphaNum12 { asset_code, issuer })
        }
    })
}

fn deployed_asset(client: &Client, plan: &Plan) -> Result<DeployedAsset, Error> {
    Ok(match &plan.asset {
        StableAsset::Existing(contract) => DeployedAsset {
            contract: contract.clone(),
            code: None,
            issuer: None,
        },
        StableAsset::Issued { code, issuer, .. } => DeployedAsset {
            contract: asset_contract_id(
                &classic_asset(code, issuer.account())?,
                client.network_id(),
            ),
            code: Some(code.clone()),
            issuer: Some(issuer.account()),
        },
    })
}

/// Makes the contract of an issued asset, where there is none.
async fn asset_contract(client: &Client, plan: &Plan) -> Result<(), Error> {
    let StableAsset::Issued { code, issuer, .. } = &plan.asset else {
        return Ok(());
    };
    let asset = classic_asset(code, issuer.account())?;
    let key = instance_key(&asset_contract_id(&asset, client.network_id()));
    if client.entries(&[key]).await?.is_empty() {
        let job = Job::create_asset_contract(&asset);
        client.run(&plan.deployer, &[], &job).await?;
    }
    Ok(())
}

/// Hands the administration of the test asset to the escrow.
async fn faucet(client: &Client, plan: &Plan) -> Result<(), Error> {
    let StableAsset::Issued {
        issuer,
        faucet: true,
        ..
    } = &plan.asset
    else {
        return Ok(());
    };
    let token = deployed_asset(client, plan)?.contract;
    let ids = contract_ids(&plan.deployer.account(), &plan.salt, client.network_id());
    let escrow = Address::Contract(ids["escrow"].clone());
    let admin = client
        .read(&Call::<Address>::new(&token, "admin", &[]))
        .await?;
    if admin == issuer.address() {
        let hand_over = Call::<()>::new(&token, "set_admin", &[&escrow]);
        client
            .invoke_as(&plan.deployer, &[issuer], &hand_over)
            .await?;
    } else if admin != escrow {
        return Err(Error::Mismatch(format!(
            "the asset's administrator is {admin}, neither the issuer nor the escrow {escrow}"
        )));
    }
    Ok(())
}

/// Makes a contract, where there is none.
async fn make(
    client: &Client,
    plan: &Plan,
    piece: &Piece,
    known: &Deployment,
) -> Result<DeployedContract, Error> {
    let wasm_hash = Hash(piece.wasm_hash());
    let named = |(name, _, value): &(&str, ScVal, Value)| ((*name).to_owned(), value.clone());
    let args: Map<_, _> = piece.args.iter().map(named).collect();
    let id = piece.id.clone();
    if let Some((found, ledger)) = instance(client, &id).await? {
        if found != wasm_hash {
            let name = piece.name;
            return Err(Error::Mismatch(format!(
                "{name} {id} runs Wasm {found}, not {wasm_hash}: upgrade it, or deploy with another salt"
            )));
        }
        let kept = known.contracts.get(piece.name).cloned();
        return Ok(kept.unwrap_or(DeployedContract {
            id,
            wasm_hash,
            ledger,
            transaction: None,
            args,
        }));
    }
    let code = LedgerKey::ContractCode(LedgerKeyContractCode {
        hash: wasm_hash.clone(),
    });
    if client.entries(&[code]).await?.is_empty() {
        client
            .run(&plan.deployer, &[], &Job::upload(&piece.wasm)?)
            .await?;
    }
    let values = piece
        .args
        .iter()
        .map(|(_, value, _)| value.clone())
        .collect();
    let salt = salt_of(&plan.salt, piece.name);
    let job = Job::create(&plan.deployer.account(), salt, wasm_hash.0, values)?;
    let applied = client.run(&plan.deployer, &[], &job).await?;
    let made = Address::from_scval(&applied.return_value())?;
    if made != Address::Contract(id.clone()) {
        return Err(Error::Mismatch(format!(
            "{} was made at {made}, not {id}",
            piece.name
        )));
    }
    Ok(DeployedContract {
        id,
        wasm_hash,
        ledger: applied.ledger,
        transaction: Some(applied.hash),
        args,
    })
}

/// The key of a contract's instance.
pub fn instance_key(contract: &ContractId) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: Address::Contract(contract.clone()),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    })
}

/// The hash of the Wasm that a contract runs, and the ledger that changed its instance last; `None`
/// where there is no such contract.
///
/// # Errors
/// Where the network does not answer, or the contract is that of an asset.
pub async fn instance(client: &Client, id: &ContractId) -> Result<Option<(Hash, u32)>, Error> {
    let Some(entry) = client
        .entries(&[instance_key(id)])
        .await?
        .into_iter()
        .next()
    else {
        return Ok(None);
    };
    let ledger = entry.last_modified_ledger;
    if let LedgerEntryData::ContractData(data) = entry.val {
        if let ScVal::ContractInstance(instance) = data.val {
            if let ContractExecutable::Wasm(hash) = instance.executable {
                return Ok(Some((hash, ledger)));
            }
        }
    }
    Err(Error::Mismatch(format!("{id} is no contract of Wasm")))
}
