//! Totals and service of a deal, from the database.
//!
//! A checkpoint keeps what was added up so far. It is only trusted while as many samples lie before
//! it as when it was made, none of the objects' events before it was computed anew, and for the same
//! terms: a late sample makes the deal be added up anew.

use crate::{deal::Deal, digest::digest63, ingest::series_id};
use anyhow::Result;
use flash_base::db::{column, from_column, Db};
use flash_meter::{
    overuse::Overuse,
    service::{self, minutes_of, Probes, Service},
    totals::{Basis, Running, Sample},
};
use flash_money::units::MAX_MEASURED_LATENCY_MS;
use sqlx::{Any, AnyConnection, Transaction};

const MS_PER_SEC: u64 = 1_000;
/// Rows that are in memory at a time.
const PAGE: i64 = 5_000;

/// The next rows of both tables, in the order of time. `$4` and `$5` are the last ones of each that were
/// read at the time `$3`.
const NEXT_ROWS: &str = "
    SELECT at_ms, egress, size_change, revision, source, origin FROM (
        SELECT * FROM (
            SELECT at_ms, dwl_bytes AS egress, size_change, CAST(1 AS BIGINT) AS revision,
                CAST(0 AS BIGINT) AS source, origin
            FROM samples WHERE series_id = $1 AND at_ms < $2 AND at_ms >= $3
                AND (at_ms > $3 OR origin > $4)
            ORDER BY at_ms, origin LIMIT $6) AS told
        UNION ALL SELECT * FROM (
            SELECT at_ms, CAST(0 AS BIGINT), size_change, revision, CAST(1 AS BIGINT), origin
            FROM object_events WHERE series_id = $1 AND at_ms < $2 AND at_ms >= $3
                AND (at_ms > $3 OR origin > $5)
            ORDER BY at_ms, origin LIMIT $6) AS computed
    ) AS rows ORDER BY at_ms, source, origin LIMIT $6";

/// What a row adds, and where it stands.
struct Row {
    at_ms: i64,
    sample: Sample,
    revision: u64,
    /// 0 samples, 1 events of objects.
    source: i64,
    origin: i64,
}

/// Up to where rows were read.
struct Place {
    at_ms: i64,
    sample: i64,
    event: i64,
}

impl Place {
    fn before(at_secs: u64) -> Self {
        Self {
            at_ms: column(at_secs.saturating_mul(MS_PER_SEC)),
            sample: i64::MIN,
            event: i64::MIN,
        }
    }

    fn after(row: &Row) -> Self {
        let (sample, event) = match row.source {
            0 => (row.origin, i64::MIN),
            _ => (i64::MAX, row.origin),
        };
        Self {
            at_ms: row.at_ms,
            sample,
            event,
        }
    }
}

/// Reads a deal's samples up to a time.
pub struct Metering<'a> {
    pub db: &'a Db,
}

impl Metering<'_> {
    /// What was stored and sent until `to_secs`, and what of it is above the agreed since the deal's last report.
    /// In it, `samples` counts each event of an object as often as it was computed.
    ///
    /// # Errors
    /// The database's.
    pub async fn totals(
        &self,
        deal: &Deal,
        basis: &Basis,
        to_secs: u64,
    ) -> Result<(Running, Overuse)> {
        let series = series_id(&deal.provider, &deal.bucket, &deal.repo);
        let mut reading = self.snapshot().await?;
        let from = checkpoint(&mut reading, deal, basis, (series, to_secs)).await?;
        let from = from.unwrap_or_default();
        // A report that was planned did not arrive: the checkpoint is past where the window begins.
        let is_past = from.at_secs > deal.through_ts;
        let mut sums = Sums::new(from, deal.through_ts);
        sums.add(&mut reading, basis, series, to_secs).await?;
        if is_past && sums.overuse.is_possible(basis, &sums.state) {
            sums = Sums::new(Running::default(), deal.through_ts);
            sums.add(&mut reading, basis, series, to_secs).await?;
        }
        Ok((sums.state, sums.overuse))
    }

    /// A view in which nothing changes while pages are read.
    async fn snapshot(&self) -> Result<Transaction<'static, Any>> {
        let options = self.db.pool().connect_options();
        let begin = match options.database_url.scheme() {
            "sqlite" => "BEGIN",
            _ => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        };
        Ok(self.db.pool().begin_with(begin).await?)
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

