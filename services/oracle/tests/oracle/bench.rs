//! How fast and how large: `make bench-oracle`. Not a test of the suite: it measures.

use crate::support::{all_up, load, Daemon, Database, Truth, World, DAY};
use flash_oracle::{
    db::Db,
    ingest::{Change, Incoming, Ingest},
};
use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

const BUCKET: &str = "bucket-1";
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
    let db = Db::open(&database.url).await.unwrap();
    let (ingest, _) = Ingest::start(db, 8);
    let sample = |nth: u64| Incoming {
        provider: "P".to_owned(),
        bucket: format!("bucket-{}", nth % 100),
        repo: format!("repo-{}", nth % 10_000),
        at_ms: 1_700_000_000_000 + nth * 10,
        origin: "node".to_owned(),
        host: "node".to_owned(),
        upl_bytes: 10,
        dwl_bytes: 20,
        change: Change::Bytes(10),
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
    let db = Db::open(&database.url).await.unwrap();
    let (ingest, _) = Ingest::start(db, 8);
    let bucket = world.bucket(BUCKET).await;
    let begun = Instant::now();
    let mut deals = Vec::new();
    for nth in 0..count {
        deals.push(
            world
                .deal(bucket, &format!("repo-{nth}"), 1_500, 10, 10)
                .await,
        );
        if nth % 500 == 499 {
            println!("{} deals after {} s", nth + 1, begun.elapsed().as_secs());
        }
    }
    let mut truth = Truth::default();
    let from = world.now().await;
    world.advance(DAY).await;
    let to = world.now().await;
    let mut samples = Vec::new();
    for nth in 0..count {
        let repo = format!("repo-{nth}");
        samples.push(truth.used(&world, (BUCKET, &repo), from + 5, 2 << 20, 3 << 20));
    }
    for some in samples.chunks(5_000) {
        ingest.write(load(some.to_vec(), vec![])).await.unwrap();
    }
    ingest
        .write(load(vec![], all_up(BUCKET, from, to)))
        .await
        .unwrap();
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
    truth
        .assert_billed(&world, BUCKET, &deals[..deals.len().min(200)])
        .await;
    let (early_mib, late_mib, most) = memory_over(&daemon, rounds).await;
    Figures {
        round_s,
        rss_mib: rss_mib.max(most),
        early_mib,
        late_mib,
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
