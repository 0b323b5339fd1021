//! What to deploy: contracts, asset, policy, keys.

use flash_client::{
    types::{Policy, SlaTiers},
    Address, Contract, Error, Kind, Signer,
};
use std::path::{Path, PathBuf};
use stellar_xdr::{AccountId, ContractId};

/// The contracts, in the order in which they are made.
pub const CONTRACTS: [Contract; 5] = [
    Contract::Reputation,
    Contract::Registry,
    Contract::Escrow,
    Contract::Deals,
    Contract::Mandates,
];
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
        min_runway_secs: 7 * DAY,
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
