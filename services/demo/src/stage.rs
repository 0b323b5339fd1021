//! The stage: network, contracts, and the processes of the oracle and the index.

use crate::{log::RECORDINGS, people::People};
use anyhow::{bail, ensure, Context, Result};
use flash_client::{classic_asset, Client, Job, Market};
use flash_deploy::{deploy, find_wasm_dir, Plan, StableAsset};
use flash_localnet::{Config, Localnet};
use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub const DAY: u64 = 86_400;
pub const GB: u64 = 1_024;
/// The initial balance of a consumer: 1_000 USD.
const PURSE: i64 = 10_000_000_000;
/// Seconds between ledgers. A day then has fewer ledgers than the RPC server keeps, so followers
/// miss nothing.
const LEDGER_SECS: u64 = 6;
/// How many ports to try.
const PORTS: u16 = 50;
/// The prober's token and its SHA-256, valid on this machine only.
const PROBER: &str = "demo-prober";
const PROBER_SHA256: &str = "d3df205d4900311044d17bffe445806a9b7e940b153106489e1f97de213e3d4a";

pub struct Stage {
    pub network: Localnet,
    pub client: Client,
    pub market: Market,
    pub people: People,
    pub oracle_url: String,
    /// API and page.
    pub index_url: String,
    pub folder: TempDir,
    /// Registry ids of Ada's and Bert's buckets.
    pub buckets: [(&'static str, u32); 2],
    oracle: Child,
    index: Child,
}

impl Stage {
    /// Starts and deploys everything.
    ///
    /// # Errors
    /// A program or the Wasm is missing, or a port is not free.
    pub async fn set(ports: Ports, break_transfer: bool) -> Result<Self> {
        let ports = ports.free()?;
        let network = Localnet::start(&Config {
            port: ports.network,
            ..Config::of_environment()
        })?;
        println!("network   {}  ({})", network.url(), network.passphrase());
        let client = Client::connect(&network.url()).await?;
        let people = People::new();
        for (_, person) in people.all() {
            client.fund(&person.account()).await?;
        }
        let folder = tempfile::tempdir()?;
        let market = contracts(&client, &people, folder.path()).await?;
        purses(&client, &people, break_transfer).await?;
        let buckets = register(&client, &market, &people).await?;
        let oracle_url = format!("http://127.0.0.1:{}", ports.oracle);
        let oracle = start_oracle(folder.path(), &network.url(), ports.oracle, &people).await?;
        println!("oracle    {oracle_url}");
        let index_url = format!("http://127.0.0.1:{}", ports.index);
        let index = start_index(folder.path(), &network.url(), ports.index).await?;
        println!("index     {index_url}");
        let mut stage = Self {
            network,
            client,
            market,
            people,
            oracle_url,
            index_url,
            folder,
            buckets,
            oracle,
            index,
        };
        stage.wait_for_oracle().await?;
        stage.wait_for_index().await?;
        Ok(stage)
    }

    async fn wait_for_oracle(&mut self) -> Result<()> {
        for _ in 0..600 {
            if get(format!("{}/healthz", self.oracle_url)).await.is_ok() {
                return Ok(());
            }
            self.check_oracle()?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the oracle did not answer within 60 s")
    }

    async fn wait_for_index(&mut self) -> Result<()> {
        for _ in 0..600 {
            if self.index("/readyz").await.is_ok() {
                return Ok(());
            }
            if let Some(status) = self.index.try_wait()? {
                bail!("the index has exited: {status}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the index did not answer within 60 s")
    }

    /// The index's answer for a path.
    ///
    /// # Errors
    /// The index does not answer or reports an error.
    pub async fn index(&self, path: &str) -> Result<String> {
        get(format!("{}{path}", self.index_url)).await
    }

    /// # Errors
    /// The oracle has exited.
    pub fn check_oracle(&mut self) -> Result<()> {
        if let Some(status) = self.oracle.try_wait()? {
            bail!("the oracle has exited: {status}");
        }
        Ok(())
    }

    pub fn log_file(&self, bucket: &str) -> PathBuf {
        log_file(self.folder.path(), bucket)
    }

    /// Close time of the newest ledger.
    ///
    /// # Errors
    /// The network does not answer.
    pub async fn now(&self) -> Result<u64> {
        let url = self.network.url();
        let ask = move || -> Result<serde_json::Value> {
            let body =
                serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "getLatestLedger" });
            Ok(ureq::post(&url).send_json(body)?.body_mut().read_json()?)
        };
        let answer = tokio::task::spawn_blocking(ask).await??;
        let time = answer["result"]["closeTime"]
            .as_str()
            .context("no closeTime")?;
        Ok(time.parse()?)
    }

    /// Moves the network's clock to `to`.
    ///
    /// # Errors
    /// The network does not answer.
    pub async fn advance_to(&self, to: u64) -> Result<()> {
        let secs = to.saturating_sub(self.now().await?);
        let url = format!("{}/admin/advance", self.network.url());
        let body = serde_json::json!({ "secs": secs, "ledgers": secs / LEDGER_SECS + 1 });
        tokio::task::spawn_blocking(move || ureq::post(&url).send_json(body).map(drop)).await??;
        Ok(())
    }

    /// The oracle's `/status`.
    ///
    /// # Errors
    /// The oracle does not answer.
    pub async fn oracle_status(&self) -> Result<serde_json::Value> {
        let text = get(format!("{}/status", self.oracle_url)).await?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Reports node status to the oracle.
    ///
    /// # Errors
    /// The oracle rejects some of it.
    pub async fn push_status(&self, lines: String) -> Result<()> {
        let url = format!("{}/v1/node-status", self.oracle_url);
        let ask = move || -> Result<String> {
            let post = ureq::post(&url).header("authorization", format!("Bearer {PROBER}"));
            Ok(post.send(&lines)?.body_mut().read_to_string()?)
        };
        let answer = tokio::task::spawn_blocking(ask).await??;
        ensure!(
            answer.contains("\"rejected\":0"),
            "node status was rejected: {answer}"
        );
        Ok(())
    }

    pub fn bucket_of(&self, provider: &str) -> Result<u32> {
        let entry = self.buckets.iter().find(|(name, _)| *name == provider);
        Ok(entry.context("every provider lists a bucket")?.1)
    }

    /// Stops the oracle after its transactions in flight, the index, and the network.
    ///
    /// # Errors
    /// A program does not exit cleanly.
    pub async fn strike(mut self) -> Result<()> {
        let oracle = end("oracle", &mut self.oracle).await;
        let index = end("index", &mut self.index).await;
        self.network.stop();
        oracle.and(index)
    }

    pub fn print_what_to_try(&self) {
        println!("\nRunning until Ctrl-C.\n");
        println!("  page         {}", self.index_url);
        println!(
            "  API          {0}/api/v1/status  {0}/api/v1/openapi.json",
            self.index_url
        );
        println!("  RPC          {}", self.network.url());
        println!("  passphrase   {}", self.network.passphrase());
        println!("  friendbot    {}/friendbot?addr=G...", self.network.url());
        println!("  oracle       {0}/status  {0}/metrics", self.oracle_url);
        println!(
            "  deployment   {}",
            self.folder.path().join("local.json").display()
        );
        println!("\n  Accounts on this network, with public secret keys:");
        for (name, person) in self.people.all() {
            println!("    {name:<9} {}  {}", person.account(), person.secret());
        }
        println!("\nTry:");
        println!(
            "  curl '{}/api/v1/quotes?gb=500&months=6&egress_gb_per_month=50'",
            self.index_url
        );
        println!("  curl {}/status", self.oracle_url);
        println!(
            "  curl -X POST {}/admin/advance -d '{{\"secs\": 86400}}'",
            self.network.url()
        );
        println!(
            "  stellar contract invoke --rpc-url {} --network-passphrase '{}' \\\n    \
             --source-account {} --id {} -- get_deals --skip 0 --take 10",
            self.network.url(),
            self.network.passphrase(),
            self.people.carol.secret(),
            self.market.deals.address()
        );
    }
}

async fn get(url: String) -> Result<String> {
    let ask = move || Ok(ureq::get(&url).call()?.body_mut().read_to_string()?);
    tokio::task::spawn_blocking(ask).await?
}

/// Asks a program to stop and waits until it has exited.
async fn end(name: &str, program: &mut Child) -> Result<()> {
    if let Some(pid) = program.id() {
        let mut kill = Command::new("kill");
        kill.args(["-TERM", &pid.to_string()]).status().await?;
    }
    let ended = tokio::time::timeout(Duration::from_secs(60), program.wait()).await;
    let status = ended.with_context(|| format!("the {name} did not stop within 60 s"))??;
    ensure!(
        status.success(),
        "the {name} exited with an error: {status}"
    );
    Ok(())
}

/// First ports to try; busy ports are skipped.
pub struct Ports {
    pub network: u16,
    pub oracle: u16,
    pub index: u16,
}

impl Ports {
    /// The first free ports from these on. All differ, because a program takes its port some time
    /// after it was started.
    fn free(&self) -> Result<Self> {
        let network = free_port(self.network, &[])?;
        let oracle = free_port(self.oracle, &[network])?;
        let index = free_port(self.index, &[network, oracle])?;
        Ok(Self {
            network,
            oracle,
            index,
        })
    }
}

fn free_port(from: u16, taken: &[u16]) -> Result<u16> {
    let mut ports = from..from.saturating_add(PORTS);
    let is_free = |port: &u16| {
        !taken.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()
    };
    let free = ports.find(is_free);
    free.with_context(|| format!("the ports from {from} to {} are busy", from + PORTS))
}

async fn contracts(client: &Client, people: &People, folder: &Path) -> Result<Market> {
    let wasm = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let (deployer, issuer) = (people.deployer.clone(), people.issuer.clone());
    let mut plan = Plan::new("local", deployer, issuer.clone(), wasm);
    plan.oracle = Some(people.oracle.address());
    plan.asset = StableAsset::Issued {
        code: "USDC".to_owned(),
        issuer,
        faucet: true,
    };
    let deployment = deploy(client, &plan, None).await?;
    deployment.save(&folder.join("local.json"))?;
    let market = deployment.market()?;
    for (name, address) in [
        ("registry", market.registry.address()),
        ("deals", market.deals.address()),
        ("escrow", market.escrow.address()),
        ("reputation", market.reputation.address()),
        ("mandates", market.mandates.address()),
    ] {
        println!("  {name:<10}  {address}");
    }
    Ok(market)
}

async fn purses(client: &Client, people: &People, break_transfer: bool) -> Result<()> {
    let asset = classic_asset("USDC", people.issuer.account())?;
    for (name, person) in people.traders() {
        client.run(person, &[], &Job::trust(&asset)).await?;
        let is_consumer = ["Carol", "Dan", "Mallory"].contains(&name);
        if is_consumer && !(break_transfer && name == "Carol") {
            let pay = Job::pay(&asset, &person.account(), PURSE);
            client.run(&people.issuer, &[], &pay).await?;
        }
    }
    Ok(())
}

async fn register(
    client: &Client,
    market: &Market,
    people: &People,
) -> Result<[(&'static str, u32); 2]> {
    let registry = &market.registry;
    for (name, person) in [("Ada", &people.ada), ("Bert", &people.bert)] {
        let call = registry.register_provider(person.address(), format!("{name}'s disks"));
        client.invoke(person, &call).await?;
    }
    for (name, person) in [
        ("Carol", &people.carol),
        ("Dan", &people.dan),
        ("Mallory", &people.mallory),
    ] {
        let call = registry.register_consumer(person.address(), name.to_owned());
        client.invoke(person, &call).await?;
    }
    let mut buckets = [("Ada", 0), ("Bert", 0)];
    // Prices in stroops: per GB per month, and per GB of egress.
    let prices = [(20_0000, 1_00000), (15_0000, 2_00000)];
    for ((place, recording), (storage, egress)) in buckets.iter_mut().zip(&RECORDINGS).zip(prices) {
        let provider = people.by_name(recording.provider);
        let id = recording.bucket.to_owned();
        let create = registry.create_bucket(
            provider.address(),
            id.clone(),
            "eu-central-1".to_owned(),
            id,
            "S3".to_owned(),
            storage,
            egress,
            100,
            9_990,
        );
        place.1 = client.invoke(provider, &create).await?.answer;
        let shared = registry.set_bucket_capacity(provider.address(), place.1, 100_000, 100_000);
        client.invoke(provider, &shared).await?;
    }
    Ok(buckets)
}

fn log_file(folder: &Path, bucket: &str) -> PathBuf {
    folder.join(format!("{bucket}.access.log"))
}

/// The path of a program in the folder of this one.
fn beside(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    ensure!(
        program.is_file(),
        "{} is missing: run cargo build --package flash-{name}",
        program.display()
    );
    Ok(program)
}

/// Starts the real index, which follows the network and serves the API and the page.
async fn start_index(folder: &Path, rpc_url: &str, port: u16) -> Result<Child> {
    let config = format!(
        r#"
database = "sqlite://{0}/index.db"
listen = "127.0.0.1:{port}"
[log]
level = "warn"
[network]
rpc_url = "{rpc_url}"
deployment = "{0}/local.json"
[follow]
poll_ms = 250
[api]
friendbot_url = "{rpc_url}/friendbot"
dev_wallet = true
# Browser tests on this machine send requests as fast as they can.
rate_per_sec = 1000
rate_burst = 5000
"#,
        folder.display()
    );
    let file = folder.join("index.toml");
    std::fs::write(&file, config)?;
    let mut command = Command::new(beside("index")?);
    command.arg("--config").arg(&file).arg("run");
    command.process_group(0);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command.spawn().context("the index cannot be started")
}

/// Starts the real oracle.
async fn start_oracle(folder: &Path, rpc_url: &str, port: u16, people: &People) -> Result<Child> {
    let program = beside("oracle")?;
    let mut config = format!(
        r#"
database = "sqlite://{0}/oracle.db"
listen = "127.0.0.1:{port}"
# The network's clock is ahead of this machine's.
max_ahead_secs = 1_000_000_000
[log]
level = "warn"
[network]
rpc_url = "{rpc_url}"
deployment = "{0}/local.json"
[round]
every_secs = 1
report_every_secs = 43_200
lateness_secs = 0
final_delay_secs = 60
[submit]
channels = 2
# Enough to restore the contracts' code, which lives for a week where localnet runs like the test network.
channel_balance_stroops = 20_000_000_000
poll_ms = 20
[[push.prober]]
name = "prober"
token_sha256 = "{PROBER_SHA256}"
"#,
        folder.display()
    );
    for recording in &RECORDINGS {
        let path = log_file(folder, recording.bucket);
        std::fs::write(&path, "")?;
        config.push_str(&format!(
            "[[file]]\npath = \"{}\"\nformat = \"s3-log\"\nprovider = \"{}\"\nevery_secs = 1\n",
            path.display(),
            people.by_name(recording.provider).account()
        ));
    }
    let file = folder.join("oracle.toml");
    std::fs::write(&file, config)?;
    let mut command = Command::new(program);
    command.arg("--config").arg(&file).arg("run");
    command.env("ORACLE_SECRET_KEY", people.oracle.secret());
    // Only this program handles Ctrl-C; it stops the oracle with SIGTERM.
    command.process_group(0);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command.spawn().context("the oracle cannot be started")
}
