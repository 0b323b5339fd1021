//! An honest source, an honest deal and an honest client beside everybody who is hostile, all at once, for
//! HOSTILE_SECS seconds (20; `make test-hostile`: 300) on each database. Real daemons, a real local network.

#[allow(
    dead_code,
    unused_imports,
    reason = "the other tests use the rest of it"
)]
#[path = "../oracle/support/mod.rs"]
mod support;

mod crowd;
mod figures;
mod honest;
mod programs;

use crowd::Crowd;
use figures::Figures;
use honest::Honest;
use programs::Programs;
use std::time::{Duration, Instant};
use support::{databases, World};

const BUCKET: &str = "bucket-1";
/// Days of the marketplace that go by in a run.
const DAYS: u32 = 4;

fn run_secs() -> Option<u64> {
    let text = std::env::var("HOSTILE_SECS").ok();
    text.map(|text| text.parse().expect("HOSTILE_SECS is a number of seconds"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_honest_notice_nothing_of_the_hostile() {
    let time = Duration::from_secs(run_secs().unwrap_or(20));
    for database in databases() {
        let world = World::new().await;
        let bucket = world.bucket(BUCKET).await;
        let deal = world.deal(bucket, "honest", 400, 1_000, 100_000).await;
        let other = world.deal(bucket, "hostile", 400, 1_000, 100_000).await;
        let programs = Programs::start(&world, &database).await;
        let mut honest = Honest::new(&world, &programs, deal).await;
        let crowd = Crowd::gather(&world, &programs);
        let begun = Instant::now();
        for day in 1..=DAYS {
            honest.day(&world, u64::from(day)).await;
            tokio::time::sleep_until((begun + time * day / DAYS).into()).await;
        }
        let hostile = crowd.leave().await;
        let figures = Figures::of(database.kind, honest.end().await, &programs, hostile);
        println!("{figures}");
        honest.truth.assert_billed(&world, BUCKET, &[deal]).await;
        let meter = world.meter(other).await;
        assert!(
            meter.through_ts > meter.start_ts,
            "the hostile deal is reported too"
        );
        // A machine that runs other tests beside this one answers as late as it likes.
        figures.assert(run_secs().is_some());
    }
}
