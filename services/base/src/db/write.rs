//! Transactions that write.

use super::{Db, Kind};
use anyhow::Result;
use sqlx::{
    any::{AnyArguments, AnyQueryResult},
    pool::PoolConnection,
    query::Query,
    Any, AnyConnection, Database, TransactionManager,
};
use std::ops::AsyncFnOnce;
use tokio::sync::OwnedMutexGuard;

type Manager = <Any as Database>::TransactionManager;

/// A transaction. Dropped without [`Write::commit`] it is undone, and its connection is closed: after a full
/// disk or a lost server nobody knows how it stands, and every later transaction on it would fail.
pub struct Write {
    connection: PoolConnection<Any>,
    is_committed: bool,
    kind: Kind,
    _turn: OwnedMutexGuard<()>,
}

impl Db {
    /// Begins a transaction.
    ///
    /// # Errors
    /// Where the database is gone.
    pub async fn write(&self) -> Result<Write> {
        let turn = self.writer.clone().lock_owned().await;
        let mut write = Write {
            connection: self.pool.acquire().await?,
            is_committed: false,
            kind: self.kind,
            _turn: turn,
        };
        // A transaction that reads first would not be waited for when it comes to write.
        let begin = match self.kind {
            Kind::Postgres => "BEGIN",
            _ => "BEGIN IMMEDIATE",
        };
        Manager::begin(&mut write.connection, Some(begin.into())).await?;
        Ok(write)
    }

    /// Runs `work` in a transaction, and commits where it succeeds.
    ///
    /// # Errors
    /// Of `work` or of the database: nothing was written then.
    pub async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut Write) -> Result<T>,
    ) -> Result<T> {
        let mut write = self.write().await?;
        let done = work(&mut write).await?;
        write.commit().await?;
        Ok(done)
    }
}

impl Write {
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn run<'q>(
        &mut self,
        query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Result<AnyQueryResult> {
        Ok(query.execute(&mut *self.connection).await?)
    }

    /// # Errors
    /// The database's: nothing was written then.
    pub async fn commit(mut self) -> Result<()> {
        Manager::commit(&mut self.connection).await?;
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        match self.kind {
            _ if self.is_committed => {}
            Kind::SqliteMemory => Manager::start_rollback(&mut self.connection),
            _ => self.connection.close_on_drop(),
        }
    }
}
