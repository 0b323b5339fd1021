//! Rows of the outbox. Every change is a compare-and-swap on the row's version.

use super::{Batch, Kind, State};
use crate::time::now_ms;
use anyhow::{bail, Context, Result};
use flash_base::db::{column, from_column, Db, Write};
use sqlx::{any::AnyRow, Row};
use std::collections::BTreeSet;

const COLUMNS: &str = "batch_id, state, version, items, channel, hash, envelope, max_time, \
                       attempts, outcome, created_ms, bumps, bump_envelope";

/// A handle to the outbox.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
}

impl Outbox {
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Adds batches, all or none.
    ///
    /// # Errors
    /// The database's.
    pub async fn plan(&self, kinds: &[Kind]) -> Result<()> {
        let mut write = self.db.write().await?;
        for kind in kinds {
            insert(&mut write, kind).await?;
        }
        write.commit().await
    }

    /// Unfinished batches, most urgent first.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(&self) -> Result<Vec<Batch>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE state IN ('planned', 'built', 'sent')
             ORDER BY priority, created_ms, batch_id"
        );
        let rows = sqlx::query(&sql).fetch_all(self.db.pool()).await?;
        rows.iter().map(batch_of).collect()
    }

    /// The next batch that nobody works on.
    ///
    /// # Errors
    /// The database's.
    pub async fn next_planned(&self, busy: &BTreeSet<String>) -> Result<Option<Batch>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE state = 'planned'
             ORDER BY priority, created_ms, batch_id LIMIT {}",
            busy.len() + 1
        );
        let rows = sqlx::query(&sql).fetch_all(self.db.pool()).await?;
        for row in &rows {
            let batch = batch_of(row)?;
            if !busy.contains(&batch.id) {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// Counts by state, for monitoring.
    ///
    /// # Errors
    /// The database's.
    pub async fn counts(&self) -> Result<Vec<(State, u64)>> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, COUNT(*) FROM outbox GROUP BY state")
                .fetch_all(self.db.pool())
                .await?;
        let known = |(name, count): (String, i64)| Some((State::of(&name)?, from_column(count)));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// Writes a batch, unless somebody else changed it since it was read.
    ///
    /// # Errors
    /// The state change is not allowed, somebody else was first, or the database fails.
    pub async fn swap(&self, batch: &Batch, next: Batch) -> Result<Batch> {
        let mut write = self.db.write().await?;
        let next = swap_in(&mut write, batch, next).await?;
        write.commit().await?;
        Ok(next)
    }

    /// Replaces a batch by others, in one commit.
    ///
    /// # Errors
    /// As [`Self::swap`].
    pub async fn split(&self, batch: &Batch, parts: &[Kind], why: &str) -> Result<()> {
        let mut write = self.db.write().await?;
        let mut next = batch.clone();
        next.state = State::Split;
        next.outcome = Some(why.to_owned());
        swap_in(&mut write, batch, next).await?;
        for part in parts {
            insert(&mut write, part).await?;
        }
        write.commit().await
    }

    /// Deletes batches that finished longer ago than this.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget(&self, older_than_ms: u64) -> Result<u64> {
        let mut write = self.db.write().await?;
        let before = column(now_ms().saturating_sub(older_than_ms));
        let delete = sqlx::query(
            "DELETE FROM outbox WHERE state NOT IN ('planned', 'built', 'sent')
             AND updated_ms < $1",
        );
        let done = write.run(delete.bind(before)).await?.rows_affected();
        write.commit().await?;
        Ok(done)
    }
}

async fn insert(write: &mut Write, kind: &Kind) -> Result<()> {
    let now = column(now_ms());
    let insert = sqlx::query(
        "INSERT INTO outbox (batch_id, kind, priority, state, version, items, attempts, \
         created_ms, updated_ms) VALUES ($1, $2, $3, 'planned', 0, $4, 0, $5, $5)",
    );
    let insert = insert
        .bind(new_id()?)
        .bind(kind.name())
        .bind(kind.priority())
        .bind(serde_json::to_string(kind)?)
        .bind(now);
    write.run(insert).await?;
    Ok(())
}

fn new_id() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(hex::encode(bytes))
}

async fn swap_in(write: &mut Write, batch: &Batch, mut next: Batch) -> Result<Batch> {
    if !batch.state.may_become(next.state) {
        bail!(
            "a batch cannot go from {:?} to {:?}",
            batch.state,
            next.state
        );
    }
    next.version = batch.version + 1;
    let update = sqlx::query(
        "UPDATE outbox SET state = $1, version = $2, items = $3, channel = $4, hash = $5, \
         envelope = $6, max_time = $7, attempts = $8, outcome = $9, updated_ms = $10, \
         bumps = $11, bump_envelope = $12 WHERE batch_id = $13 AND version = $14",
    );
    let update = update
        .bind(next.state.name())
        .bind(next.version)
        .bind(serde_json::to_string(&next.kind)?)
        .bind(next.channel.clone())
        .bind(next.hash.clone())
        .bind(next.envelope.clone())
        .bind(column(next.max_time))
        .bind(i64::from(next.attempts))
        .bind(next.outcome.clone())
        .bind(column(now_ms()))
        .bind(i64::from(next.bumps))
        .bind(next.bump_envelope.clone())
        .bind(batch.id.clone())
        .bind(batch.version);
    if write.run(update).await?.rows_affected() != 1 {
        bail!("batch {} was changed by somebody else", batch.id);
    }
    Ok(next)
}

fn batch_of(row: &AnyRow) -> Result<Batch> {
    let state: String = row.try_get("state")?;
    let items: String = row.try_get("items")?;
    let attempts: i64 = row.try_get("attempts")?;
    let bumps: i64 = row.try_get("bumps")?;
    let max_time: Option<i64> = row.try_get("max_time")?;
    Ok(Batch {
        id: row.try_get("batch_id")?,
        state: State::of(&state).with_context(|| format!("an unknown state: {state}"))?,
        version: row.try_get("version")?,
        kind: serde_json::from_str(&items).context("a row of the outbox is damaged")?,
        channel: row.try_get("channel")?,
        hash: row.try_get("hash")?,
        envelope: row.try_get("envelope")?,
        bumps: u32::try_from(bumps).unwrap_or(u32::MAX),
        bump_envelope: row.try_get("bump_envelope")?,
        max_time: from_column(max_time.unwrap_or(0)),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        outcome: row.try_get("outcome")?,
        created_ms: from_column(row.try_get("created_ms")?),
    })
}
