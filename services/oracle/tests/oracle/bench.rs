//! How fast and how large: `make bench-oracle`. Not a test of the suite: it measures.

use crate::support::{all_up, bucket, load, Daemon, Database, Truth, World, DAY};
use flash_base::db::Db;
use flash_client::{classic_asset, Client, Job, Market, Signer};
use flash_oracle::ingest::{Incoming, Ingest};
use flash_oracle::MIGRATIONS;
use std::{
    process::{Child, Stdio},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};

const SAMPLES_PER_LOAD: u64 = 5_000;

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: make bench-oracle"]
async fn bench() {
    let samples_per_s = ingest(number("BENCH_SAMPLES", 1_000_000)).await;
    println!("ingest: {samples_per_s} samples/s");
    let (deals, rounds) = (number("BENCH_DEALS", 10_000), number("BENCH_ROUNDS", 100));
    let figures = rounds_over(deals, rounds).await;
    let answer = serde_json::json!({
        "deals": deals,
        "round_10k_s": (deals == 10_000).then_some(figures.round_s),
        "round_s": figures.round_s,
        "samples_per_s": samples_per_s,
        "rss_mib": figures.rss_mib,
        "rounds": rounds,
        "rss_mib_early": figures.early_mib,
        "rss_mib_late": figures.late_mib,
    });
    println!("{answer}");
    if let Ok(path) = std::env::var("BENCH_FILE") {
        std::fs::write(&path, format!("{answer}\n")).unwrap();
    }
}

/// Samples a second into SQLite, each commit on the disk.
async fn ingest(count: u64) -> u64 {
    let database = Database::sqlite();
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let (ingest, _) = Ingest::start(db, 8);
    let sample = |nth: u64| Incoming {
        provider: "P".into(),
        bucket: format!("bucket-{}", nth % 100),
        repo: format!("repo-{}", nth % 10_000),
        at_ms: 1_700_000_000_000 + nth * 10,
        origin: 0,
        is_numbered: false,
        host: "node".to_owned(),
        upl_bytes: 10,
        dwl_bytes: 20,
        size_change: 10,
        latency_ms: Some(5),
    };
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for first in (0..count).step_by(usize::try_from(SAMPLES_PER_LOAD).unwrap()) {
        let samples = (first..first + SAMPLES_PER_LOAD).map(sample).collect();
        while tasks.len() >= 8 {
            tasks.join_next().await;
        }
        let ingest = ingest.clone();
        tasks.spawn(async move { ingest.write(load(samples, vec![])).await.unwrap() });
    }
    while tasks.join_next().await.is_some() {}
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap();
    count * 1_000 / millis.max(1)
}

struct Figures {
    round_s: f64,
    rss_mib: u64,
    early_mib: u64,
    late_mib: u64,
}

