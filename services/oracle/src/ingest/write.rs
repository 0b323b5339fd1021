//! Rows into tables. Whatever comes twice is there once.

use super::{Change, Incoming, Load, Probe, Reject, Written};
use crate::{
    digest::{digest63, digest_hex},
    time::now_ms,
};
use anyhow::Result;
use flash_base::db::{column, from_column, places, Db, Write};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows of one statement: few sizes, so that few statements are prepared; and small ones, because
/// SQLite looks the name of each place up in a list of all.
const CHUNKS: [usize; 3] = [60, 10, 1];
/// Series that are known to be in their table.
const MAX_KNOWN: usize = 200_000;
const MAX_LINE_BYTES: usize = 1_024;

pub struct Writer {
    db: Db,
    known: HashSet<i64>,
}

/// A sample as its row.
struct Row<'a> {
    series_id: i64,
    sample: &'a Incoming,
    size_change: i64,
}

impl Writer {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            known: HashSet::new(),
        }
    }

    /// Writes loads in one commit. An answer for each.
    ///
    /// # Errors
    /// The database's; nothing was written then.
    pub async fn commit(&mut self, loads: &[&Load]) -> Result<Vec<Written>> {
        if self.known.len() > MAX_KNOWN {
            self.known.clear();
        }
        let mut write = self.db.write().await?;
        let mut all = Vec::with_capacity(loads.len());
        let mut added = HashSet::new();
        let newest = "SELECT COALESCE(MAX(forgotten_ms), 0) FROM series";
        let forgotten: i64 = sqlx::query_scalar(newest)
            .fetch_one(write.connection())
            .await?;
        for load in loads {
            let written = self.load(&mut write, load, &mut added, from_column(forgotten));
            all.push(written.await?);
        }
        write.commit().await?;
        self.known.extend(added);
        Ok(all)
    }

    async fn load(
        &self,
        write: &mut Write,
        load: &Load,
        added: &mut HashSet<i64>,
        forgotten_ms: u64,
    ) -> Result<Written> {
        let mut written = Written::default();
        let mut rejects = load.rejects.clone();
        let rows = self
            .rows(write, load, added, &mut rejects, forgotten_ms)
            .await?;
        let mut rest = rows.as_slice();
        for size in CHUNKS {
            while rest.len() >= size {
                let (chunk, after) = rest.split_at(size);
                written.accepted += insert_samples(write, chunk).await?;
                rest = after;
            }
        }
        written.duplicates = (rows.len() as u64).saturating_sub(written.accepted);
        let probes = insert_probes(write, &load.probes).await?;
        written.accepted += probes;
        written.duplicates += (load.probes.len() as u64).saturating_sub(probes);
        written.rejected = rejects.len() as u64;
        insert_rejects(write, &rejects).await?;
        if let Some((source, position)) = &load.cursor {
            set_cursor(write, source, position).await?;
        }
        Ok(written)
    }

    /// Samples as rows; those whose series cannot be had become rejects.
    async fn rows<'a>(
        &self,
        write: &mut Write,
        load: &'a Load,
        added: &mut HashSet<i64>,
        rejects: &mut Vec<Reject>,
        forgotten_ms: u64,
    ) -> Result<Vec<Row<'a>>> {
        let mut ids = HashMap::<(&str, &str, &str), Option<i64>>::new();
        let mut rows = Vec::with_capacity(load.samples.len());
        for sample in &load.samples {
            let name = (&*sample.provider, &*sample.bucket, &*sample.repo);
            let series = match ids.get(&name) {
                Some(series) => *series,
                None => {
                    let series = self.series(write, name, added).await?;
                    ids.insert(name, series);
                    series
                }
            };
            let Some(series_id) = series else {
                rejects.push(Reject {
                    source: sample.host.clone(),
                    line: format!("{sample:?}"),
                    reason: "the digest of its bucket and repo belongs to others".to_owned(),
                });
                continue;
            };
            // Before that, it depends on the series whether samples were forgotten.
            if sample.at_ms < forgotten_ms && sample.at_ms < forgotten(write, series_id).await? {
                rejects.push(Reject {
                    source: sample.host.clone(),
                    line: format!("{sample:?}"),
                    reason: "older than what is kept (retention.samples_days)".to_owned(),
                });
                continue;
            }
            let size_change = match &sample.change {
                Change::Bytes(change) => *change,
                Change::Object { name, size_bytes } => {
                    resize(write, series_id, sample, name, *size_bytes).await?
                }
            };
            rows.push(Row {
                series_id,
                sample,
                size_change,
            });
        }
        Ok(rows)
    }

    /// The id of a series, after making sure that it has its row.
    async fn series(
        &self,
        write: &mut Write,
        name: (&str, &str, &str),
        added: &mut HashSet<i64>,
    ) -> Result<Option<i64>> {
        let id = series_id(name.0, name.1, name.2);
        if self.known.contains(&id) || added.contains(&id) {
            return Ok(Some(id));
        }
        let insert = sqlx::query(
            "INSERT INTO series (series_id, provider, bucket, repo) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(id).bind(name.0.to_owned());
        write
            .run(insert.bind(name.1.to_owned()).bind(name.2.to_owned()))
            .await?;
        let row: Option<(String, String, String)> =
            sqlx::query_as("SELECT provider, bucket, repo FROM series WHERE series_id = $1")
                .bind(id)
                .fetch_optional(write.connection())
                .await?;
        let same = row.is_some_and(|row| (&*row.0, &*row.1, &*row.2) == name);
        if same {
            added.insert(id);
        }
        Ok(same.then_some(id))
    }
}

