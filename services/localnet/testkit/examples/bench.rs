//! How fast localnet is: start-up, contract calls end to end, simulations, memory. Prints the figures
//! and writes them as JSON.
//!
//!   bench <path of flash-localnet> <file for the JSON>

use anyhow::{Context, Result};
use flash_localnet_testkit::{
    contract_id, contract_wasm, create, invoke, operation, sign, symbol, transaction, upload,
    Client, Wallet,
};
use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};
use stellar_xdr::{ContractId, Limits, ScAddress, ScVal, Transaction, WriteXdr};

const WORKERS: usize = 8;
const STARTS: u32 = 5;

/// A network in a process of its own.
struct Network {
    process: Child,
    client: Client,
}

impl Network {
    fn start(program: &str) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(process.stdout.take().context("no output")?).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| {
                line.trim()
                    .strip_prefix("rpc")
                    .map(|url| url.trim().to_owned())
            })
            .context("the network does not say where it is")?;
        let client = Client::new(&url, "Standalone Network ; February 2017");
        Ok(Self { process, client })
    }

    /// Resident memory, in MiB.
    fn rss_mib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .context("no VmRSS")?;
        let kib: u64 = line
            .split_whitespace()
            .nth(1)
            .context("no number")?
            .parse()?;
        Ok(kib / 1024)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// From the start of the process to its first answer, in milliseconds: the worst of a few.
fn startup_ms(program: &str) -> Result<u128> {
    let mut worst = 0;
    for _ in 0..STARTS {
        let begun = Instant::now();
        let network = Network::start(program)?;
        network.client.result("getHealth", Value::Null)?;
        worst = worst.max(begun.elapsed().as_millis());
    }
    Ok(worst)
}

/// A worker: an account of its own, and a call that is ready except for its sequence number.
struct Worker {
    client: Client,
    wallet: Wallet,
    call: Transaction,
}

impl Worker {
    fn new(client: &Client, contract: &ContractId, number: usize) -> Result<Self> {
        let wallet = Wallet::named(&format!("worker {number}"));
        client.fund(&wallet)?;
        let key = symbol(&format!("worker_{number}"));
        // The entry exists before it is timed: what is timed is a call, not the first rent.
        client.invoke(
            &wallet,
            invoke(contract, "put", vec![key.clone(), ScVal::U32(0)])?,
        )?;
        let call = client.prepare(&wallet, invoke(contract, "put", vec![key, ScVal::U32(1)])?)?;
        Ok(Self {
            client: client.clone(),
            wallet,
            call,
        })
    }

    /// One call: signed, sent, confirmed.
    fn run(&mut self) -> Result<()> {
        let envelope = sign(&self.call, self.client.network_id, &[&self.wallet])?;
        let done = self.client.submit(&envelope)?;
        anyhow::ensure!(done["status"] == "SUCCESS", "{done}");
        self.call.seq_num.0 += 1;
        Ok(())
    }
}

fn deploy(client: &Client) -> Result<ContractId> {
    let owner = Wallet::named("owner");
    client.fund(&owner)?;
    let wasm = contract_wasm(28)?;
    client.invoke(&owner, upload(&wasm)?)?;
    let admin = ScVal::Address(ScAddress::Account(owner.account()));
    client.invoke(
        &owner,
        create(&owner.account(), [1; 32], &wasm, vec![admin])?,
    )?;
    contract_id(&owner.account(), [1; 32], client.network_id)
}

/// Runs `count` jobs on all workers; how many a second.
fn timed(
    workers: &mut [Worker],
    count: usize,
    job: impl Fn(&mut Worker) -> Result<()> + Sync,
) -> Result<f64> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        let runs: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                scope.spawn(|| -> Result<()> {
                    while next.fetch_add(1, Ordering::Relaxed) < count {
                        job(worker)?;
                    }
                    Ok(())
                })
            })
            .collect();
        runs.into_iter()
            .try_for_each(|run| run.join().expect("a worker does not panic"))
    })?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

fn simulate(client: &Client, contract: &ContractId, wallet: &Wallet) -> Result<String> {
    let body = invoke(contract, "put", vec![symbol("simulated"), ScVal::U32(1)])?;
    let tx = transaction(&wallet.account(), 1, vec![operation(body)])?;
    Ok(sign(&tx, client.network_id, &[])?.to_xdr_base64(Limits::none())?)
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let program = args.next().context("usage: bench PROGRAM FILE")?;
    let file = args.next().context("usage: bench PROGRAM FILE")?;
    let told = std::env::var("LOCALNET_BENCH_TRANSACTIONS").ok();
    let transactions: usize = told.map_or(Ok(100_000), |text| text.parse())?;

    let startup_ms = startup_ms(&program)?;
    let network = Network::start(&program)?;
    let contract = deploy(&network.client)?;
    let mut workers = (0..WORKERS)
        .map(|number| Worker::new(&network.client, &contract, number))
        .collect::<Result<Vec<_>>>()?;
    let simulation = simulate(&network.client, &contract, &Wallet::named("owner"))?;
    let simulations_per_s = timed(&mut workers, 3_000, |worker| {
        let params = json!({ "transaction": simulation });
        let answer = worker.client.result("simulateTransaction", params)?;
        anyhow::ensure!(answer.get("error").is_none(), "{answer}");
        Ok(())
    })?;
    let calls_per_s = timed(&mut workers, 3_000, Worker::run)?;
    timed(
        &mut workers,
        transactions.saturating_sub(3_000),
        Worker::run,
    )?;
    let figures = json!({
        "startup_ms": startup_ms,
        "calls_per_s": calls_per_s.round(),
        "simulations_per_s": simulations_per_s.round(),
        "rss_mib_after_100k": network.rss_mib()?,
    });
    if let Some(folder) = Path::new(&file).parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, format!("{figures}\n"))?;
    println!("{figures}");
    judge(
        startup_ms,
        calls_per_s,
        simulations_per_s,
        network.rss_mib()?,
    )
}

/// The targets: on two cores, with the clients on the same machine.
fn judge(startup_ms: u128, calls: f64, simulations: f64, rss_mib: u64) -> Result<()> {
    anyhow::ensure!(startup_ms < 1_000, "it takes a second or more to start");
    anyhow::ensure!(calls >= 150.0, "fewer than 150 calls a second");
    anyhow::ensure!(simulations >= 300.0, "fewer than 300 simulations a second");
    anyhow::ensure!(rss_mib < 512, "512 MiB or more after all transactions");
    Ok(())
}
