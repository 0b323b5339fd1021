//! The command.

use anyhow::{bail, ensure, Context, Result};
use clap::{Args, Parser, Subcommand};
use flash_base::secret_url::SecretUrl;
use flash_client::{Address, Client, Deployment, Kind, Signer};
use flash_deploy::{
    contract_ids, deploy, find_wasm_dir, NetworkSettings, Plan, Settings, StableAsset, CONTRACTS,
    SALT,
};
use std::path::{Path, PathBuf};
use stellar_xdr::{AccountId, ContractId};

/// Passphrase of local networks: on them alone keys may be made up.
const LOCAL_PASSPHRASE: &str = "Standalone Network ; February 2017";

/// Deploys the contracts of FlashOnStellar and checks a deployment.
///
/// How a network is deployed is told by deployments/settings.json; what is deployed there is written
/// to deployments/<network>.json. Keys are read from the environment, never from an argument:
/// FLASH_DEPLOYER_SECRET and, for a test asset, FLASH_ISSUER_SECRET. On a local network, keys that
/// everybody can compute are used where these are not set.
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
        /// With the deployer it determines the ids
        #[arg(long, default_value = SALT)]
        salt_label: String,
    },
    /// Check that the deployed contracts know each other
    Verify {
        #[command(flatten)]
        network: NetworkOptions,
    },
}

#[derive(Args)]
struct NetworkOptions {
    /// The name of the network in settings.json
    #[arg(long, env = "STELLAR_NETWORK", default_value = "local")]
    network: String,
    /// The Stellar RPC [default: that of settings.json]
    #[arg(long, env = "STELLAR_RPC_URL")]
    rpc_url: Option<String>,
    /// The folder with settings.json [default: deployments, here or further up]
    #[arg(long, value_name = "FOLDER")]
    deployments: Option<PathBuf>,
}

impl NetworkOptions {
    fn folder(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.deployments {
            return Ok(folder.clone());
        }
        let here = std::env::current_dir()?;
        let above = here.ancestors().map(|folder| folder.join("deployments"));
        let mut found = above.filter(|folder| folder.join("settings.json").is_file());
        found
            .next()
            .context("there is no deployments/settings.json here or further up")
    }

    fn file(&self) -> Result<PathBuf> {
        Ok(self.folder()?.join(format!("{}.json", self.network)))
    }

    /// The settings, and a client that was made sure to be of that network.
    async fn open(&self) -> Result<(Settings, Client)> {
        let settings = Settings::load(&self.folder()?.join("settings.json"))?;
        let network = settings.network(&self.network)?;
        let url = self.rpc_url.as_ref().unwrap_or(&network.rpc_url);
        let client = Client::new(url, &network.network_passphrase)?;
        client
            .check_network()
            .await
            .with_context(|| SecretUrl::new(url).to_string())?;
        Ok((settings, client))
    }
}

#[derive(Args)]
struct DeployOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// The folder with the Wasm [default: FLASH_WASM_DIR, or target/wasm here or further up]
    #[arg(long, value_name = "FOLDER")]
    wasm_dir: Option<PathBuf>,
    /// With the deployer it determines the contracts' ids
    #[arg(long, default_value = SALT)]
    salt_label: String,
    /// The owner of the contracts [default: the deployer]
    #[arg(long, value_name = "ADDRESS")]
    owner: Option<Address>,
    /// Who reports [default: the owner, until an oracle is set]
    #[arg(long, value_name = "ADDRESS")]
    oracle: Option<Address>,
    /// The contract of the stable asset, instead of the one in settings.json
    #[arg(long, value_name = "C...")]
    asset: Option<ContractId>,
    /// Seconds between announcement and execution of an upgrade [default: as in settings.json]
    #[arg(long)]
    upgrade_delay_secs: Option<u64>,
    /// Have friendbot fund the deployer and the issuer, where they do not exist
    #[arg(long)]
    fund: bool,
    /// Deploy to a network of kind main
    #[arg(long)]
    yes: bool,
}

/// A key from the environment; on a local network one that follows from its role.
fn key(variable: &str, role: &str, client: &Client) -> Result<Signer> {
    match std::env::var(variable) {
        Ok(secret) => Signer::from_secret(&secret).context(variable.to_owned()),
        Err(_) if client.passphrase() == LOCAL_PASSPHRASE => Ok(Signer::named(role)),
        Err(_) => bail!("{variable} is not set: it holds the secret key of the {role}"),
    }
}

