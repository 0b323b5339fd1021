//! Deletes data that nobody needs any more, and never data that a bill may still depend on.
//!
//! Samples are deleted once no deal of their series can be reported any more. Their net change of
//! the stored size stays as one sample; of each object, the newest event stays. From then on,
//! samples from a deleted time are refused, so nothing is counted twice.

use crate::{
    config::Retention,
    deal::Deal,
    digest::digest63,
    ingest::series_id,
    outbox::Outbox,
    tally::{Table, Tally},
    time::now_ms,
};
use anyhow::Result;
use flash_base::db::{column, Db, Write};
use std::collections::BTreeSet;

const MS_PER_DAY: u64 = 86_400_000;
/// Sums are read as a quotient and a remainder.
const HALF: i128 = 1 << 20;
const MAX_PART: i128 = i64::MAX as i128;

/// Deletions of versions that were never put.
const IDLE_EVENTS: &str = "DELETE FROM object_events AS old
    WHERE series_id = $1 AND at_ms < $2 AND action = 1 AND version <> ''
    AND NOT EXISTS (SELECT 1 FROM object_events AS named WHERE named.series_id = old.series_id
        AND named.object = old.object AND named.action = 0 AND named.version <> '')";
const OVERTAKEN_EVENTS: &str = "DELETE FROM object_events AS old
    WHERE series_id = $1 AND at_ms < $2
    AND EXISTS (SELECT 1 FROM object_events AS later WHERE later.series_id = old.series_id
        AND later.object = old.object AND later.at_ms > old.at_ms AND later.at_ms < $2)
    AND NOT EXISTS (SELECT 1 FROM object_events AS named WHERE named.series_id = old.series_id
        AND named.object = old.object AND named.action = 0 AND named.version <> '')";
const NEWEST_EVENTS: &str = "UPDATE object_events AS old
    SET revision = revision + 1, size_change = CASE WHEN origin = (
        SELECT MIN(origin) FROM object_events AS same WHERE same.series_id = old.series_id
        AND same.object = old.object AND same.at_ms < $2) THEN size_after ELSE 0 END
    WHERE series_id = $1 AND at_ms < $2
    AND NOT EXISTS (SELECT 1 FROM object_events AS named WHERE named.series_id = old.series_id
        AND named.object = old.object AND named.action = 0 AND named.version <> '')";
const EMPTY_EVENTS: &str = "DELETE FROM object_events AS old
    WHERE series_id = $1 AND at_ms < $2 AND size_after = 0
    AND NOT EXISTS (SELECT 1 FROM object_events AS named WHERE named.series_id = old.series_id
        AND named.object = old.object AND named.action = 0 AND named.version <> '')";
/// How many series a round cleans up, so that no round takes long.
const SERIES_AT_A_TIME: i64 = 200;

/// Deletes old data; `now` is the chain's time.
///
/// # Errors
/// The database's.
pub async fn forget(db: &Db, outbox: &Outbox, keep: &Retention, now: u64) -> Result<()> {
    let before = |days: u64| now_ms().saturating_sub(days.saturating_mul(MS_PER_DAY));
    if keep.batches_days > 0 {
        let days = keep.batches_days.saturating_mul(MS_PER_DAY);
        outbox.forget(days).await?;
    }
    if keep.rejects_days > 0 {
        let mut write = db.write().await?;
        let delete = sqlx::query("DELETE FROM rejects WHERE at_ms < $1");
        let gone = write.run(delete.bind(column(before(keep.rejects_days))));
        let mut tally = Tally::default();
        tally.remove(Table::Rejects, gone.await?.rows_affected());
        tally.save(&mut write).await?;
        write.commit().await?;
    }
    if keep.samples_days > 0 {
        let chain_ms = now.saturating_mul(1_000);
        let kept_ms = keep.samples_days.saturating_mul(MS_PER_DAY);
        let before_ms = now_ms().min(chain_ms).saturating_sub(kept_ms);
        samples(db, before_ms).await?;
    }
    Ok(())
}

