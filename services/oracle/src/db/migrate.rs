//! Brings the tables up to date, one file after the other, each once.

use super::Db;
use anyhow::{ensure, Context, Result};
use sqlx::Executor;

/// In order. A file that was released is never changed.
const FILES: [(i64, &str); 2] = [
    (1, include_str!("migrations/0001_tables.sql")),
    (2, include_str!("migrations/0002_operation.sql")),
];

/// Whether the tables are those of this program; nothing is changed.
pub async fn check(db: &Db) -> Result<()> {
    let newest = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
    let found = sqlx::query_scalar(newest).fetch_one(db.pool()).await;
    let found: i64 = found.context("the database has no tables of the oracle")?;
    let known = FILES.last().map_or(0, |file| file.0);
    ensure!(
        found == known,
        "the database has version {found} of the tables, this program knows {known}: look with the \
         program that runs"
    );
    Ok(())
}

pub async fn run(db: &Db) -> Result<()> {
    let mut write = db.write().await?;
    let table = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)";
    write.run(sqlx::query(table)).await?;
    write.commit().await?;
    let newest = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
    let done: i64 = sqlx::query_scalar(newest).fetch_one(db.pool()).await?;
    let known = FILES.last().map_or(0, |file| file.0);
    ensure!(
        done <= known,
        "the database has version {done} of the tables, this program knows up to {known}"
    );
    for (version, text) in FILES.iter().filter(|file| file.0 > done) {
        let mut write = db.write().await?;
        write
            .connection()
            .execute(sqlx::raw_sql(text))
            .await
            .with_context(|| format!("migration {version}"))?;
        let note = sqlx::query("INSERT INTO schema_version (version) VALUES ($1)");
        write.run(note.bind(*version)).await?;
        write.commit().await?;
    }
    Ok(())
}