async fn rounds_over(count: u64, rounds: u64) -> Figures {
    let world = World::new().await;
    let database = Database::sqlite();
    let daemon = Daemon::new(&world, &database.url, &world.network.url());
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let (ingest, _) = Ingest::start(db, 8);
    let begun = Instant::now();
    let stalls = Stall::open(&world, count).await;
    println!("world: {count} deals after {} s", begun.elapsed().as_secs());
    let mut truth = Truth::default();
    let from = world.now().await;
    world.advance(DAY).await;
    let to = world.now().await;
    for stall in &stalls {
        let mut samples = Vec::new();
        for (repo, _) in &stall.deals {
            let series = (&*stall.name, &**repo);
            let mut sample = truth.used(&world, series, from + 5, 2 << 20, 3 << 20);
            sample.provider = stall.provider.account().to_string().into();
            samples.push(sample);
        }
        let probes = all_up(&stall.name, from, to);
        ingest.write(load(samples, probes)).await.unwrap();
    }
    let begun = Instant::now();
    let mut child = daemon
        .command(&["once"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut rss_mib = 0;
    while child.try_wait().unwrap().is_none() {
        rss_mib = rss_mib.max(memory_mib(&child, "VmHWM"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let round_s = begun.elapsed().as_secs_f64();
    assert!(child.wait().unwrap().success());
    println!("round: {round_s:.1} s, {rss_mib} MiB");
    // One deal of each stall, read back from the network.
    for stall in &stalls {
        let some: Vec<_> = stall.deals.iter().take(1).map(|deal| deal.1).collect();
        truth.assert_billed(&world, &stall.name, &some).await;
        let meter = world.meter(some[0]).await;
        assert!(meter.storage_mb_secs > 0, "deal {} was reported", some[0]);
    }
    let (early_mib, late_mib, most) = memory_over(&daemon, rounds).await;
    Figures {
        round_s,
        rss_mib: rss_mib.max(most),
        early_mib,
        late_mib,
    }
}

/// A provider with one bucket, and a consumer who has all of its deals there: repo and id.
struct Stall {
    name: String,
    provider: Signer,
    consumer: Signer,
    deals: Vec<(String, u32)>,
}

const DEALS_PER_STALL: u64 = 100;
const STALLS_AT_A_TIME: usize = 12;
const PURSE: i64 = 100_000_000_000;

impl Stall {
    /// Funded deals of many people, made side by side.
    async fn open(world: &World, count: u64) -> Vec<Self> {
        let first = (0..count).step_by(usize::try_from(DEALS_PER_STALL).unwrap());
        let mut left: Vec<_> = first
            .map(|first| (first, DEALS_PER_STALL.min(count - first)))
            .collect();
        let asset = classic_asset("USDC", Signer::named("issuer").account()).unwrap();
        let issuer = Arc::new(tokio::sync::Mutex::new(Signer::named("issuer")));
        let made = Arc::new(AtomicU64::new(0));
        // Ids are dense: of two that are made at a time both would have the next one.
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        let (mut stalls, mut tasks) = (Vec::new(), tokio::task::JoinSet::new());
        let mut told = Instant::now();
        while !(left.is_empty() && tasks.is_empty()) {
            while tasks.len() < STALLS_AT_A_TIME && !left.is_empty() {
                let (first, deals) = left.remove(0);
                let (client, market) = (world.client.clone(), world.market.clone());
                let (asset, issuer, made) = (asset.clone(), issuer.clone(), made.clone());
                let turn = turn.clone();
                tasks.spawn(async move {
                    let mut stall = Self::arrive(&client, first, &asset, &issuer).await;
                    let bucket = {
                        let _turn = turn.lock().await;
                        stall.register(&client, &market).await
                    };
                    stall
                        .sell(&client, &market, (bucket, deals), (&turn, &made))
                        .await;
                    stall
                });
            }
            tokio::select! {
                Some(stall) = tasks.join_next() => stalls.push(stall.unwrap()),
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                println!("world: {} of {count} deals", made.load(Ordering::Relaxed));
            }
        }
        stalls
    }

    async fn arrive(
        client: &Client,
        first: u64,
        asset: &stellar_xdr::Asset,
        issuer: &tokio::sync::Mutex<Signer>,
    ) -> Self {
        let name = format!("stall-{first}");
        let provider = Signer::named(&format!("provider of {name}"));
        let consumer = Signer::named(&format!("consumer of {name}"));
        for one in [&provider, &consumer] {
            client.fund(&one.account()).await.unwrap();
            client.run(one, &[], &Job::trust(asset)).await.unwrap();
        }
        let pay = Job::pay(asset, &consumer.account(), PURSE);
        client.run(&*issuer.lock().await, &[], &pay).await.unwrap();
        Self {
            name,
            provider,
            consumer,
            deals: vec![],
        }
    }

    /// Both are registered; the bucket.
    async fn register(&self, client: &Client, market: &Market) -> u32 {
        let registry = &market.registry;
        let call = registry.register_provider(self.provider.address(), "disks".to_owned());
        client.invoke(&self.provider, &call).await.unwrap();
        let call = registry.register_consumer(self.consumer.address(), "files".to_owned());
        client.invoke(&self.consumer, &call).await.unwrap();
        bucket(client, market, &self.provider, &self.name).await
    }

    async fn sell(
        &mut self,
        client: &Client,
        market: &Market,
        (bucket, count): (u32, u64),
        (turn, made): (&tokio::sync::Mutex<()>, &AtomicU64),
    ) {
        let deals = &market.deals;
        let (consumer, provider) = (self.consumer.address(), self.provider.address());
        let (secs, mb) = (1_500 * DAY, 10);
        let quote = client.read(&deals.get_quote(bucket, secs, mb, mb)).await;
        let quote = quote.unwrap();
        let amount = u128::try_from(quote.price.max(quote.min_fund)).unwrap();
        for nth in 0..count {
            let repo = format!("repo-{nth}");
            let (who, from) = (consumer.clone(), provider.clone());
            let api = "S3".to_owned();
            let create = deals.create_deal(who, from, bucket, repo.clone(), secs, mb, mb, api);
            let id = {
                let _turn = turn.lock().await;
                client.invoke(&self.consumer, &create).await.unwrap().answer
            };
            let accept = deals.set_deal_accepted(provider.clone(), consumer.clone(), id);
            client.invoke(&self.provider, &accept).await.unwrap();
            let (who, from) = (consumer.clone(), provider.clone());
            let fund = deals.set_deal_funded(who, from, id, amount, repo.clone());
            client.invoke(&self.consumer, &fund).await.unwrap();
            self.deals.push((repo, id));
            made.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Memory of `oracle run` after a tenth of the rounds, after all of them, and at most.
async fn memory_over(daemon: &Daemon, rounds: u64) -> (u64, u64, u64) {
    let daemon = daemon
        .clone()
        .set("round.every_secs=1")
        .set("log.level=info");
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = daemon.command(&["run"]);
    let mut child = command.stderr(log.reopen().unwrap()).spawn().unwrap();
    let mut early = 0;
    loop {
        let text = std::fs::read_to_string(log.path()).unwrap();
        let ended = text.matches("a round ended").count() as u64;
        if early == 0 && ended >= rounds.div_ceil(10) {
            early = memory_mib(&child, "VmRSS");
        }
        if ended >= rounds {
            break;
        }
        assert!(child.try_wait().unwrap().is_none(), "{text}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (late, most) = (memory_mib(&child, "VmRSS"), memory_mib(&child, "VmHWM"));
    child.kill().unwrap();
    child.wait().unwrap();
    (early, late, most)
}

fn memory_mib(child: &Child, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
