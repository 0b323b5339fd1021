//! kill -9 at any moment: nothing is missed, nothing doubled.

use crate::{
    database::databases,
    world::{assert_same, catch_up, rows, World, DAY},
};
use flash_index::rows::{DealEvent, EventRow, Score, Settlement, Window};
use std::{
    process::{Command, Stdio},
    time::Duration,
};

/// The n-th pause of a seed, 0 to 119 ms.
fn pause_ms(seed: u64, nth: u64) -> u64 {
    let mixed = (seed * 1_000 + nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 33) % 120
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_neither_misses_nor_doubles() {
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
    let kills: u64 = std::env::var("INDEX_KILLS").map_or(8, |text| text.parse().unwrap());
    for (seed, database) in databases().into_iter().enumerate() {
        let config = world.config_file(&database.url);
        for nth in 0..kills {
            let mut command = Command::new(env!("CARGO_BIN_EXE_index"));
            command.arg("--config").arg(&config);
            command.args(["--set", "follow.page_events=2", "run"]);
            let mut child = command.stderr(Stdio::null()).spawn().unwrap();
            let pause = pause_ms(seed as u64, nth);
            tokio::time::sleep(Duration::from_millis(20 + pause)).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let after = world.follower(&database.url, &[]).await;
        catch_up(&after).await;
        assert_same(&after, "kills").await;
        assert_eq!(
            rows::<EventRow>(&after).await,
            rows::<EventRow>(&whole).await
        );
        assert_eq!(
            rows::<DealEvent>(&after).await,
            rows::<DealEvent>(&whole).await
        );
        assert_eq!(
            rows::<Settlement>(&after).await,
            rows::<Settlement>(&whole).await
        );
        assert_eq!(rows::<Score>(&after).await, rows::<Score>(&whole).await);
        let sums = |rows: Vec<Vec<String>>| -> Vec<_> {
            // Latency and uptime of a window depend on when it was read; all else does not.
            rows.into_iter()
                .map(|row| [&row[..7], &row[9..]].concat())
                .collect::<Vec<_>>()
        };
        let (ours, theirs) = (rows::<Window>(&after).await, rows::<Window>(&whole).await);
        assert_eq!(sums(ours), sums(theirs), "{}", database.kind);
    }
}
