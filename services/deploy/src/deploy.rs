//! Deployment of the contracts, at addresses that are known beforehand: that closes the circle
//! of their constructors without a step in which somebody could interfere.

use crate::{
    plan::{Plan, StableAsset, CONTRACTS},
    verify::verify,
};
use flash_client::{
    asset_contract_id, beside, classic_asset, codec::as_json, instance, instance_key,
    salted_contract_id, Address, Call, Client, Contract, Deals, DeployedAsset, DeployedContract,
    Deployment, Error, Escrow, FromScVal, Job, Kind, Mandates, Registry, Reputation, Text, SCHEMA,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path};
use stellar_xdr::{AccountId, Asset, ContractId, Hash, LedgerKey, LedgerKeyContractCode, ScVal};

/// The salt of one contract: SHA-256 of `<label>/<contract>`.
pub fn salt_of(label: &str, contract: &str) -> [u8; 32] {
    Sha256::digest(format!("{label}/{contract}")).into()
}

/// The ids of the contracts, before anything is deployed.
pub fn contract_ids(
    deployer: &AccountId,
    salt: &str,
    network_id: [u8; 32],
) -> BTreeMap<Contract, ContractId> {
    let id = |contract: Contract| {
        salted_contract_id(deployer, salt_of(salt, contract.name()), network_id)
    };
    let ids = CONTRACTS.into_iter();
    ids.map(|contract| (contract, id(contract))).collect()
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
    verify(client, &deployment.market()?, &deployment).await?;
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
            .unwrap_or_else(|| client.rpc().base_url().trim_end_matches('/').to_owned()),
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
    let address = |contract| Address::Contract(ids[&contract].clone());
    let asset = Address::Contract(deployed_asset(client, plan)?.contract_id);
    CONTRACTS
        .into_iter()
        .map(|contract| {
            let (owner, delay) = (plan.owner.clone(), plan.upgrade_delay_secs);
            let args = match contract {
                Contract::Deals => Deals::constructor(
                    owner,
                    plan.oracle.clone(),
                    address(Contract::Registry),
                    address(Contract::Escrow),
                    address(Contract::Reputation),
                    plan.policy.clone(),
                    delay,
                ),
                Contract::Escrow => {
                    Escrow::constructor(owner, address(Contract::Deals), asset.clone(), delay)
                }
                Contract::Registry => Registry::constructor(
                    owner,
                    address(Contract::Deals),
                    address(Contract::Reputation),
                    delay,
                ),
                Contract::Reputation => {
                    Reputation::constructor(owner, address(Contract::Deals), delay)
                }
                Contract::Mandates => Mandates::constructor(
                    owner,
                    address(Contract::Deals),
                    address(Contract::Escrow),
                    delay,
                ),
            };
            let name = contract.name();
            let wasm = read_wasm(&plan.wasm_dir, name)?;
            if plan.kind == Kind::Main && has_faucet(&wasm) {
                return Err(Error::Config(format!(
                    "{name} was built for test networks: run `make build-mainnet`"
                )));
            }
            Ok(Piece {
                name,
                id: ids[&contract].clone(),
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
    let escrow = Address::Contract(ids[&Contract::Escrow].clone());
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
    let version = Call::<Text>::new(id, "version", &[]);
    Ok(DeployedContract {
        id: id.clone(),
        salt: Hash(salt),
        deployed_wasm_hash: wasm_hash.clone(),
        wasm_hash,
        version: client.read(&version).await?.to_string(),
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
