//! Who may send with a key. A second daemon on the same database waits until the first one's lease
//! runs out. Daemons that share no database are held apart by the contract's watermarks alone.

use crate::time::now_ms;
use anyhow::Result;
use flash_base::db::{column, Db};

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

    /// Takes the lease, or makes it longer. `false` while somebody else has it.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold(&self) -> Result<bool> {
        let now = now_ms();
        let mut write = self.db.write().await?;
        let take = sqlx::query(
            "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET holder = $2, until_ms = $3
             WHERE leases.holder = $2 OR leases.until_ms < $4",
        );
        let take = take
            .bind(self.name.clone())
            .bind(self.holder.clone())
            .bind(column(now.saturating_add(self.for_ms)))
            .bind(column(now));
        let held = write.run(take).await?.rows_affected() == 1;
        write.commit().await?;
        Ok(held)
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
