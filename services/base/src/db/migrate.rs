//! Tables are made and changed by migrations, each once.

use super::{Db, Kind};
use anyhow::{anyhow, Error, Result};
use sqlx::migrate::{MigrateError, Migrator};

/// Of a daemon: `&sqlx::migrate!()` of its folder `migrations`. A released file never changes.
pub type Migrations = &'static Migrator;

pub(super) fn newest(migrations: Migrations) -> i64 {
    migrations
        .iter()
        .map(|file| file.version)
        .max()
        .unwrap_or(0)
}

impl Db {
    pub(super) async fn version(&self) -> Result<i64> {
        let newest = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
        Ok(sqlx::query_scalar(newest).fetch_one(self.pool()).await?)
    }

    pub(super) async fn migrate(&self, migrations: Migrations) -> Result<()> {
        let explain = |error| explained(error, newest(migrations));
        if self.kind != Kind::Postgres {
            // One transaction around all: other processes wait for its lock.
            let mut write = self.write().await?;
            let done = migrations.run_direct(write.connection()).await;
            done.map_err(explain)?;
            return write.commit().await;
        }
        // It takes a lock of its own, which ends with the connection.
        let mut connection = self.pool().acquire().await?;
        let done = migrations.run_direct(&mut *connection).await;
        if done.is_err() {
            connection.close_on_drop();
        }
        done.map_err(explain)
    }
}

fn explained(error: MigrateError, newest: i64) -> Error {
    match error {
        MigrateError::VersionMissing(version) => anyhow!(
            "the database has version {version} of the tables, this program knows up to {newest}"
        ),
        MigrateError::VersionMismatch(version) => anyhow!(
            "version {version} of the tables is not the one of this program: use a database of its own"
        ),
        error => Error::new(error),
    }
}