/// What deals are paid in: what was given, else what the settings say.
fn asset(options: &DeployOptions, settings: &Settings, client: &Client) -> Result<StableAsset> {
    let network = settings.network(&options.network.network)?;
    let code = network.asset.code.clone();
    Ok(match (&options.asset, &network.asset.issuer) {
        (Some(contract), _) => StableAsset::Existing(contract.clone()),
        (None, Some(issuer)) => StableAsset::Classic {
            code,
            issuer: issuer.clone(),
        },
        (None, None) => StableAsset::Issued {
            code,
            issuer: key("FLASH_ISSUER_SECRET", "issuer", client)?,
            faucet: network.kind == Kind::Test,
        },
    })
}

/// The commit of the folder that the command runs in, and whether something is not committed.
fn git() -> Option<(String, bool)> {
    let run = |args: &[&str]| {
        let done = std::process::Command::new("git").args(args).output().ok()?;
        let text = String::from_utf8(done.stdout).ok()?;
        done.status.success().then(|| text.trim().to_owned())
    };
    let is_dirty = !run(&["status", "--porcelain"])?.is_empty();
    Some((run(&["rev-parse", "HEAD"])?, is_dirty))
}

/// The URL for the file that everybody reads: the one in use, unless it holds a key.
fn public_rpc_url(options: &NetworkOptions, network: &NetworkSettings) -> Option<String> {
    let used = SecretUrl::new(options.rpc_url.as_ref().unwrap_or(&network.rpc_url));
    if !used.has_secret() {
        return None;
    }
    let public = &network.rpc_url;
    eprintln!("{used} holds a key, so the deployment's file names {public}");
    Some(public.clone())
}

async fn run_deploy(options: DeployOptions) -> Result<()> {
    let (settings, client) = options.network.open().await?;
    let network = settings.network(&options.network.network)?;
    ensure!(
        network.kind == Kind::Test || options.yes,
        "{} is a network of kind main: say --yes to deploy there",
        options.network.network
    );
    let deployer = key("FLASH_DEPLOYER_SECRET", "deployer", &client)?;
    let asset = asset(&options, &settings, &client)?;
    if options.fund {
        client.fund(&deployer.account()).await?;
        if let StableAsset::Issued { issuer, .. } = &asset {
            client.fund(&issuer.account()).await?;
        }
    }
    let file = options.network.file()?;
    let plan = Plan {
        network: options.network.network.clone(),
        kind: network.kind,
        salt_label: options.salt_label,
        owner: options.owner.unwrap_or_else(|| deployer.address()),
        deployer,
        oracle: options.oracle,
        asset,
        policy: settings.policy()?,
        upgrade_delay_secs: options
            .upgrade_delay_secs
            .unwrap_or(network.upgrade_delay_secs),
        wasm_dir: match options.wasm_dir {
            Some(folder) => folder,
            None => find_wasm_dir(&std::env::current_dir()?)?,
        },
        public_rpc_url: public_rpc_url(&options.network, network),
        git: git(),
    };
    let deployment = deploy(&client, &plan, Some(&file)).await?;
    for (name, contract) in &deployment.contracts {
        println!("{name:<10} {}", contract.id);
    }
    println!("{:<10} {}", "asset", deployment.asset.contract_id);
    println!("deployed and checked; written to {}", file.display());
    Ok(())
}

async fn verify(file: &Path, client: &Client) -> Result<()> {
    let deployment = Deployment::load(file)?;
    flash_deploy::verify(client, &deployment.market()?, &deployment).await?;
    println!("the contracts are wired as they should be");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Options::parse().command {
        Command::Deploy(options) => run_deploy(*options).await,
        Command::Ids {
            network,
            deployer,
            salt_label,
        } => {
            let (_, client) = network.open().await?;
            let ids = contract_ids(&deployer, &salt_label, client.network_id());
            for contract in CONTRACTS {
                println!("{:<10} {}", contract.name(), ids[&contract]);
            }
            Ok(())
        }
        Command::Verify { network } => {
            let (_, client) = network.open().await?;
            verify(&network.file()?, &client).await
        }
    }
}
