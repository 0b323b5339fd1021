//! Forgets what nobody needs any more, and never what a bill may still depend on.
//!
//! Samples are forgotten where no deal of their series can be reported any more. What they changed of
//! the stored size stays, as one sample; and a sample of a forgotten time that comes (again) is
//! refused from then on, so that nothing is counted twice.

use crate::{
    config::Retention, deal::Deal, digest::digest63, ingest::series_id, outbox::Outbox,
    time::now_ms,
};
use anyhow::Result;
use flash_base::db::{column, Db, Write};
use std::collections::BTreeSet;

const MS_PER_DAY: u64 = 86_400_000;
/// Series that are cleaned up in a round, so that no round is long.
const SERIES_AT_A_TIME: i64 = 200;

/// Does so; `now` is the chain's time.
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
        write
            .run(delete.bind(column(before(keep.rejects_days))))
            .await?;
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

/// Forgets samples and probes before a time.
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
        let deal: Deal = serde_json::from_str(text)?;
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
    write.run(delete.bind(column(probed_secs / 60))).await?;
    write.commit().await?;
    metrics::counter!("oracle_samples_forgotten_total").increment(forgotten);
    Ok(forgotten)
}

/// In one commit: the sum, the end of what it is of, and what may not come again.
async fn one_series(write: &mut Write, series: i64, before_ms: u64) -> Result<u64> {
    let sum: i64 = sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(size_change), 0) AS BIGINT) FROM samples
         WHERE series_id = $1 AND at_ms < $2",
    )
    .bind(series)
    .bind(column(before_ms))
    .fetch_one(write.connection())
    .await?;
    let delete = sqlx::query("DELETE FROM samples WHERE series_id = $1 AND at_ms < $2");
    let gone = write
        .run(delete.bind(series).bind(column(before_ms)))
        .await?
        .rows_affected();
    if gone > 0 {
        let insert = sqlx::query(
            "INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, \
             latency_ms, host) VALUES ($1, $2, $3, 0, 0, $4, NULL, 'forgotten')",
        );
        let insert = insert
            .bind(series)
            .bind(column(before_ms.saturating_sub(1)))
            .bind(digest63(&["forgotten"]))
            .bind(sum);
        write.run(insert).await?;
    }
    let update = sqlx::query("UPDATE series SET forgotten_ms = $1 WHERE series_id = $2");
    write
        .run(update.bind(column(before_ms)).bind(series))
        .await?;
    Ok(gone)
}
