//! The progress of the index, from its database.

use crate::{
    rows::{Cursor, Gap},
    table::all,
};
use anyhow::{Context, Result};
use flash_base::db::Db;
use serde::Serialize;
use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// The last contact with the network, which the follower reports to the server.
#[derive(Debug, Default)]
pub struct Heard {
    newest_ts: AtomicU64,
    /// By this machine's clock; 0 if never.
    at: AtomicU64,
}

impl Heard {
    /// Records that the network answered, with the close time of its newest ledger.
    pub fn hear(&self, newest_ts: u64) {
        self.newest_ts.store(newest_ts, Ordering::Relaxed);
        self.at.store(unix_secs(), Ordering::Relaxed);
    }

    /// Close time of the newest known ledger of the network; 0 if none.
    pub fn newest_ts(&self) -> u64 {
        self.newest_ts.load(Ordering::Relaxed)
    }

    /// Seconds since the network last answered; `None` if it has not answered since the start.
    pub fn secs_ago(&self) -> Option<u64> {
        let at = self.at.load(Ordering::Relaxed);
        (at > 0).then(|| unix_secs().saturating_sub(at))
    }
}

/// The time by this machine's clock.
pub fn unix_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[derive(Debug, Serialize)]
pub struct Status {
    pub network_passphrase: String,
    pub contracts: String,
    pub event_cursor: String,
    pub ledger: i64,
    pub ledger_ts: i64,
    pub rebuilds: i64,
    /// First and last ledger of each gap.
    pub gaps: Vec<(i64, i64)>,
    pub events: i64,
    pub providers: i64,
    pub consumers: i64,
    pub buckets: i64,
    pub deals: i64,
    pub windows: i64,
}

/// Reads the status.
///
/// # Errors
/// The database's.
pub async fn read(db: &Db) -> Result<Status> {
    let mut connection = db.pool().acquire().await?;
    let cursor: Option<Cursor> = all(&mut connection).await?.pop();
    let cursor = cursor.context("the index has not followed any network yet: start `index run`")?;
    let gaps: Vec<Gap> = all(&mut connection).await?;
    Ok(Status {
        network_passphrase: cursor.network_passphrase,
        contracts: cursor.contracts,
        event_cursor: cursor.event_cursor,
        ledger: cursor.ledger,
        ledger_ts: cursor.ledger_ts,
        rebuilds: cursor.rebuilds,
        gaps: gaps
            .iter()
            .map(|gap| (gap.from_ledger, gap.to_ledger))
            .collect(),
        events: count(db, "events").await?,
        providers: count(db, "providers").await?,
        consumers: count(db, "consumers").await?,
        buckets: count(db, "buckets").await?,
        deals: count(db, "deals").await?,
        windows: count(db, "windows").await?,
    })
}

async fn count(db: &Db, table: &str) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    Ok(sqlx::query_scalar(&sql).fetch_one(db.pool()).await?)
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "network    {}", self.network_passphrase)?;
        writeln!(
            f,
            "ledger     {} (closed at {})",
            self.ledger, self.ledger_ts
        )?;
        for (name, count) in [
            ("events", self.events),
            ("providers", self.providers),
            ("consumers", self.consumers),
            ("buckets", self.buckets),
            ("deals", self.deals),
            ("windows", self.windows),
            ("rebuilds", self.rebuilds),
        ] {
            writeln!(f, "{name:<10} {count}")?;
        }
        for (from, to) in &self.gaps {
            writeln!(
                f,
                "gap        ledgers {from} to {to}: their events are missing"
            )?;
        }
        write!(f, "cursor     {}", self.event_cursor)
    }
}
