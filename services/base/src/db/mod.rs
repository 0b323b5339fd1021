//! The database: SQLite or PostgreSQL, by the URL. One set of migrations, one set of statements.

mod migrate;
mod sqlite;
mod statement;
mod write;

pub use migrate::Migrations;
pub use statement::{column, from_column, places};
pub use write::Write;

use crate::secret_url::SecretUrl;
use anyhow::{ensure, Context, Result};
use sqlx::{
    any::{install_default_drivers, AnyPoolOptions},
    AnyPool,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Connections: reads beside one write.
const CONNECTIONS: u32 = 4;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// How a database is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing in it changes.
    ReadOnly,
    /// The only place where something is known: a commit is on the disk when it returns.
    Record,
    /// Can be read again from where it came from: a power cut may take back the newest commits.
    Replica,
}

/// A handle; clones share the connections.
#[derive(Clone)]
pub struct Db {
    pool: AnyPool,
    kind: Kind,
    /// SQLite has one writer at a time: writers of this process wait here, not in its busy loop.
    writer: Arc<Mutex<()>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    SqliteFile,
    /// It is gone with its only connection.
    SqliteMemory,
    Postgres,
}

impl Kind {
    fn of(url: &str) -> Result<Self> {
        let is_postgres = url.starts_with("postgres:") || url.starts_with("postgresql:");
        match url.starts_with("sqlite:") {
            true if url.contains(":memory:") => Ok(Self::SqliteMemory),
            true => Ok(Self::SqliteFile),
            false if is_postgres => Ok(Self::Postgres),
            false => anyhow::bail!("the database's URL must begin with sqlite: or postgres:"),
        }
    }
}

impl Db {
    /// Opens the database, makes the file where there is none, and runs `migrations` that were not run
    /// yet. Daemons that start at once wait for each other here.
    ///
    /// # Errors
    /// Where it cannot be reached, or was written by a newer version of this program.
    pub async fn open(url: &str, migrations: Migrations) -> Result<Self> {
        Self::open_in(Mode::Record, url, migrations).await
    }

    /// The same for what can be read again from where it came from, like the ledger. It is faster with
    /// SQLite, and a power cut may take back the newest commits, whole and in their order.
    ///
    /// # Errors
    /// As of [`Db::open`].
    pub async fn open_replica(url: &str, migrations: Migrations) -> Result<Self> {
        Self::open_in(Mode::Replica, url, migrations).await
    }

    async fn open_in(mode: Mode, url: &str, migrations: Migrations) -> Result<Self> {
        let db = match Kind::of(url)? {
            Kind::SqliteFile => Self::connect(&sqlite::with_creation(url), mode).await,
            _ => Self::connect(url, mode).await,
        };
        let db = db.with_context(|| {
            let url = SecretUrl::from(url);
            format!("cannot open the database {url}")
        })?;
        db.migrate(migrations).await?;
        Ok(db)
    }

    /// Opens the database to read it. Nothing is made, and nothing in it changes.
    ///
    /// # Errors
    /// Where there is none, or its tables are not those of this program.
    pub async fn open_read_only(url: &str, migrations: Migrations) -> Result<Self> {
        let opened = match Kind::of(url)? {
            Kind::SqliteFile => Self::connect(&sqlite::with_mode(url, "ro"), Mode::ReadOnly).await,
            _ => Self::connect(url, Mode::ReadOnly).await,
        };
        let db = opened.with_context(|| {
            let (url, folder) = (SecretUrl::from(url), std::env::current_dir());
            let folder = folder.unwrap_or_default();
            let folder = folder.display();
            format!(
                "cannot read the database {url} (in the folder {folder}): the first run makes it"
            )
        })?;
        let version = db.version().await;
        let version = version.context("the database has no tables of this program")?;
        let newest = migrate::newest(migrations);
        ensure!(
            version == newest,
            "the database has version {version} of the tables, this program knows {newest}"
        );
        Ok(db)
    }

    async fn connect(url: &str, mode: Mode) -> Result<Self> {
        install_default_drivers();
        let kind = Kind::of(url)?;
        let options = AnyPoolOptions::new()
            .max_connections(match kind {
                Kind::SqliteMemory => 1,
                _ => CONNECTIONS,
            })
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    match kind {
                        Kind::Postgres => Ok(()),
                        _ => sqlite::prepare(connection, mode).await,
                    }
                })
            });
        Ok(Self {
            pool: options.connect(url).await?,
            kind,
            writer: Arc::default(),
        })
    }

    /// For reading.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}
