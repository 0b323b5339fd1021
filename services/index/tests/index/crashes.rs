//! kill -9 at any moment: nothing is missed, nothing doubled.

use crate::world::{assert_same, catch_up, rows, World, DAY};
use flash_base_testkit::databases;
use flash_index::{
    follow::Follower,
    rows::{DealEvent, EventRow, Score, Settlement, Window},
};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Events that one run may read before it is killed; as many are there for each.
const EACH: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// The n-th number of a seed, below `below`.
fn mixed(seed: u64, nth: u64, below: u64) -> u64 {
    let mixed = (seed * 1_000 + nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 33) % below
}

async fn stored(by: &Follower) -> u64 {
    let sql = "SELECT COUNT(*) FROM events";
    let count: i64 = sqlx::query_scalar(sql)
        .fetch_one(by.db.pool())
        .await
        .unwrap();
    count.try_into().unwrap()
}

/// Runs the program until it has stored some events more, and a moment of the seed longer.
async fn run_and_kill(config: &Path, watch: &Follower, seed: u64, nth: u64) -> (u64, u64) {
    let before = stored(watch).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_index"));
    command.arg("--config").arg(config);
    command.args(["--set", "follow.page_events=1", "run"]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while stored(watch).await <= before + mixed(seed, nth, 3) {
        assert!(
            begun.elapsed() < PATIENCE,
            "seed {seed}, kill {nth}: no work began"
        );
        assert_eq!(child.try_wait().unwrap(), None, "seed {seed}, kill {nth}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let moment = Duration::from_micros(mixed(seed, nth + 500, 40_000));
    tokio::time::sleep(moment).await;
    child.kill().unwrap();
    child.wait().unwrap();
    (before, stored(watch).await)
}

/// Latency and uptime of a window depend on when it was read; all else does not.
fn of_events(windows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let rows = windows.into_iter();
    rows.map(|row| [&row[..7], &row[9..]].concat()).collect()
}

async fn assert_nothing_missed_or_doubled(after: &Follower, whole: &Follower, seed: &str) {
    macro_rules! same {
        ($($table:ty),+) => {$(
            assert_eq!(rows::<$table>(after).await, rows::<$table>(whole).await, "{seed}");
        )+};
    }
    same!(EventRow, DealEvent, Settlement, Score);
    let (ours, theirs) = (rows::<Window>(after).await, rows::<Window>(whole).await);
    assert_eq!(of_events(ours), of_events(theirs), "{seed}");
}

/// `INDEX_KILLS`: kills of each seed; `INDEX_SEEDS`: seeds of each database.
fn set(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_neither_misses_nor_doubles() {
    let (kills, seeds) = (set("INDEX_KILLS", 6), set("INDEX_SEEDS", 2));
    let world = World::new().await;
    world.register().await;
    let bucket = world.bucket("one").await;
    let deal = world.funded(bucket, "repo", None).await;
    for _ in 0..6 {
        world.advance(DAY).await;
        world.report(deal, 10 << 10, 100, 9_900).await;
    }
    let whole = world.follower("sqlite::memory:", &[]).await;
    catch_up(&whole).await;
    for nth in stored(&whole).await..kills * EACH {
        world.describe(&format!("disks and {nth} more")).await;
    }
    catch_up(&whole).await;
    let all = stored(&whole).await;
    for seed in 0..seeds {
        for database in databases() {
            let config = world.config_file(&database.url);
            let watch = world.follower(&database.url, &[]).await;
            for nth in 0..kills {
                let (before, after) = run_and_kill(&config, &watch, seed, nth).await;
                let told = format!("seed {seed}, kill {nth}: {before}, {after} of {all} events");
                assert!(before < after && after < all, "{told}");
            }
            catch_up(&watch).await;
            assert_same(&watch, "kills").await;
            let told = format!("seed {seed}, {}", database.kind);
            assert_nothing_missed_or_doubled(&watch, &whole, &told).await;
        }
    }
}
