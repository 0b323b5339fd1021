//! Writes samples, each once.

use super::{statement::chunks, Incoming};
use anyhow::Result;
use flash_base::db::{column, places, Write};
use std::collections::HashMap;

/// A sample as a row.
pub struct Row<'a> {
    pub series_id: i64,
    pub sample: &'a Incoming,
}

impl Row<'_> {
    fn number(&self) -> Option<i64> {
        self.sample.is_numbered.then_some(self.sample.origin)
    }

    fn content(&self) -> Content {
        let sample = self.sample;
        Content {
            series_id: self.series_id,
            at_ms: column(sample.at_ms),
            upl_bytes: column(sample.upl_bytes),
            dwl_bytes: column(sample.dwl_bytes),
            size_change: sample.size_change,
            latency_ms: sample.latency_ms.map(column),
        }
    }
}

/// What two samples with the same number must have in common.
#[derive(PartialEq, Eq)]
struct Content {
    series_id: i64,
    at_ms: i64,
    upl_bytes: i64,
    dwl_bytes: i64,
    size_change: i64,
    latency_ms: Option<i64>,
}

/// The result of writing samples.
#[derive(Default)]
pub struct Outcome<'a> {
    pub added: u64,
    /// Samples whose number belongs to another sample.
    pub conflicts: Vec<&'a Incoming>,
}

/// Writes samples.
pub async fn insert<'a>(write: &mut Write, rows: &[Row<'a>]) -> Result<Outcome<'a>> {
    let mut outcome = Outcome::default();
    for chunk in chunks(rows) {
        let added = insert_chunk(write, chunk).await?;
        outcome.added += added;
        if added < chunk.len() as u64 {
            conflicts(write, chunk, &mut outcome.conflicts).await?;
        }
    }
    Ok(outcome)
}

async fn insert_chunk(write: &mut Write, rows: &[Row<'_>]) -> Result<u64> {
    let sql = format!(
        "INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, \
         latency_ms, host, number) VALUES {} ON CONFLICT DO NOTHING",
        places(write.connection(), rows.len(), 9)
    );
    let mut query = sqlx::query(&sql);
    for row in rows {
        let sample = row.sample;
        query = query
            .bind(row.series_id)
            .bind(column(sample.at_ms))
            .bind(sample.origin)
            .bind(column(sample.upl_bytes))
            .bind(column(sample.dwl_bytes))
            .bind(sample.size_change)
            .bind(sample.latency_ms.map(column))
            .bind(sample.host.clone())
            .bind(row.number());
    }
    Ok(query.execute(write.connection()).await?.rows_affected())
}

/// All numbers of the rows are stored now. A row with different content under its number was not
/// accepted.
async fn conflicts<'a>(
    write: &mut Write,
    rows: &[Row<'a>],
    found: &mut Vec<&'a Incoming>,
) -> Result<()> {
    let numbers: Vec<i64> = rows.iter().filter_map(Row::number).collect();
    let mut stored = HashMap::new();
    for chunk in chunks(&numbers) {
        let sql = format!(
            "SELECT number, series_id, at_ms, upl_bytes, dwl_bytes, size_change, latency_ms \
             FROM samples WHERE number IN {}",
            places(write.connection(), 1, chunk.len())
        );
        let mut query = sqlx::query_as::<_, (i64, i64, i64, i64, i64, i64, Option<i64>)>(&sql);
        for number in chunk {
            query = query.bind(*number);
        }
        for row in query.fetch_all(write.connection()).await? {
            let content = Content {
                series_id: row.1,
                at_ms: row.2,
                upl_bytes: row.3,
                dwl_bytes: row.4,
                size_change: row.5,
                latency_ms: row.6,
            };
            stored.insert(row.0, content);
        }
    }
    for row in rows {
        let other = row.number().and_then(|number| stored.get(&number));
        if other.is_some_and(|content| *content != row.content()) {
            found.push(row.sample);
        }
    }
    Ok(())
}
