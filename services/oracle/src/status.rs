//! The status of the oracle, from its database.

use crate::{
    outbox::Outbox,
    tally::{rows, Table},
    time::now_ms,
};
use anyhow::Result;
use flash_base::db::{column, from_column, Db};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

const STROOPS_PER_XLM: i64 = 10_000_000;

#[derive(Debug, Serialize)]
pub struct Status {
    pub samples: u64,
    pub object_events: u64,
    pub probes: u64,
    pub rejected_lines: u64,
    pub live_deals: u64,
    pub finished_deals: u64,
    /// Number of rows by state.
    pub outbox: BTreeMap<String, u64>,
    /// Age of the oldest unfinished batch.
    pub oldest_open_secs: Option<u64>,
    pub set_aside: Vec<Aside>,
    pub holds: u64,
    /// The accounts that pay fees, as of the last round.
    pub accounts: Vec<Account>,
}

#[derive(Debug, Serialize)]
pub struct Account {
    pub name: String,
    pub account: String,
    pub stroops: i64,
    pub at_secs: i64,
}

#[derive(Debug, Serialize)]
pub struct Aside {
    pub deal_id: i64,
    pub code: i64,
    pub reason: String,
    pub until_secs: i64,
}

/// Reads the status.
///
/// # Errors
/// The database's.
pub async fn read(db: &Db) -> Result<Status> {
    let outbox = Outbox::new(db.clone());
    let mut by_state = BTreeMap::new();
    for (state, count) in outbox.counts().await? {
        by_state.insert(state.name().to_owned(), count);
    }
    let oldest: Option<i64> = sqlx::query_scalar(
        "SELECT MIN(created_ms) FROM outbox WHERE state IN ('planned', 'built', 'sent')",
    )
    .fetch_one(db.pool())
    .await?;
    // Finished and fully settled deals need no attention any more.
    let aside: Vec<(i64, i64, String, i64)> = sqlx::query_as(
        "SELECT deal_id, code, reason, until_secs FROM set_aside WHERE until_secs > $1
         AND deal_id NOT IN (SELECT deal_id FROM deals WHERE finished = 1) ORDER BY deal_id",
    )
    .bind(column(now_ms() / 1_000))
    .fetch_all(db.pool())
    .await?;
    let set_aside = aside.into_iter().map(|row| Aside {
        deal_id: row.0,
        code: row.1,
        reason: row.2,
        until_secs: row.3,
    });
    Ok(Status {
        samples: rows(db, Table::Samples).await?,
        object_events: rows(db, Table::ObjectEvents).await?,
        probes: rows(db, Table::Probes).await?,
        rejected_lines: rows(db, Table::Rejects).await?,
        live_deals: count(
            db,
            "SELECT COUNT(*) FROM deals WHERE finished = 0 AND meter IS NOT NULL",
        )
        .await?,
        finished_deals: count(db, "SELECT COUNT(*) FROM deals WHERE finished = 1").await?,
        outbox: by_state,
        oldest_open_secs: oldest.map(|ms| now_ms().saturating_sub(from_column(ms)) / 1_000),
        set_aside: set_aside.collect(),
        accounts: accounts(db).await?,
        holds: count(db, "SELECT COUNT(*) FROM holds").await?,
    })
}

async fn accounts(db: &Db) -> Result<Vec<Account>> {
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as("SELECT name, account, stroops, at_secs FROM accounts ORDER BY name")
            .fetch_all(db.pool())
            .await?;
    let account = |(name, account, stroops, at_secs)| Account {
        name,
        account,
        stroops,
        at_secs,
    };
    Ok(rows.into_iter().map(account).collect())
}

async fn count(db: &Db, sql: &'static str) -> Result<u64> {
    let rows: i64 = sqlx::query_scalar(sql).fetch_one(db.pool()).await?;
    Ok(from_column(rows))
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "samples        {:>12}", self.samples)?;
        writeln!(f, "object events  {:>12}", self.object_events)?;
        writeln!(f, "probes         {:>12}", self.probes)?;
        writeln!(f, "rejected lines {:>12}", self.rejected_lines)?;
        writeln!(f, "live deals     {:>12}", self.live_deals)?;
        writeln!(f, "finished deals {:>12}", self.finished_deals)?;
        for (state, count) in &self.outbox {
            writeln!(f, "outbox {state:<9}{count:>11}")?;
        }
        match self.oldest_open_secs {
            Some(secs) => writeln!(f, "oldest open    {secs:>10} s")?,
            None => writeln!(f, "nothing is open")?,
        }
        for aside in &self.set_aside {
            let Aside {
                deal_id,
                code,
                reason,
                until_secs,
            } = aside;
            writeln!(
                f,
                "deal {deal_id} is set aside until {until_secs}: {reason} ({code})"
            )?;
        }
        write!(f, "totals held    {:>12}", self.holds)?;
        for one in &self.accounts {
            let xlm = one.stroops / STROOPS_PER_XLM;
            write!(f, "\n{:<15}{xlm:>8} XLM {}", one.name, one.account)?;
        }
        Ok(())
    }
}
