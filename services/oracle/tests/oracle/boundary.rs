//! What goes wrong outside does not end the daemon, and shows no secret.

use crate::support::{
    all_up, databases, digest, load, request, start, Daemon, Running, World, BUCKET, DAY,
};
use flash_base::settings::Settings;
use flash_base_testkit::SmallDisk;
use flash_oracle::{config::Config, daemon::Oracle, ingest::Ingest};
use std::time::{Duration, Instant};

const SAMPLE: &str = r#"{"timestamp": 1700000000000, "repoId": "r", "bucketId": "b", "upl_bytes": 1,
    "dwl_bytes": 2, "size_change": 3, "latency_ms": 4, "host": "h"}"#;

fn with_node(world: &World, database: &str, rpc_url: &str) -> Daemon {
    let daemon = Daemon::new(world, database, rpc_url);
    let text = std::fs::read_to_string(&daemon.config).unwrap();
    let node = format!(
        "{text}\n[[push.node]]\nname = \"node-1\"\nprovider = \"{}\"\ntoken_sha256 = \"{}\"\n",
        world.provider_text(),
        digest("node")
    );
    std::fs::write(&daemon.config, node).unwrap();
    daemon.set("log.level=info").set("log.json=true")
}

fn push(running: &Running, body: &str) -> u16 {
    request(
        "POST",
        &format!("{}/v1/telemetry", running.url),
        Some("node"),
        body,
    )
    .0
}

fn failed_rounds(running: &Running) -> f64 {
    let metrics = request("GET", &format!("{}/metrics", running.url), None, "").1;
    let name = "oracle_rounds_failed_total ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

fn until(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn telemetry_is_taken_while_the_rpc_server_hangs() {
    let world = World::new().await;
    // It accepts connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let rpc_url = format!("http://{}", silent.local_addr().unwrap());
    for database in databases() {
        let daemon = with_node(&world, &database.url, &rpc_url);
        let taken = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let status = push(&start(&daemon), SAMPLE);
            (status, begun.elapsed())
        });
        let (status, time) = taken.await.unwrap();
        assert_eq!(status, 200, "{}", database.kind);
        assert!(time < Duration::from_secs(20), "{time:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_waited_out() {
    let Some(disk) = SmallDisk::mount(8) else {
        return;
    };
    let world = World::new().await;
    let url = format!("sqlite://{}", disk.path().join("oracle.db").display());
    let daemon = with_node(&world, &url, &world.network.url()).set("round.every_secs=1");
    let waited = tokio::task::spawn_blocking(move || {
        let mut running = start(&daemon);
        assert_eq!(push(&running, SAMPLE), 200);
        disk.fill();
        until("rounds fail", || failed_rounds(&running) > 2.0);
        disk.free();
        until("pushes are taken again", || push(&running, SAMPLE) == 200);
        let failed = failed_rounds(&running);
        std::thread::sleep(Duration::from_secs(4));
        assert!(
            failed_rounds(&running) <= failed + 1.0,
            "rounds fail for good"
        );
        assert!(running.child.try_wait().unwrap().is_none());
    });
    waited.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_prints_a_password() {
    let world = World::new().await;
    let database = "postgres://oracle:hunter2@127.0.0.1:1/oracle";
    let rpc_url = "http://user:hunter2@127.0.0.1:1/";
    let daemon = Daemon::new(&world, database, rpc_url);
    let (status, once) = tokio::join!(daemon.run(&["status"]), daemon.run(&["once"]));
    for done in [status, once] {
        let log = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success());
        assert!(
            !log.contains("hunter2") && log.contains("127.0.0.1:1"),
            "{log}"
        );
    }
}

/// Names on the ledger are bytes; PostgreSQL takes no NUL.
#[tokio::test(flavor = "multi_thread")]
async fn a_deal_that_cannot_be_metered_keeps_no_other_from_being_reported() {
    let world = World::new().await;
    let bucket = world.bucket(BUCKET).await;
    for database in databases() {
        let repos = ["good", "bad"].map(|repo| format!("{repo}-{}", database.kind));
        let good = world.deal(bucket, &repos[0], 100, 1_000, 1_000).await;
        let bad = world.deal(bucket, &repos[1], 100, 1_000, 1_000).await;
        let daemon = Daemon::new(&world, &database.url, &world.network.url());
        let key = world.folder.path().join("oracle.key");
        std::fs::write(&key, world.oracle.secret()).unwrap();
        let key = format!("network.secret_key_file={}", key.display());
        let config = Config::load(&daemon.config, std::iter::empty(), &[key]).unwrap();
        let oracle = Oracle::open(config).await.unwrap();
        let (ingest, _) = Ingest::start(oracle.db.clone(), 8);
        let from = world.now().await;
        world.advance(DAY).await;
        let now = world.now().await;
        let status = all_up(BUCKET, from, now);
        ingest.write(load(vec![], status)).await.unwrap();
        let mut deals = oracle.rounds.refresh().await.unwrap();
        deals.retain(|deal| [good, bad].contains(&deal.deal_id));
        for deal in deals.iter_mut().filter(|deal| deal.deal_id == bad) {
            deal.bucket = "a\0b".to_owned();
            deal.repo = "\0".to_owned();
        }
        let planned = oracle.rounds.plan(&deals, now).await.unwrap();
        let items = planned.reports.iter().chain(&planned.settling);
        let reported: Vec<_> = items.map(|item| item.deal_id).collect();
        assert_eq!(reported, [good], "{}", database.kind);
        // SQLite takes the name, and no status of it is known.
        assert_eq!(planned.not_metered + planned.without_status, 1);
    }
}