/// Deletes samples and probes before a time.
///
/// # Errors
/// The database's.
pub async fn samples(db: &Db, before_ms: u64) -> Result<u64> {
    let texts: Vec<String> =
        sqlx::query_scalar("SELECT meter FROM deals WHERE finished = 0 AND meter IS NOT NULL")
            .fetch_all(db.pool())
            .await?;
    let mut needed = BTreeSet::new();
    let mut probed_secs = before_ms / 1_000;
    for text in &texts {
        let Ok(deal) = serde_json::from_str::<Deal>(text) else {
            tracing::warn!("a deal in the database is not readable: nothing is forgotten");
            return Ok(0);
        };
        needed.insert(series_id(&deal.provider, &deal.bucket, &deal.repo));
        probed_secs = probed_secs.min(deal.through_ts);
    }
    let old: Vec<i64> = sqlx::query_scalar(
        "SELECT series_id FROM series WHERE forgotten_ms < $1 ORDER BY forgotten_ms, series_id",
    )
    .bind(column(before_ms))
    .fetch_all(db.pool())
    .await?;
    let idle = old.into_iter().filter(|series| !needed.contains(series));
    let mut forgotten = 0;
    let some: Vec<i64> = idle
        .take(usize::try_from(SERIES_AT_A_TIME).unwrap_or(usize::MAX))
        .collect();
    for series in some {
        let mut write = db.write().await?;
        forgotten += one_series(&mut write, series, before_ms).await?;
        write.commit().await?;
    }
    let mut write = db.write().await?;
    let delete = sqlx::query("DELETE FROM probes WHERE minute < $1");
    let gone = write.run(delete.bind(column(probed_secs / 60))).await?;
    let mut tally = Tally::default();
    tally.remove(Table::Probes, gone.rows_affected());
    tally.save(&mut write).await?;
    write.commit().await?;
    metrics::counter!("oracle_samples_forgotten_total").increment(forgotten);
    Ok(forgotten)
}

/// One commit writes the sum, the end of its time span, and the time before which samples are
/// refused.
async fn one_series(write: &mut Write, series: i64, before_ms: u64) -> Result<u64> {
    let mut tally = Tally::default();
    let gone = old_samples(write, series, before_ms, &mut tally).await?;
    let events = old_events(write, series, before_ms).await?;
    tally.remove(Table::ObjectEvents, events);
    tally.save(write).await?;
    let update = sqlx::query("UPDATE series SET forgotten_ms = $1 WHERE series_id = $2");
    write
        .run(update.bind(column(before_ms)).bind(series))
        .await?;
    Ok(gone + events)
}

async fn old_samples(
    write: &mut Write,
    series: i64,
    before_ms: u64,
    tally: &mut Tally,
) -> Result<u64> {
    let sum = sum_of_changes(write, series, before_ms).await?;
    let delete = sqlx::query("DELETE FROM samples WHERE series_id = $1 AND at_ms < $2");
    let gone = write
        .run(delete.bind(series).bind(column(before_ms)))
        .await?
        .rows_affected();
    tally.remove(Table::Samples, gone);
    if gone == 0 {
        return Ok(0);
    }
    for (nth, part) in parts(sum).into_iter().enumerate() {
        let insert = sqlx::query(
            "INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, \
             latency_ms, host) VALUES ($1, $2, $3, 0, 0, $4, NULL, 'forgotten')",
        );
        let insert = insert
            .bind(series)
            .bind(column(before_ms.saturating_sub(1)))
            .bind(digest63(&["forgotten", &nth.to_string()]))
            .bind(part);
        write.run(insert).await?;
        tally.add(Table::Samples, 1);
    }
    Ok(gone)
}

/// In two halves, because the sum may exceed 63 bits.
async fn sum_of_changes(write: &mut Write, series: i64, before_ms: u64) -> Result<i128> {
    let (high, low): (i64, i64) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(size_change / 1048576), 0) AS BIGINT),
            CAST(COALESCE(SUM(size_change % 1048576), 0) AS BIGINT)
         FROM samples WHERE series_id = $1 AND at_ms < $2",
    )
    .bind(series)
    .bind(column(before_ms))
    .fetch_one(write.connection())
    .await?;
    Ok(i128::from(high) * HALF + i128::from(low))
}

/// A sum in parts that fit into a column: one part if possible.
fn parts(sum: i128) -> Vec<i64> {
    let mut rest = sum;
    let mut parts = Vec::new();
    while rest != 0 || parts.is_empty() {
        let part = rest.clamp(-MAX_PART, MAX_PART);
        parts.push(i64::try_from(part).unwrap_or(0));
        rest -= part;
    }
    parts
}

/// Of each object without versions, only the newest event stays, if it left bytes. Its change then
/// equals the sum of all changes.
async fn old_events(write: &mut Write, series: i64, before_ms: u64) -> Result<u64> {
    let mut gone = 0;
    for sql in [IDLE_EVENTS, OVERTAKEN_EVENTS, NEWEST_EVENTS, EMPTY_EVENTS] {
        let run = sqlx::query(sql).bind(series).bind(column(before_ms));
        let rows = write.run(run).await?.rows_affected();
        if sql != NEWEST_EVENTS {
            gone += rows;
        }
    }
    let seen = sqlx::query("DELETE FROM sightings WHERE series_id = $1 AND at_secs < $2");
    write
        .run(seen.bind(series).bind(column(before_ms / 1_000)))
        .await?;
    Ok(gone)
}
