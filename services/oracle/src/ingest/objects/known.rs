//! Reads objects from the tables.

use super::{secs, ObjectEvent, Seconds};
use crate::ingest::statement::chunks;
use anyhow::Result;
use flash_base::db::{column, places, Write};
use flash_meter::objects::Action;
use std::collections::{BTreeSet, HashMap};

/// What two lines of one request must have in common.
#[derive(PartialEq, Eq)]
pub struct Content {
    at_secs: i64,
    action: i64,
    size_bytes: i64,
}

impl Content {
    pub fn of(event: &ObjectEvent) -> Self {
        Self {
            at_secs: column(secs(event.at_ms)),
            action: action_column(event.action),
            size_bytes: column(event.size_bytes),
        }
    }
}

pub fn action_column(action: Action) -> i64 {
    match action {
        Action::Put => 0,
        Action::Delete => 1,
    }
}

pub fn action_of(column: i64) -> Action {
    match column {
        0 => Action::Put,
        _ => Action::Delete,
    }
}

/// Reads the rows stored under these origins.
pub async fn contents(
    write: &mut Write,
    series_id: i64,
    origins: &[i64],
) -> Result<HashMap<i64, Content>> {
    let mut contents = HashMap::new();
    for chunk in chunks(origins) {
        let sql = format!(
            "SELECT origin, at_ms, action, size_bytes FROM object_events \
             WHERE origin IN {} AND series_id = ${}",
            places(write.connection(), 1, chunk.len()),
            chunk.len() + 1
        );
        let mut query = sqlx::query_as::<_, (i64, i64, i64, i64)>(&sql);
        for origin in chunk {
            query = query.bind(*origin);
        }
        let rows = query.bind(series_id).fetch_all(write.connection());
        for (origin, at_ms, action, size_bytes) in rows.await? {
            let content = Content {
                at_secs: at_ms / 1_000,
                action,
                size_bytes,
            };
            contents.insert(origin, content);
        }
    }
    Ok(contents)
}

/// The objects that were put with a version id.
pub async fn with_versions(
    write: &mut Write,
    series_id: i64,
    names: &[&str],
) -> Result<BTreeSet<String>> {
    objects_where(write, series_id, names, "action = 0 AND version <> ''").await
}

/// The objects with a second in which they were both put and deleted.
pub async fn tied(
    write: &mut Write,
    series_id: i64,
    sighted: &Seconds<'_>,
) -> Result<BTreeSet<String>> {
    let names: Vec<&str> = sighted.keys().copied().collect();
    objects_where(write, series_id, &names, "tied = 1").await
}

async fn objects_where(
    write: &mut Write,
    series_id: i64,
    names: &[&str],
    condition: &str,
) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for chunk in chunks(names) {
        let sql = format!(
            "SELECT DISTINCT object FROM object_events WHERE object IN {} AND series_id = ${} \
             AND {condition}",
            places(write.connection(), 1, chunk.len()),
            chunk.len() + 1
        );
        let mut query = sqlx::query_scalar::<_, String>(&sql);
        for name in chunk {
            query = query.bind((*name).to_owned());
        }
        let rows = query.bind(series_id).fetch_all(write.connection()).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Whether an object was seen between two seconds.
pub async fn is_seen_between(
    write: &mut Write,
    series_id: i64,
    name: &str,
    after_secs: u64,
    before_secs: u64,
) -> Result<bool> {
    let row: Option<i64> = sqlx::query_scalar(
        "SELECT at_secs FROM sightings
         WHERE series_id = $1 AND object = $2 AND at_secs > $3 AND at_secs < $4 LIMIT 1",
    )
    .bind(series_id)
    .bind(name.to_owned())
    .bind(column(after_secs))
    .bind(column(before_secs))
    .fetch_optional(write.connection())
    .await?;
    Ok(row.is_some())
}
