//! Totals and service of a deal, from the database.
//!
//! A checkpoint keeps what was added up so far. It is only trusted while as many samples lie before
//! it as when it was made, and for the same terms: a late sample makes the deal be added up anew.

use crate::{deal::Deal, digest::digest63, ingest::series_id};
use anyhow::{Context, Result};
use flash_base::db::{column, from_column, Db};
use flash_meter::{
    bounds::MAX_MEASURED_LATENCY_MS,
    service::{self, minutes_of, Probes, Service},
    totals::{Basis, Running, Sample},
};

const MS_PER_SEC: u64 = 1_000;
/// Rows that are in memory at a time.
const PAGE: i64 = 20_000;

type SampleRow = (i64, i64, i64, i64);

/// Reads a deal's samples up to a time.
pub struct Metering<'a> {
    pub db: &'a Db,
}

impl Metering<'_> {
    /// What was stored and sent until `to_secs`.
    ///
    /// # Errors
    /// The database's.
    pub async fn totals(&self, deal: &Deal, basis: &Basis, to_secs: u64) -> Result<Running> {
        let series = series_id(&deal.provider, &deal.bucket, &deal.repo);
        let from = self.checkpoint(deal, basis, series, to_secs).await?;
        let mut state = from.unwrap_or_default();
        loop {
            let rows = self.rows(series, &state, to_secs).await?;
            let whole = (rows.len() as i64) < PAGE;
            let mut stop = to_secs;
            let mut samples: Vec<_> = rows.iter().map(sample_of).collect();
            if !whole {
                // The last second may go on in the next page.
                stop = samples.last().map_or(to_secs, |last| last.at_secs);
                samples.retain(|one| one.at_secs < stop);
                if samples.is_empty() {
                    samples = self.second(series, stop).await?;
                    stop += 1;
                }
            }
            state = state.advance(basis, &samples, stop)?;
            if whole {
                return Ok(state);
            }
        }
    }

    /// Keeps what was added up.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep(&self, made: &[(u32, Basis, Running)]) -> Result<()> {
        let mut write = self.db.write().await?;
        for (deal_id, basis, state) in made {
            let put = sqlx::query(
                "INSERT INTO checkpoints (deal_id, basis, at_secs, size_bytes, byte_secs, \
                 egress_bytes, samples) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (deal_id) DO UPDATE SET basis = $2, at_secs = $3, size_bytes = $4, \
                 byte_secs = $5, egress_bytes = $6, samples = $7",
            );
            let put = put
                .bind(i64::from(*deal_id))
                .bind(digest_of(basis))
                .bind(column(state.at_secs))
                .bind(state.size_bytes.to_string())
                .bind(state.byte_secs.to_string())
                .bind(state.egress_bytes.to_string())
                .bind(column(state.samples));
            write.run(put).await?;
        }
        write.commit().await
    }

    async fn checkpoint(
        &self,
        deal: &Deal,
        basis: &Basis,
        series: i64,
        to_secs: u64,
    ) -> Result<Option<Running>> {
        let row: Option<(i64, i64, String, String, String, i64)> = sqlx::query_as(
            "SELECT basis, at_secs, size_bytes, byte_secs, egress_bytes, samples
             FROM checkpoints WHERE deal_id = $1",
        )
        .bind(i64::from(deal.deal_id))
        .fetch_optional(self.db.pool())
        .await?;
        let Some((digest, at_secs, size, byte_secs, egress, samples)) = row else {
            return Ok(None);
        };
        if digest != digest_of(basis) || from_column(at_secs) > to_secs {
            return Ok(None);
        }
        let before: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM samples WHERE series_id = $1 AND at_ms < $2")
                .bind(series)
                .bind(at_secs.saturating_mul(1_000))
                .fetch_one(self.db.pool())
                .await?;
        if before != samples {
            metrics::counter!("oracle_checkpoints_void_total").increment(1);
            return Ok(None);
        }
        Ok(Some(Running {
            at_secs: from_column(at_secs),
            size_bytes: size.parse().context("a checkpoint is damaged")?,
            byte_secs: byte_secs.parse().context("a checkpoint is damaged")?,
            egress_bytes: egress.parse().context("a checkpoint is damaged")?,
            samples: from_column(samples),
        }))
    }

    async fn rows(&self, series: i64, state: &Running, to_secs: u64) -> Result<Vec<SampleRow>> {
        let sql = "SELECT at_ms, dwl_bytes, size_change, origin FROM samples
                   WHERE series_id = $1 AND at_ms >= $2 AND at_ms < $3
                   ORDER BY at_ms LIMIT $4";
        let query = sqlx::query_as(sql)
            .bind(series)
            .bind(column(state.at_secs.saturating_mul(MS_PER_SEC)))
            .bind(column(to_secs.saturating_mul(MS_PER_SEC)));
        Ok(query.bind(PAGE).fetch_all(self.db.pool()).await?)
    }

    /// All samples of a second, however many there are.
    async fn second(&self, series: i64, at_secs: u64) -> Result<Vec<Sample>> {
        let sql = "SELECT at_ms, dwl_bytes, size_change, origin FROM samples
                   WHERE series_id = $1 AND at_ms >= $2 AND at_ms < $3";
        let rows: Vec<SampleRow> = sqlx::query_as(sql)
            .bind(series)
            .bind(column(at_secs.saturating_mul(MS_PER_SEC)))
            .bind(column((at_secs + 1).saturating_mul(MS_PER_SEC)))
            .fetch_all(self.db.pool())
            .await?;
        Ok(rows.iter().map(sample_of).collect())
    }

    /// Up to when status of a bucket is known, not after `to_secs`.
    ///
    /// # Errors
    /// The database's.
    pub async fn known_through(&self, bucket: &str, to_secs: u64) -> Result<Option<u64>> {
        let last: Option<i64> =
            sqlx::query_scalar("SELECT MAX(minute) FROM probes WHERE bucket = $1 AND minute < $2")
                .bind(bucket.to_owned())
                .bind(column(to_secs.div_ceil(60)))
                .fetch_one(self.db.pool())
                .await?;
        Ok(last.map(|minute| service::known_through(from_column(minute)).min(to_secs)))
    }

    /// How a bucket was served in a window.
    ///
    /// # Errors
    /// The database's.
    pub async fn service(&self, bucket: &str, from_secs: u64, to_secs: u64) -> Result<Service> {
        let minutes = minutes_of(from_secs, to_secs);
        let (known, up, answers, latency): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), CAST(COALESCE(SUM(up), 0) AS BIGINT),
                    CAST(COALESCE(SUM(answers), 0) AS BIGINT),
                    CAST(COALESCE(SUM(latency), 0) AS BIGINT)
             FROM (SELECT MAX(up) AS up, SUM(up) AS answers, SUM(up * latency_ms) AS latency
                   FROM probes WHERE bucket = $1 AND minute >= $2 AND minute < $3
                   GROUP BY minute) AS minutes",
        )
        .bind(bucket.to_owned())
        .bind(column(minutes.start))
        .bind(column(minutes.end))
        .fetch_one(self.db.pool())
        .await?;
        let probes = Probes {
            minutes: from_column(known),
            up_minutes: from_column(up),
            answers: from_column(answers),
            latency_sum_ms: from_column(latency),
        };
        Ok(probes.service(MAX_MEASURED_LATENCY_MS))
    }
}

fn sample_of(row: &SampleRow) -> Sample {
    Sample {
        at_secs: from_column(row.0) / MS_PER_SEC,
        egress_bytes: from_column(row.1),
        size_change_bytes: row.2,
    }
}

fn digest_of(basis: &Basis) -> i64 {
    digest63(&[&format!("{basis:?}")])
}
