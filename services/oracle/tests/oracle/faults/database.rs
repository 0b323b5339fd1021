//! What breaks under the oracle's database while the daemon runs: full disks, leases from the future, lost connections,
//! a power cut of PostgreSQL. The daemon is never restarted.

use super::{Stage, PATIENCE};
use crate::support::{request, start, Database, Running, DAY};
use flash_base_testkit::{PostgresServer, SmallDisk};
use std::time::{Duration, Instant};

/// Room for the database of a run, and little more.
const DISK_MEBIBYTES: u32 = 24;
const YEAR_MS: i64 = 365 * 86_400 * 1_000;

fn run(stage: &Stage) -> Running {
    let daemon = stage.daemon.clone().set("round.every_secs=1");
    start(&daemon.set("log.level=info").set("log.json=true"))
}

fn failed_rounds(running: &Running) -> f64 {
    let metrics = request("GET", &format!("{}/metrics", running.url), None, "").1;
    let name = "oracle_rounds_failed_total ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

/// Waits until a round fails: the trouble has reached the daemon.
async fn until_a_round_fails(running: &Running, before: f64) {
    let begun = Instant::now();
    while failed_rounds(running) <= before {
        assert!(begun.elapsed() < PATIENCE, "no round fails");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until the daemon has reported the day that ended, by itself.
async fn until_billed(stage: &Stage, running: &mut Running) {
    let begun = Instant::now();
    let now = stage.world.now().await;
    for deal in &stage.deals {
        while stage.world.meter(*deal).await.through_ts + DAY / 2 <= now {
            assert!(running.child.try_wait().unwrap().is_none(), "it ended");
            assert!(begun.elapsed() < PATIENCE, "deal {deal} is behind");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    stage.assert_billed().await;
}

/// A day passes while the disk is full.
async fn full_disk(stage: &mut Stage, running: &mut Running, disk: &SmallDisk, seed: u64) {
    let before = failed_rounds(running);
    disk.fill();
    stage.world.advance(DAY).await;
    until_a_round_fails(running, before).await;
    disk.free();
    stage.day(seed).await;
    until_billed(stage, running).await;
}

/// Another daemon, whose clock is a year ahead, had the lease and is gone.
async fn lease_of_next_year(stage: &mut Stage, running: &mut Running, seed: u64) {
    let until_ms = i64::try_from(flash_oracle::time::now_ms()).unwrap() + YEAR_MS;
    let dated = sqlx::query("UPDATE leases SET holder = 'elsewhere', until_ms = $1");
    let rows = dated.bind(until_ms).execute(stage.db.pool()).await.unwrap();
    assert_eq!(rows.rows_affected(), 1);
    stage.day(seed).await;
    until_billed(stage, running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn troubles_of_sqlite_bill_every_window_once() {
    let Some(disk) = SmallDisk::mount(DISK_MEBIBYTES) else {
        return;
    };
    let url = format!("sqlite://{}", disk.path().join("oracle.db").display());
    let mut stage = Stage::new(2, Database::at("SQLite", &url)).await;
    let mut running = run(&stage);
    full_disk(&mut stage, &mut running, &disk, 1).await;
    lease_of_next_year(&mut stage, &mut running, 2).await;
    println!("SQLite: 2 troubles, billed = metered");
}

#[tokio::test(flavor = "multi_thread")]
async fn troubles_of_postgresql_bill_every_window_once() {
    let (Some(mut server), Some(disk)) =
        (PostgresServer::start(), SmallDisk::mount(DISK_MEBIBYTES))
    else {
        return;
    };
    let url = server.create_on("oracle", disk.path());
    let mut stage = Stage::new(2, Database::at("PostgreSQL", &url)).await;
    let mut running = run(&stage);
    full_disk(&mut stage, &mut running, &disk, 1).await;
    lease_of_next_year(&mut stage, &mut running, 2).await;

    server.cut_connections();
    stage.day(3).await;
    until_billed(&stage, &mut running).await;

    let before = failed_rounds(&running);
    server.cut_power();
    until_a_round_fails(&running, before).await;
    server.start_again();
    stage.day(4).await;
    until_billed(&stage, &mut running).await;
    println!("PostgreSQL: 4 troubles, billed = metered");
}