/// A deal's totals while its rows are read, and the window that begins at its last report.
struct Sums {
    state: Running,
    window_from_secs: u64,
    overuse: Overuse,
}

impl Sums {
    fn new(state: Running, window_from_secs: u64) -> Self {
        Self {
            overuse: Overuse::since(&state),
            state,
            window_from_secs,
        }
    }

    async fn add(
        &mut self,
        reading: &mut AnyConnection,
        basis: &Basis,
        series: i64,
        to_secs: u64,
    ) -> Result<()> {
        let mut place = Place::before(self.state.at_secs);
        loop {
            let rows = next_rows(reading, series, &place, to_secs).await?;
            for row in &rows {
                self.pass(basis, row.sample.at_secs);
                self.state.absorb(basis, &row.sample)?;
                let again = row.revision.saturating_sub(1);
                self.state.samples = self.state.samples.saturating_add(again);
            }
            match rows.last() {
                Some(last) if rows.len() as i64 == PAGE => place = Place::after(last),
                _ => break,
            }
        }
        self.pass(basis, to_secs);
        Ok(())
    }

    /// Advances time, and begins the window on the way.
    fn pass(&mut self, basis: &Basis, to_secs: u64) {
        let begin_secs = self.window_from_secs;
        if self.state.at_secs < begin_secs && begin_secs <= to_secs {
            self.state.pass(basis, begin_secs);
            self.overuse = Overuse::since(&self.state);
        }
        self.overuse.pass(basis, &self.state, to_secs);
        self.state.pass(basis, to_secs);
    }
}

/// What was added up before, where it still holds.
async fn checkpoint(
    reading: &mut AnyConnection,
    deal: &Deal,
    basis: &Basis,
    (series, to_secs): (i64, u64),
) -> Result<Option<Running>> {
    let row: Option<(i64, i64, String, String, String, i64)> = sqlx::query_as(
        "SELECT basis, at_secs, size_bytes, byte_secs, egress_bytes, samples
         FROM checkpoints WHERE deal_id = $1",
    )
    .bind(i64::from(deal.deal_id))
    .fetch_optional(&mut *reading)
    .await?;
    let Some((digest, at_secs, size, byte_secs, egress, samples)) = row else {
        return Ok(None);
    };
    if digest != digest_of(basis) || from_column(at_secs) > to_secs {
        return Ok(None);
    }
    let before: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM samples WHERE series_id = $1 AND at_ms < $2)
            + (SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM object_events
               WHERE series_id = $1 AND at_ms < $2)",
    )
    .bind(series)
    .bind(at_secs.saturating_mul(1_000))
    .fetch_one(reading)
    .await?;
    let parsed = (size.parse(), byte_secs.parse(), egress.parse());
    let (Ok(size_bytes), Ok(byte_secs), Ok(egress_bytes), true) =
        (parsed.0, parsed.1, parsed.2, before == samples)
    else {
        metrics::counter!("oracle_checkpoints_void_total").increment(1);
        return Ok(None);
    };
    Ok(Some(Running {
        at_secs: from_column(at_secs),
        size_bytes,
        byte_secs,
        egress_bytes,
        samples: from_column(samples),
    }))
}

async fn next_rows(
    reading: &mut AnyConnection,
    series: i64,
    place: &Place,
    to_secs: u64,
) -> Result<Vec<Row>> {
    let query = sqlx::query_as::<_, (i64, i64, i64, i64, i64, i64)>(NEXT_ROWS)
        .bind(series)
        .bind(column(to_secs.saturating_mul(MS_PER_SEC)))
        .bind(place.at_ms)
        .bind(place.sample)
        .bind(place.event)
        .bind(PAGE);
    let rows = query.fetch_all(reading).await?;
    let row_of = |(at_ms, egress, size_change, revision, source, origin)| Row {
        at_ms,
        sample: Sample {
            at_secs: from_column(at_ms) / MS_PER_SEC,
            egress_bytes: from_column(egress),
            size_change_bytes: size_change,
        },
        revision: from_column(revision),
        source,
        origin,
    };
    Ok(rows.into_iter().map(row_of).collect())
}

fn digest_of(basis: &Basis) -> i64 {
    digest63(&[&format!("{basis:?}")])
}
