//! The database: SQLite or PostgreSQL, by the URL. One set of migrations, one set of statements.

use anyhow::{ensure, Context, Result};
use sqlx::{
    any::{install_default_drivers, AnyPoolOptions, AnyQueryResult},
    Any, AnyConnection, AnyPool, Executor, Transaction,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Connections: reads beside one write.
const CONNECTIONS: u32 = 4;
const BUSY_MS: u32 = 20_000;

/// Versions of the tables with their statements, in order. What was released is never changed.
pub type Migrations = &'static [(i64, &'static str)];

fn newest(migrations: Migrations) -> i64 {
    migrations.last().map_or(0, |file| file.0)
}

/// What a database is to who opens it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// To look at.
    Look,
    /// The only place where something is known.
    Record,
    /// Can be read again from where it came from.
    Copy,
}

/// A handle; clones share the connections.
#[derive(Clone)]
pub struct Db {
    pool: AnyPool,
    sqlite: bool,
    /// SQLite has one writer at a time: writers of this process wait here, not in its busy loop.
    writer: Arc<Mutex<()>>,
}

/// A transaction that writes.
pub struct Write {
    tx: Transaction<'static, Any>,
    _turn: OwnedMutexGuard<()>,
}

impl Db {
    /// Opens the database, making the file where there is none, and brings its tables up to date
    /// with `migrations`: versions with their statements, in order, each done once.
    ///
    /// # Errors
    /// Where it cannot be reached, or was written by a newer version of this program.
    pub async fn open(url: &str, migrations: Migrations) -> Result<Self> {
        Self::open_as(Use::Record, url, migrations).await
    }

    /// The same for what can be read again from where it came from, as a ledger: a power cut may take
    /// back the newest commits, whole and in their order. Much is written at a time, in any order.
    ///
    /// # Errors
    /// As of [`Db::open`].
    pub async fn open_copy(url: &str, migrations: Migrations) -> Result<Self> {
        Self::open_as(Use::Copy, url, migrations).await
    }

    async fn open_as(what: Use, url: &str, migrations: Migrations) -> Result<Self> {
        let db = Self::connect(&with_creation(url), what).await?;
        db.migrate(migrations).await?;
        Ok(db)
    }

    /// Opens the database to look at it: nothing is made, and nothing in it changes.
    ///
    /// # Errors
    /// Where there is none, or its tables are not those of this program.
    pub async fn open_to_look(url: &str, migrations: Migrations) -> Result<Self> {
        let opened = match is_file(url) {
            true => Self::connect(&with_mode(url, "ro"), Use::Look).await,
            false => Self::connect(url, Use::Look).await,
        };
        let db = opened.with_context(|| {
            let folder = std::env::current_dir().unwrap_or_default();
            let folder = folder.display();
            format!(
                "cannot read the database {url} (in the folder {folder}): the first run makes it"
            )
        })?;
        let found = db
            .version()
            .await
            .context("the database has no tables of this program")?;
        let known = newest(migrations);
        ensure!(
            found == known,
            "the database has version {found} of the tables, this program knows {known}"
        );
        Ok(db)
    }

    async fn version(&self) -> Result<i64> {
        let newest = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
        Ok(sqlx::query_scalar(newest).fetch_one(self.pool()).await?)
    }

    async fn migrate(&self, migrations: Migrations) -> Result<()> {
        let mut write = self.write().await?;
        let table = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)";
        write.run(sqlx::query(table)).await?;
        write.commit().await?;
        let (done, known) = (self.version().await?, newest(migrations));
        ensure!(
            done <= known,
            "the database has version {done} of the tables, this program knows up to {known}"
        );
        for (version, text) in migrations.iter().filter(|file| file.0 > done) {
            let mut write = self.write().await?;
            let ran = write.connection().execute(sqlx::raw_sql(text)).await;
            ran.with_context(|| format!("migration {version}"))?;
            let note = sqlx::query("INSERT INTO schema_version (version) VALUES ($1)");
            write.run(note.bind(*version)).await?;
            write.commit().await?;
        }
        Ok(())
    }

    async fn connect(url: &str, what: Use) -> Result<Self> {
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
                        pragmas(connection, what).await?;
                    }
                    Ok(())
                })
            });
        let pool = options.connect(url).await;
        Ok(Self {
            pool: pool.context("cannot open the database")?,
            sqlite,
            writer: Arc::default(),
        })
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
        // A transaction that reads first would not be waited for when it comes to write.
        let tx = match self.sqlite {
            true => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            false => self.pool.begin().await?,
        };
        Ok(Write { tx, _turn: turn })
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

/// A writer keeps more pages in memory (KiB), and writes one that changes again and again to its place
/// once for many commits (pages of 4 KiB). Of a record a commit is on the disk when it returns.
const WRITER: &[&str] = &[
    "PRAGMA journal_mode = WAL",
    "PRAGMA cache_size = -32768",
    "PRAGMA wal_autocheckpoint = 16384",
];
const RECORD: &str = "PRAGMA synchronous = FULL";
const COPY: &str = "PRAGMA synchronous = NORMAL";

async fn pragmas(connection: &mut AnyConnection, what: Use) -> Result<(), sqlx::Error> {
    let busy = format!("PRAGMA busy_timeout = {BUSY_MS}");
    connection.execute(busy.as_str()).await?;
    let durability = match what {
        Use::Look => return Ok(()),
        Use::Record => RECORD,
        Use::Copy => COPY,
    };
    for pragma in WRITER.iter().chain([&durability]) {
        connection.execute(*pragma).await?;
    }
    Ok(())
}

fn with_creation(url: &str) -> String {
    if !is_file(url) || url.contains("mode=") {
        return url.to_owned();
    }
    with_mode(url, "rwc")
}

fn is_file(url: &str) -> bool {
    url.starts_with("sqlite:") && !url.contains(":memory:")
}

/// The URL of a file with that mode, whatever mode it had.
fn with_mode(url: &str, mode: &str) -> String {
    let (file, rest) = url.split_once('?').unwrap_or((url, ""));
    let others = rest.split('&').filter(|one| !one.is_empty());
    let others = others.filter(|one| !one.starts_with("mode="));
    let mut parts: Vec<_> = others.map(str::to_owned).collect();
    parts.push(format!("mode={mode}"));
    format!("{file}?{}", parts.join("&"))
}

/// `($1,$2),($3,$4)`: the places of a statement for many rows, values in that order. For SQLite they are
/// `?`: a name it looks up by walking through all before it, each time the statement runs.
pub fn places(on: &AnyConnection, rows: usize, columns: usize) -> String {
    let named = on.backend_name() != "SQLite";
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            match named {
                true => text.push_str(&format!("${}", row * columns + column + 1)),
                false => text.push('?'),
            }
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
