//! Deployment of the four contracts, at addresses that are known beforehand: that closes the circle
//! of their constructors without a step in which somebody could interfere.

use crate::{
    deployment::{beside, DeployedAsset, DeployedContract, Deployment, Kind, SCHEMA},
    job::{asset_contract_id, salted_contract_id, Job},
    scval::{as_json, FromScVal, ToScVal},
    types::{Policy, SlaTiers},
    Address, Call, Client, Error, Signer,
};
use serde_json::{Map, Value};
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
pub const SALT: &str = "flashonstellar-1";

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

/// The salt of one contract: SHA-256 of `<label>/<contract>`.
pub fn salt_of(label: &str, contract: &str) -> [u8; 32] {
    Sha256::digest(format!("{label}/{contract}")).into()
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
    /// A classic asset of somebody else. Its contract is made where there is none.
    Classic { code: String, issuer: AccountId },
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
    pub kind: Kind,
    /// Pays, and with the salts determines the ids.
    pub deployer: Signer,
    pub salt_label: String,
    pub owner: Address,
    pub oracle: Option<Address>,
    pub asset: StableAsset,
    pub policy: Policy,
    pub upgrade_delay_secs: u64,
    /// The folder with `deals.wasm` and so on.
    pub wasm_dir: PathBuf,
    /// What the file tells others, where the client's own URL may hold a key.
    pub public_rpc_url: Option<String>,
    /// The source of the Wasm and whether it had uncommitted changes, where that is known.
    pub git: Option<(String, bool)>,
}

