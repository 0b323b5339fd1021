//! Rereads the state from the contracts' queries, or compares the tables with them.

use crate::{
    chain::Range,
    follow::Follower,
    place::Place,
    rows::{Cursor, Gap},
    snapshot::Snapshot,
    table::upsert,
};
use anyhow::{ensure, Context, Result};

type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Send + Sync);

impl Follower {
    /// Rereads the state from the queries. With `gap_from`, skips the events from that ledger to
    /// now and records the gap.
    ///
    /// # Errors
    /// The network or the database does not answer, or another process wrote in the meantime.
    /// Nothing is written then.
    pub async fn rebuild(&self, gap_from: Option<i64>, progress: Progress<'_>) -> Result<()> {
        self.know_network().await?;
        let before = self.chain.range().await?;
        let (found, known) = {
            let mut connection = self.db.pool().acquire().await?;
            let found = Cursor::read(&mut connection).await?;
            (found, Snapshot::of_tables(&mut connection).await?)
        };
        let queried = Snapshot::of_queries(&self.chain, &known, before.latest, progress).await?;
        let after = self.chain.range().await?;
        let mut write = self.db.write().await?;
        let now = Cursor::read(write.connection()).await?;
        ensure!(
            now == found,
            "another process wrote the tables during the rebuild: stop `index run`, then rebuild \
             again"
        );
        queried.replace(write.connection()).await?;
        let mut now = now.context("the cursor is gone")?;
        now.rebuilds += 1;
        // Events up to there may repeat what the queries already returned.
        now.rebuilt_through_ledger = after.latest;
        now.facts_ts = before.latest_ts;
        if let Some(from_ledger) = gap_from {
            upsert(write.connection(), &[gap(from_ledger, &before)]).await?;
            now.go_to(Place::end_of(before.latest, before.latest_ts));
        }
        let (ledger, ledger_ts) = (now.ledger, now.ledger_ts);
        upsert(write.connection(), &[now]).await?;
        write.commit().await?;
        self.tell(ledger, ledger_ts, 0, true);
        Ok(())
    }

    /// The differences between the tables and the queries.
    ///
    /// # Errors
    /// The network or the database does not answer.
    pub async fn check(&self, progress: Progress<'_>) -> Result<Vec<String>> {
        self.know_network().await?;
        let tables = Snapshot::of_tables(&mut *self.db.pool().acquire().await?).await?;
        let queried = Snapshot::of_queries(&self.chain, &tables, 0, progress).await?;
        Ok(tables.differences(&queried))
    }
}

fn gap(from_ledger: i64, range: &Range) -> Gap {
    Gap {
        from_ledger,
        to_ledger: range.latest,
        found_ts: range.latest_ts,
    }
}
