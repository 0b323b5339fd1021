//! Row counts of the large tables. They are updated in the transactions that change the tables, so
//! nobody has to count.

use anyhow::Result;
use flash_base::db::{column, from_column, Db, Write};
use std::collections::BTreeMap;

/// A table that is too large to count each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    ObjectEvents,
    Probes,
    Rejects,
    Samples,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::ObjectEvents => "object_events",
            Self::Probes => "probes",
            Self::Rejects => "rejects",
            Self::Samples => "samples",
        }
    }
}

/// The changes of a transaction.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<Table, i64>);

impl Tally {
    pub fn add(&mut self, table: Table, rows: u64) {
        let total = self.0.entry(table).or_default();
        *total = total.saturating_add(column(rows));
    }

    pub fn remove(&mut self, table: Table, rows: u64) {
        let total = self.0.entry(table).or_default();
        *total = total.saturating_sub(column(rows));
    }

    /// Writes the changes in the transaction that changes the tables.
    ///
    /// # Errors
    /// The database's.
    pub async fn save(self, write: &mut Write) -> Result<()> {
        for (table, change) in self.0.into_iter().filter(|row| row.1 != 0) {
            let update = sqlx::query("UPDATE tallies SET total = total + $1 WHERE name = $2");
            write.run(update.bind(change).bind(table.name())).await?;
        }
        Ok(())
    }
}

/// Returns the number of rows of a table.
///
/// # Errors
/// The database's.
pub async fn rows(db: &Db, table: Table) -> Result<u64> {
    let total: i64 = sqlx::query_scalar("SELECT total FROM tallies WHERE name = $1")
        .bind(table.name())
        .fetch_one(db.pool())
        .await?;
    Ok(from_column(total))
}
