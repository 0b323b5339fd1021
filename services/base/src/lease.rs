//! A lease on a name: of the daemons on one database, one holds it. Its table is in the daemon's migrations:
//! `leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until_ms BIGINT NOT NULL)`.

use crate::{
    clock::now_ms,
    db::{column, from_column, Db},
};
use anyhow::Result;

/// A lease beyond so many times its length from now was dated by a wrong clock.
const MAX_LENGTHS_AHEAD: u64 = 2;

pub struct Lease {
    db: Db,
    name: String,
    holder: String,
    for_ms: u64,
}

impl Lease {
    pub fn new(db: Db, name: &str, holder: &str, for_secs: u64) -> Self {
        Self {
            db,
            name: name.to_owned(),
            holder: holder.to_owned(),
            for_ms: for_secs.saturating_mul(1_000),
        }
    }

    /// Takes the lease, or extends it. `false` while another holder has it.
    ///
    /// A lease that is dated further ahead than twice its length is void: its holder's clock was wrong,
    /// and nobody would work until that date.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold(&self) -> Result<bool> {
        let now = now_ms();
        let ahead = MAX_LENGTHS_AHEAD.saturating_mul(self.for_ms);
        let latest_valid = column(now.saturating_add(ahead));
        let mut write = self.db.write().await?;
        let void: Option<(String, i64)> = sqlx::query_as(
            "SELECT holder, until_ms FROM leases WHERE name = $1 AND until_ms > $2 AND holder <> $3",
        )
        .bind(self.name.clone())
        .bind(latest_valid)
        .bind(self.holder.clone())
        .fetch_optional(write.connection())
        .await?;
        let take = sqlx::query(
            "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET holder = $2, until_ms = $3
             WHERE leases.holder = $2 OR leases.until_ms < $4 OR leases.until_ms > $5",
        );
        let take = take
            .bind(self.name.clone())
            .bind(self.holder.clone())
            .bind(column(now.saturating_add(self.for_ms)))
            .bind(column(now))
            .bind(latest_valid);
        let is_held = write.run(take).await?.rows_affected() == 1;
        write.commit().await?;
        if let Some((holder, until_ms)) = void.filter(|_| is_held) {
            metrics::counter!("daemon_lease_voided_total").increment(1);
            let ahead_secs = from_column(until_ms).saturating_sub(now) / 1_000;
            tracing::error!(
                lease = self.name,
                holder,
                ahead_secs,
                "a lease was dated too far ahead and is void: check the clocks"
            );
        }
        Ok(is_held)
    }

    /// Gives it back.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&self) -> Result<()> {
        let mut write = self.db.write().await?;
        let delete = sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2");
        write
            .run(delete.bind(self.name.clone()).bind(self.holder.clone()))
            .await?;
        write.commit().await
    }
}
