//! Reads for the API: the database, and the few things that are not in it.

use super::{
    figures::{Progress, Totals},
    row::Row,
    Error, Result,
};
use crate::{answers::Status, status::Heard};
use sqlx::{any::AnyArguments, query::Query, Any, AnyPool};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// A read that takes longer is aborted, so that others can be served.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Reads {
    pool: AnyPool,
    /// The last sums over all deals and buckets.
    totals: RwLock<Option<Arc<Totals>>>,
    pub heard: Arc<Heard>,
    /// The part that does not change while this program runs; ledgers are filled in.
    pub(super) about: Status,
}

impl Reads {
    /// `pool` is for reading; `about` describes the network that this index follows.
    pub fn new(pool: AnyPool, about: Status) -> Self {
        Self {
            pool,
            totals: RwLock::default(),
            heard: Arc::default(),
            about,
        }
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.pool.connect_options().database_url.scheme() == "sqlite"
    }

    pub(super) async fn rows<'q>(
        &'q self,
        query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Result<Vec<Row>> {
        let rows = tokio::time::timeout(PATIENCE, query.fetch_all(&self.pool)).await;
        let too_long = |_| Error::Unavailable("the database takes too long".to_owned());
        let rows = rows.map_err(too_long)??;
        Ok(rows.into_iter().map(Row).collect())
    }

    pub(super) async fn row<'q>(
        &'q self,
        query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Result<Option<Row>> {
        Ok(self.rows(query).await?.into_iter().next())
    }

    /// The position of the tables; `None` if they are empty.
    pub async fn progress(&self) -> Result<Option<Progress>> {
        let sql = "SELECT ledger, ledger_ts, event_cursor, rebuilds FROM cursor";
        let Some(row) = self.row(sqlx::query(sql)).await? else {
            return Ok(None);
        };
        Ok(Some(Progress {
            ledger: row.number("ledger")?,
            ledger_ts: row.number("ledger_ts")?,
            event_cursor: row.text("event_cursor")?,
            rebuilds: row.number("rebuilds")?,
        }))
    }

    /// The newest ledger in the tables, and its close time; zeros if there is none.
    pub(super) async fn ledger(&self) -> Result<(u32, u64)> {
        let progress = self.progress().await?;
        Ok(progress.map_or((0, 0), |progress| (progress.ledger, progress.ledger_ts)))
    }

    pub(super) fn last_totals(&self) -> Option<Arc<Totals>> {
        let totals = self.totals.read();
        totals.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep_totals(&self, totals: Totals) {
        let mut last = self.totals.write().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Arc::new(totals));
    }
}
