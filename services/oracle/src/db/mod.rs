//! The database: SQLite or PostgreSQL, by the URL. One set of migrations, one set of statements.

mod migrate;

use anyhow::{Context, Result};
use sqlx::{
    any::{install_default_drivers, AnyPoolOptions, AnyQueryResult},
    Any, AnyConnection, AnyPool, Executor, Transaction,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Connections: reads beside one write.
const CONNECTIONS: u32 = 4;
const BUSY_MS: u32 = 20_000;

/// A handle; clones share the connections.
#[derive(Clone)]
pub struct Db {
    pool: AnyPool,
    /// SQLite has one writer at a time: writers of this process wait here, not in its busy loop.
    writer: Arc<Mutex<()>>,
}

/// A transaction that writes.
pub struct Write {
    tx: Transaction<'static, Any>,
    _turn: OwnedMutexGuard<()>,
}

impl Db {
    /// Opens the database, making the file where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// Where it cannot be reached, or was written by a newer version of this program.
    pub async fn open(url: &str) -> Result<Self> {
        install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let known = sqlite || url.starts_with("postgres:") || url.starts_with("postgresql:");
        anyhow::ensure!(
            known,
            "the database's URL must begin with sqlite: or postgres:"
        );
        let options = AnyPoolOptions::new()
            .max_connections(if url.contains(":memory:") {
                1
            } else {
                CONNECTIONS
            })
            .acquire_timeout(Duration::from_secs(30))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        pragmas(connection).await?;
                    }
                    Ok(())
                })
            });
        let pool = options
            .connect(&with_creation(url))
            .await
            .context("cannot open the database")?;
        let db = Self {
            pool,
            writer: Arc::default(),
        };
        migrate::run(&db).await?;
        Ok(db)
    }

    /// For reading.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that writes. Dropping it undoes it.
    ///
    /// # Errors
    /// Where the database is gone.
    pub async fn write(&self) -> Result<Write> {
        let turn = self.writer.clone().lock_owned().await;
        Ok(Write {
            tx: self.pool.begin().await?,
            _turn: turn,
        })
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Write {
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// The database's.
    pub async fn run<'q>(
        &mut self,
        query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments<'q>>,
    ) -> Result<AnyQueryResult> {
        Ok(query.execute(&mut *self.tx).await?)
    }

    /// # Errors
    /// The database's: nothing was written then.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

/// A commit is on the disk when it returns: the hash of what is sent must survive anything.
async fn pragmas(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let busy = format!("PRAGMA busy_timeout = {BUSY_MS}");
    connection.execute(busy.as_str()).await?;
    connection.execute("PRAGMA journal_mode = WAL").await?;
    connection.execute("PRAGMA synchronous = FULL").await?;
    Ok(())
}

fn with_creation(url: &str) -> String {
    let is_file = url.starts_with("sqlite:") && !url.contains(":memory:");
    if !is_file || url.contains("mode=") {
        return url.to_owned();
    }
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}mode=rwc")
}

/// `($1,$2),($3,$4)`: the places of a statement for many rows.
pub fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let nth = row * columns + column + 1;
            text.push_str(if column == 0 { "$" } else { ",$" });
            text.push_str(&nth.to_string());
        }
        text.push(')');
    }
    text
}

/// For columns of 63 bits: what does not fit is refused before it comes here.
pub fn column(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// What [`column`] wrote.
pub fn from_column(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
