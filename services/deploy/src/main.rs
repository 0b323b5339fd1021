//! The command.

use anyhow::{bail, Context, Result};
use clap::{Args, Parser, Subcommand};
use flash_deploy::{
    contract_ids, deploy, find_wasm_dir, Address, Client, Deployment, Plan, Signer, StableAsset,
    CONTRACTS, SALT, UPGRADE_DELAY_SECS,
};
use std::path::{Path, PathBuf};
use stellar_xdr::{AccountId, ContractId};

/// Passphrase of local networks: on them alone keys may be made up.
const LOCAL_PASSPHRASE: &str = "Standalone Network ; February 2017";

/// Deploys the four contracts of FlashOnStellar and checks a deployment.
///
/// Keys are read from the environment, never from an argument: FLASH_DEPLOYER_SECRET and, for the
/// test asset, FLASH_ISSUER_SECRET. On a local network, keys that everybody can compute are used
/// where these are not set.
#[derive(Parser)]
#[command(name = "flash-deploy", version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Deploy what is not deployed yet, and check all of it
    Deploy(Box<DeployOptions>),
    /// Print the ids that the contracts will have, before anything is deployed
    Ids {
        #[command(flatten)]
        network: NetworkOptions,
        /// The account that deploys; its key is not needed
        #[arg(long, value_name = "G...")]
        deployer: AccountId,
        #[arg(long, default_value = SALT)]
        salt: String,
    },
    /// Check that the deployed contracts know each other, and who owns them
    Verify {
        #[command(flatten)]
        network: NetworkOptions,
        /// The file of the deployment [default: deployments/<network>.json]
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

#[derive(Args)]
struct NetworkOptions {
    /// The Stellar RPC
    #[arg(long, env = "STELLAR_RPC_URL", default_value = "http://127.0.0.1:8000")]
    rpc_url: String,
    /// The name of the network, which is that of the deployment's file
    #[arg(long, env = "STELLAR_NETWORK", default_value = "local")]
    network: String,
}

impl NetworkOptions {
    fn file(&self, named: Option<PathBuf>) -> PathBuf {
        named.unwrap_or_else(|| Path::new("deployments").join(format!("{}.json", self.network)))
    }
}

#[derive(Args)]
struct DeployOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// The folder with the Wasm [default: FLASH_WASM_DIR, or target/wasm above the current folder]
    #[arg(long)]
    wasm_dir: Option<PathBuf>,
    /// The file to write [default: deployments/<network>.json]
    #[arg(long)]
    file: Option<PathBuf>,
    /// With the deployer it determines the contracts' ids
    #[arg(long, default_value = SALT)]
    salt: String,
    /// The owner of the contracts [default: the deployer]
    #[arg(long, value_name = "ADDRESS")]
    owner: Option<Address>,
    /// Who reports [default: the owner, until an oracle is set]
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<Address>,
    /// The contract of the stable asset; without it a test asset is made
    #[arg(long, value_name = "C...")]
    asset: Option<ContractId>,
    /// The code of the test asset
    #[arg(long, default_value = "USDC", conflicts_with = "asset")]
    asset_code: String,
    /// Leave the test asset's administration with its issuer
    #[arg(long, conflicts_with = "asset")]
    no_faucet: bool,
    /// Seconds between announcement and execution of an upgrade
    #[arg(long, default_value_t = UPGRADE_DELAY_SECS)]
    upgrade_delay_secs: u64,
    /// Have friendbot fund the deployer and the issuer, where they do not exist
    #[arg(long)]
    fund: bool,
}

/// A key from the environment; on a local network one that follows from its role.
fn key(variable: &str, role: &str, client: &Client) -> Result<Signer> {
    match std::env::var(variable) {
        Ok(secret) => Signer::from_secret(&secret).context(variable.to_owned()),
        Err(_) if client.passphrase() == LOCAL_PASSPHRASE => Ok(Signer::named(role)),
        Err(_) => bail!("{variable} is not set: it holds the secret key of the {role}"),
    }
}

async fn run_deploy(options: DeployOptions) -> Result<()> {
    let client = Client::connect(&options.network.rpc_url).await?;
    let deployer = key("FLASH_DEPLOYER_SECRET", "deployer", &client)?;
    let asset = match options.asset {
        Some(contract) => StableAsset::Existing(contract),
        None => StableAsset::Issued {
            code: options.asset_code,
            issuer: key("FLASH_ISSUER_SECRET", "issuer", &client)?,
            faucet: !options.no_faucet,
        },
    };
    if options.fund {
        client.fund(&deployer.account()).await?;
        if let StableAsset::Issued { issuer, .. } = &asset {
            client.fund(&issuer.account()).await?;
        }
    }
    let plan = Plan {
        network: options.network.network.clone(),
        salt: options.salt,
        owner: options.owner.unwrap_or_else(|| deployer.address()),
        deployer,
        oracle: options.oracle,
        asset,
        policy: flash_deploy::default_policy(),
        upgrade_delay_secs: options.upgrade_delay_secs,
        wasm_dir: match options.wasm_dir {
            Some(folder) => folder,
            None => find_wasm_dir(&std::env::current_dir()?)?,
        },
    };
    let file = options.network.file(options.file);
    let deployment = deploy(&client, &plan, Some(&file)).await?;
    for (name, contract) in &deployment.contracts {
        println!("{name:<10} {} ledger {}", contract.id, contract.ledger);
    }
    println!("{:<10} {}", "asset", deployment.asset.contract);
    println!("deployed and checked; written to {}", file.display());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Options::parse().command {
        Command::Deploy(options) => run_deploy(*options).await,
        Command::Ids {
            network,
            deployer,
            salt,
        } => {
            let client = Client::connect(&network.rpc_url).await?;
            let ids = contract_ids(&deployer, &salt, client.network_id());
            for name in CONTRACTS {
                println!("{name:<10} {}", ids[name]);
            }
            Ok(())
        }
        Command::Verify { network, file } => {
            let client = Client::connect(&network.rpc_url).await?;
            let deployment = Deployment::load(&network.file(file))?;
            if deployment.passphrase != client.passphrase() {
                bail!(
                    "the deployment is on another network: {}",
                    deployment.passphrase
                );
            }
            deployment.market()?.verify(&client, &deployment).await?;
            println!("the four contracts are wired as they should be");
            Ok(())
        }
    }
}