/// Before when a series' samples were forgotten.
async fn forgotten(write: &mut Write, series_id: i64) -> Result<u64> {
    let ms: i64 = sqlx::query_scalar("SELECT forgotten_ms FROM series WHERE series_id = $1")
        .bind(series_id)
        .fetch_one(write.connection())
        .await?;
    Ok(from_column(ms))
}

/// The id of a series: a digest, so that nobody has to ask for it.
pub fn series_id(provider: &str, bucket: &str, repo: &str) -> i64 {
    digest63(&[provider, bucket, repo])
}

async fn insert_samples(write: &mut Write, rows: &[Row<'_>]) -> Result<u64> {
    let sql = format!(
        "INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, \
         latency_ms, host) VALUES {} ON CONFLICT DO NOTHING",
        places(write.connection(), rows.len(), 8)
    );
    let mut query = sqlx::query(&sql);
    for row in rows {
        let sample = row.sample;
        query = query
            .bind(row.series_id)
            .bind(column(sample.at_ms))
            .bind(digest63(&[&sample.origin]))
            .bind(column(sample.upl_bytes))
            .bind(column(sample.dwl_bytes))
            .bind(row.size_change)
            .bind(sample.latency_ms.map(column))
            .bind(sample.host.clone());
    }
    Ok(query.execute(write.connection()).await?.rows_affected())
}

/// What an object's new size changes. An event that is older than what is known changes nothing.
async fn resize(
    write: &mut Write,
    series_id: i64,
    sample: &Incoming,
    object: &str,
    size_bytes: u64,
) -> Result<i64> {
    let known: Option<(i64, i64)> = sqlx::query_as(
        "SELECT size_bytes, at_ms FROM objects WHERE series_id = $1 AND object = $2",
    )
    .bind(series_id)
    .bind(object.to_owned())
    .fetch_optional(write.connection())
    .await?;
    let (before, since_ms) = known.unwrap_or((0, 0));
    let at_ms = column(sample.at_ms);
    if at_ms < since_ms {
        return Ok(0);
    }
    let put = sqlx::query(
        "INSERT INTO objects (series_id, object, size_bytes, at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (series_id, object) DO UPDATE SET size_bytes = $3, at_ms = $4",
    );
    let put = put.bind(series_id).bind(object.to_owned());
    write.run(put.bind(column(size_bytes)).bind(at_ms)).await?;
    Ok(column(size_bytes).saturating_sub(before))
}

/// Of two probes of a node in a minute an answer counts: it was up at some time in it.
async fn insert_probes(write: &mut Write, probes: &[Probe]) -> Result<u64> {
    let mut merged = BTreeMap::<(&str, u64, &str), (bool, u64)>::new();
    for probe in probes {
        let key = (&*probe.bucket, probe.minute(), &*probe.node);
        let seen = merged.entry(key).or_insert((probe.up, probe.latency_ms));
        if probe.up && !seen.0 {
            *seen = (true, probe.latency_ms);
        }
    }
    let rows: Vec<_> = merged.into_iter().collect();
    let mut rest = rows.as_slice();
    let mut written = 0;
    for size in CHUNKS {
        while rest.len() >= size {
            let (chunk, after) = rest.split_at(size);
            let sql = format!(
                "INSERT INTO probes (bucket, minute, node, up, latency_ms) VALUES {} \
                 ON CONFLICT (bucket, minute, node) DO UPDATE SET up = 1, \
                 latency_ms = excluded.latency_ms WHERE probes.up = 0 AND excluded.up = 1",
                places(write.connection(), chunk.len(), 5)
            );
            let mut query = sqlx::query(&sql);
            for ((bucket, minute, node), (up, latency_ms)) in chunk {
                query = query
                    .bind((*bucket).to_owned())
                    .bind(column(*minute))
                    .bind((*node).to_owned())
                    .bind(i64::from(*up))
                    .bind(column(*latency_ms));
            }
            written += query.execute(write.connection()).await?.rows_affected();
            rest = after;
        }
    }
    Ok(written)
}

async fn insert_rejects(write: &mut Write, rejects: &[Reject]) -> Result<()> {
    for reject in rejects {
        let mut line = reject.line.replace('\0', "\u{fffd}");
        let mut end = line.len().min(MAX_LINE_BYTES);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        line.truncate(end);
        let insert = sqlx::query(
            "INSERT INTO rejects (reject_id, at_ms, source, reason, line)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        );
        let insert = insert
            .bind(digest_hex(&[&reject.source, &reject.line]))
            .bind(column(now_ms()))
            .bind(reject.source.clone())
            .bind(reject.reason.clone())
            .bind(line);
        write.run(insert).await?;
    }
    Ok(())
}

async fn set_cursor(write: &mut Write, source: &str, position: &str) -> Result<()> {
    let put = sqlx::query(
        "INSERT INTO cursors (source, position) VALUES ($1, $2)
         ON CONFLICT (source) DO UPDATE SET position = $2",
    );
    write
        .run(put.bind(source.to_owned()).bind(position.to_owned()))
        .await?;
    Ok(())
}
