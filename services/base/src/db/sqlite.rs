//! What SQLite needs that PostgreSQL does not.

use super::Mode;
use sqlx::{AnyConnection, Executor};

const BUSY_MS: u32 = 20_000;
/// A writer keeps more pages in memory (KiB), and writes one that changes again and again to its place
/// once for many commits (pages of 4 KiB).
const WRITER: &[&str] = &[
    "PRAGMA journal_mode = WAL",
    "PRAGMA cache_size = -32768",
    "PRAGMA wal_autocheckpoint = 16384",
];

pub(super) async fn prepare(connection: &mut AnyConnection, mode: Mode) -> Result<(), sqlx::Error> {
    let busy = format!("PRAGMA busy_timeout = {BUSY_MS}");
    connection.execute(busy.as_str()).await?;
    let durability = match mode {
        Mode::ReadOnly => return Ok(()),
        Mode::Record => "PRAGMA synchronous = FULL",
        Mode::Replica => "PRAGMA synchronous = NORMAL",
    };
    for pragma in WRITER.iter().chain([&durability]) {
        connection.execute(*pragma).await?;
    }
    Ok(())
}

pub(super) fn with_creation(url: &str) -> String {
    match url.contains("mode=") {
        true => url.to_owned(),
        false => with_mode(url, "rwc"),
    }
}

/// The URL of a file with that mode, whatever mode it had.
pub(super) fn with_mode(url: &str, mode: &str) -> String {
    let (file, query) = url.split_once('?').unwrap_or((url, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty());
    let others = others.filter(|pair| !pair.starts_with("mode="));
    let mut pairs: Vec<_> = others.map(str::to_owned).collect();
    pairs.push(format!("mode={mode}"));
    format!("{file}?{}", pairs.join("&"))
}