impl Plan {
    /// The plan of a test network: the deployer owns the contracts and has the oracle's role until
    /// there is one; the asset is a test USDC with a faucet.
    pub fn new(network: &str, deployer: Signer, issuer: Signer, wasm_dir: PathBuf) -> Self {
        Self {
            network: network.to_owned(),
            kind: Kind::Test,
            salt_label: SALT.to_owned(),
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
            public_rpc_url: None,
            git: None,
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
    args: Vec<(&'static str, ScVal)>,
}

impl Piece {
    fn wasm_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.wasm).into()
    }

    /// The arguments by name.
    fn constructor(&self) -> Map<String, Value> {
        let named = |(name, value): &(&str, ScVal)| ((*name).to_owned(), as_json(value));
        self.args.iter().map(named).collect()
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
    let mut deployment = start(client, plan, &pieces, file)?;
    let part = file.map(|file| beside(file, "part"));
    asset_contract(client, plan, &mut deployment.asset).await?;
    if let Some(part) = part.as_ref().filter(|_| !deployment.is_whole()) {
        deployment.save(part)?;
    }
    for piece in &pieces {
        let made = make(client, plan, piece, &deployment).await?;
        deployment.contracts.insert(piece.name.to_owned(), made);
        if let Some(part) = part.as_ref().filter(|_| !deployment.is_whole()) {
            deployment.save(part)?;
        }
    }
    faucet(client, plan).await?;
    deployment.market()?.verify(client, &deployment).await?;
    if let Some(file) = file {
        deployment.save(file)?;
    }
    if let Some(part) = part.filter(|part| part.exists()) {
        fs::remove_file(&part).map_err(|source| Error::File { path: part, source })?;
    }
    Ok(deployment)
}

/// The deployment so far: from the file, where there is one of this plan.
fn start(
    client: &Client,
    plan: &Plan,
    pieces: &[Piece],
    file: Option<&Path>,
) -> Result<Deployment, Error> {
    let (git_revision, git_dirty) = plan.git.clone().unwrap_or(("unknown".to_owned(), false));
    let by = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let fresh = Deployment {
        schema: SCHEMA,
        network: plan.network.clone(),
        kind: plan.kind,
        network_passphrase: client.passphrase().to_owned(),
        rpc_url: plan
            .public_rpc_url
            .clone()
            .unwrap_or_else(|| client.rpc().base_url().to_owned()),
        deployer: plan.deployer.account(),
        salt_label: plan.salt_label.clone(),
        asset: deployed_asset(client, plan)?,
        contracts: BTreeMap::new(),
        upgrades: Vec::new(),
        git_revision,
        git_dirty,
        tools: BTreeMap::from([("deployed_by".to_owned(), by.to_owned())]),
    };
    let Some(file) = file else { return Ok(fresh) };
    let found = [file.to_owned(), beside(file, "part")];
    match found.into_iter().find(|file| file.exists()) {
        None => Ok(fresh),
        Some(file) => {
            let kept = Deployment::load(&file)?;
            match difference(&kept, &fresh, pieces) {
                None => Ok(kept),
                Some(what) => Err(Error::Mismatch(format!(
                    "{} is of another deployment: {what} differs; move it away to deploy anew",
                    file.display()
                ))),
            }
        }
    }
}

/// In what a deployment that was written down is another than the planned one.
fn difference(kept: &Deployment, planned: &Deployment, pieces: &[Piece]) -> Option<String> {
    let fields = [
        ("network", kept.network == planned.network),
        ("kind", kept.kind == planned.kind),
        (
            "network_passphrase",
            kept.network_passphrase == planned.network_passphrase,
        ),
        ("deployer", kept.deployer == planned.deployer),
        ("salt_label", kept.salt_label == planned.salt_label),
        ("asset", kept.asset.contract_id == planned.asset.contract_id),
    ];
    let field = fields.into_iter().find(|(_, is_same)| !is_same);
    field.map(|(name, _)| name.to_owned()).or_else(|| {
        pieces.iter().find_map(|piece| {
            let kept = &kept.contracts.get(piece.name)?.constructor;
            let planned = piece.constructor();
            let names = planned.keys().chain(kept.keys());
            let mut differing = names.filter(|name| kept.get(*name) != planned.get(*name));
            differing
                .next()
                .map(|name| format!("{}.{name}", piece.name))
        })
    })
}

fn pieces(client: &Client, plan: &Plan) -> Result<Vec<Piece>, Error> {
    let ids = contract_ids(
        &plan.deployer.account(),
        &plan.salt_label,
        client.network_id(),
    );
    let address = |name: &str| Address::Contract(ids[name].clone());
    let asset = Address::Contract(deployed_asset(client, plan)?.contract_id);
    CONTRACTS
        .iter()
        .map(|&name| {
            let link = |to: &'static str| (to, address(to).to_scval());
            let mut args = vec![("owner", plan.owner.to_scval())];
            match name {
                "deals" => {
                    args.push(("oracle", plan.oracle.to_scval()));
                    args.extend(["registry", "escrow", "reputation"].map(link));
                    args.push(("policy", plan.policy.to_scval()));
                }
                "registry" => args.extend(["deals", "reputation"].map(link)),
                "escrow" => args.extend([link("deals"), ("stable_asset", asset.to_scval())]),
                _ => args.push(link("deals")),
            }
            args.push(("upgrade_delay_secs", plan.upgrade_delay_secs.to_scval()));
            let wasm = read_wasm(&plan.wasm_dir, name)?;
            if plan.kind == Kind::Main && has_faucet(&wasm) {
                return Err(Error::Config(format!(
                    "{name} was built for test networks: run `make build-mainnet`"
                )));
            }
            Ok(Piece {
                name,
                id: ids[name].clone(),
                wasm,
                args,
            })
        })
        .collect()
}

fn read_wasm(folder: &Path, contract: &str) -> Result<Vec<u8>, Error> {
    let path = folder.join(format!("{contract}.wasm"));
    fs::read(&path).map_err(|source| Error::File { path, source })
}

/// Whether Wasm exports the faucet, which no public network may have.
fn has_faucet(wasm: &[u8]) -> bool {
    const NAME: &[u8] = b"test_faucet";
    wasm.windows(NAME.len()).any(|window| window == NAME)
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

/// The classic asset of a plan.
fn issued(plan: &Plan) -> Result<Option<(Asset, String, AccountId)>, Error> {
    let (code, issuer) = match &plan.asset {
        StableAsset::Existing(_) => return Ok(None),
        StableAsset::Classic { code, issuer } => (code, issuer.clone()),
        StableAsset::Issued { code, issuer, .. } => (code, issuer.account()),
    };
    let asset = classic_asset(code, issuer.clone())?;
    Ok(Some((asset, code.clone(), issuer)))
}

fn deployed_asset(client: &Client, plan: &Plan) -> Result<DeployedAsset, Error> {
    let (contract_id, code, issuer) = match (&plan.asset, issued(plan)?) {
        (StableAsset::Existing(contract), _) => (contract.clone(), None, None),
        (_, Some((asset, code, issuer))) => (
            asset_contract_id(&asset, client.network_id()),
            Some(code),
            Some(issuer),
        ),
        (_, None) => return Err(Error::Config("there is no asset".to_owned())),
    };
    Ok(DeployedAsset {
        code,
        issuer,
        contract_id,
        ledger: None,
        tx_hash: None,
    })
}

/// Makes the contract of a classic asset, where there is none.
async fn asset_contract(
    client: &Client,
    plan: &Plan,
    noted: &mut DeployedAsset,
) -> Result<(), Error> {
    let Some((asset, ..)) = issued(plan)? else {
        return Ok(());
    };
    let key = instance_key(&noted.contract_id);
    if client.entries(&[key]).await?.is_empty() {
        let job = Job::create_asset_contract(&asset);
        let applied = client.run(&plan.deployer, &[], &job).await?;
        noted.ledger = Some(applied.ledger);
        noted.tx_hash = Some(applied.hash);
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
    let token = deployed_asset(client, plan)?.contract_id;
    let ids = contract_ids(
        &plan.deployer.account(),
        &plan.salt_label,
        client.network_id(),
    );
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
    let (name, id, wasm_hash) = (piece.name, &piece.id, Hash(piece.wasm_hash()));
    let salt = salt_of(&plan.salt_label, name);
    let kept = known.contracts.get(name);
    let (ledger, tx_hash) = match instance(client, id).await? {
        Some(found) if found != wasm_hash => {
            return Err(Error::Mismatch(format!(
                "{name} {id} runs Wasm {found}, not {wasm_hash}: upgrade it, or deploy under another salt"
            )));
        }
        Some(_) => {
            if let Some(kept) = kept {
                return Ok(kept.clone());
            }
            let owner = Call::<Option<Address>>::new(id, "get_owner", &[]);
            let owner = client.read(&owner).await?.map(|owner| owner.to_string());
            if owner != Some(plan.owner.to_string()) {
                let (owner, wanted) = (owner.unwrap_or_default(), &plan.owner);
                return Err(Error::Mismatch(format!(
                    "{name}.owner is {owner}, expected {wanted}"
                )));
            }
            (None, None)
        }
        None => {
            upload(client, plan, piece).await?;
            let values = piece.args.iter().map(|(_, value)| value.clone()).collect();
            let job = Job::create(&plan.deployer.account(), salt, wasm_hash.0, values)?;
            let applied = client.run(&plan.deployer, &[], &job).await?;
            let made = Address::from_scval(&applied.return_value())?;
            if made != Address::Contract(id.clone()) {
                return Err(Error::Mismatch(format!(
                    "{name} was made at {made}, not {id}"
                )));
            }
            (Some(applied.ledger), Some(applied.hash))
        }
    };
    let version = Call::<String>::new(id, "version", &[]);
    Ok(DeployedContract {
        id: id.clone(),
        salt: Hash(salt),
        deployed_wasm_hash: wasm_hash.clone(),
        wasm_hash,
        version: client.read(&version).await?,
        ledger,
        tx_hash,
        constructor: piece.constructor(),
    })
}

/// Uploads Wasm that is not there yet.
async fn upload(client: &Client, plan: &Plan, piece: &Piece) -> Result<(), Error> {
    let code = LedgerKey::ContractCode(LedgerKeyContractCode {
        hash: Hash(piece.wasm_hash()),
    });
    if client.entries(&[code]).await?.is_empty() {
        let job = Job::upload(&piece.wasm)?;
        client.run(&plan.deployer, &[], &job).await?;
    }
    Ok(())
}

/// The key of a contract's instance.
pub fn instance_key(contract: &ContractId) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: Address::Contract(contract.clone()),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    })
}

/// The hash of the Wasm that a contract runs; `None` where there is no such contract.
///
/// # Errors
/// Where the network does not answer, or the contract is that of an asset.
pub async fn instance(client: &Client, id: &ContractId) -> Result<Option<Hash>, Error> {
    let Some(entry) = client
        .entries(&[instance_key(id)])
        .await?
        .into_iter()
        .next()
    else {
        return Ok(None);
    };
    if let LedgerEntryData::ContractData(data) = entry.val {
        if let ScVal::ContractInstance(instance) = data.val {
            if let ContractExecutable::Wasm(hash) = instance.executable {
                return Ok(Some(hash));
            }
        }
    }
    Err(Error::Mismatch(format!("{id} is no contract of Wasm")))
}
