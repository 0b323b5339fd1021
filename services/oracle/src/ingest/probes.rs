//! Probe results: one row per bucket, node and minute.

use super::{statement::chunks, Probe};
use anyhow::Result;
use flash_base::db::{column, places, Write};
use std::collections::BTreeMap;

/// How many rows were added, and how many changed.
#[derive(Default)]
pub struct Outcome {
    pub added: u64,
    pub changed: u64,
}

/// Bucket, minute and node.
type Key<'a> = (&'a str, u64, &'a str);
/// Whether it was up, and the latency.
type Seen = (bool, u64);

/// If a node is probed twice in a minute, an answer wins, because the node was up at some time in
/// it.
pub async fn insert(write: &mut Write, probes: &[Probe]) -> Result<Outcome> {
    let mut merged = BTreeMap::<Key<'_>, Seen>::new();
    for probe in probes {
        let key = (&*probe.bucket, probe.minute(), &*probe.node);
        let seen = merged.entry(key).or_insert((probe.up, probe.latency_ms));
        if probe.up && !seen.0 {
            *seen = (true, probe.latency_ms);
        }
    }
    let rows: Vec<_> = merged.into_iter().collect();
    let mut outcome = Outcome::default();
    for chunk in chunks(&rows) {
        let added = run(write, chunk, "NOTHING").await?;
        outcome.added += added;
        if added < chunk.len() as u64 {
            let answered = "UPDATE SET up = 1, latency_ms = excluded.latency_ms \
                            WHERE probes.up = 0 AND excluded.up = 1";
            outcome.changed += run(write, chunk, answered).await?;
        }
    }
    Ok(outcome)
}

async fn run(write: &mut Write, chunk: &[(Key<'_>, Seen)], otherwise: &str) -> Result<u64> {
    let sql = format!(
        "INSERT INTO probes (bucket, minute, node, up, latency_ms) VALUES {} \
         ON CONFLICT (bucket, minute, node) DO {otherwise}",
        places(write.connection(), chunk.len(), 5)
    );
    let mut query = sqlx::query(&sql);
    for ((bucket, minute, node), (up, latency_ms)) in chunk {
        query = query
            .bind((*bucket).to_owned())
            .bind(column(*minute))
            .bind((*node).to_owned())
            .bind(i64::from(*up))
            .bind(column(*latency_ms));
    }
    Ok(query.execute(write.connection()).await?.rows_affected())
}
