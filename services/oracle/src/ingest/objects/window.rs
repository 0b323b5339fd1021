//! The rows of an object that new events can change.

use super::known::{action_column, action_of};
use anyhow::Result;
use flash_base::db::{column, from_column, places, Write};
use flash_meter::objects::{Effect, Event};

/// An event with its effect.
pub struct Row {
    pub origin: i64,
    pub object: String,
    pub event: Event,
    pub effect: Effect,
    pub is_new: bool,
}

/// The rows in a time span.
pub struct Window {
    pub rows: Vec<Row>,
    pub size_before_bytes: u64,
    /// From here on, rows are only read for what they show about earlier ones.
    pub until_secs: Option<u64>,
}

type Columns = (i64, i64, String, i64, String, i64, i64, i64, i64);

const COLUMNS: &str =
    "origin, at_ms, request, action, version, size_bytes, size_change, size_after, tied";

/// From one second before the first to the second one after the last.
const AROUND: &str = "series_id = $1 AND object = $2 AND (action = 0 OR version = '')
    AND at_ms >= COALESCE((SELECT MAX(at_ms) FROM object_events WHERE series_id = $1 AND object = $2
        AND at_ms < $3 AND (action = 0 OR version = '')), $3)
    AND at_ms <= COALESCE((SELECT MIN(at_ms) FROM object_events WHERE series_id = $1 AND object = $2
        AND (action = 0 OR version = '') AND at_ms > (SELECT MIN(at_ms) FROM object_events
            WHERE series_id = $1 AND object = $2 AND at_ms > $4 AND (action = 0 OR version = ''))), $5)";

impl Window {
    /// All rows of an object with versions.
    pub async fn all(write: &mut Write, series_id: i64, object: &str) -> Result<Self> {
        let sql =
            format!("SELECT {COLUMNS} FROM object_events WHERE series_id = $1 AND object = $2");
        let query = sqlx::query_as::<_, Columns>(&sql).bind(series_id);
        let rows = query.bind(object.to_owned()).fetch_all(write.connection());
        Ok(Self {
            rows: rows
                .await?
                .into_iter()
                .map(|row| row_of(object, row))
                .collect(),
            size_before_bytes: 0,
            until_secs: None,
        })
    }

    /// The rows that events from `first` to `last` can change in an object without versions.
    pub async fn around(
        write: &mut Write,
        series_id: i64,
        object: &str,
        first: u64,
        last: u64,
    ) -> Result<Self> {
        let ms = |secs: u64| column(secs.saturating_mul(1_000));
        let sql = format!("SELECT {COLUMNS} FROM object_events WHERE {AROUND} ORDER BY at_ms");
        let query = sqlx::query_as::<_, Columns>(&sql).bind(series_id);
        let query = query.bind(object.to_owned()).bind(ms(first)).bind(ms(last));
        let found = query.bind(i64::MAX).fetch_all(write.connection()).await?;
        let rows: Vec<Row> = found.into_iter().map(|row| row_of(object, row)).collect();
        Ok(Self {
            size_before_bytes: size_before(&rows, first),
            until_secs: second_after(&rows, last),
            rows,
        })
    }
}

/// What the object held before these rows.
fn size_before(rows: &[Row], first: u64) -> u64 {
    let older = rows.iter().filter(|row| row.event.at_secs < first);
    let Some(after) = older.clone().map(|row| row.effect.size_after_bytes).next() else {
        return 0;
    };
    let changes: i128 = older.map(|row| i128::from(row.effect.change_bytes)).sum();
    u64::try_from(i128::from(after) - changes).unwrap_or(0)
}

/// The second second with rows after the last new event.
fn second_after(rows: &[Row], last: u64) -> Option<u64> {
    let later = rows.iter().map(|row| row.event.at_secs);
    let later: std::collections::BTreeSet<u64> = later.filter(|at| *at > last).collect();
    later.into_iter().nth(1)
}

fn row_of(object: &str, row: Columns) -> Row {
    Row {
        origin: row.0,
        object: object.to_owned(),
        event: Event {
            at_secs: from_column(row.1) / 1_000,
            request: row.2,
            action: action_of(row.3),
            version: row.4,
            size_bytes: from_column(row.5),
        },
        effect: Effect {
            change_bytes: row.6,
            size_after_bytes: from_column(row.7),
            tied: row.8 == 1,
        },
        is_new: false,
    }
}

/// Writes new rows.
pub async fn insert(write: &mut Write, series_id: i64, rows: &[Row]) -> Result<()> {
    let sql = format!(
        "INSERT INTO object_events (series_id, origin, at_ms, object, request, action, version, \
         size_bytes, size_change, size_after, tied, revision) VALUES {}",
        places(write.connection(), rows.len(), 12)
    );
    let mut query = sqlx::query(&sql);
    for row in rows {
        let (event, effect) = (&row.event, &row.effect);
        query = query
            .bind(series_id)
            .bind(row.origin)
            .bind(column(event.at_secs.saturating_mul(1_000)))
            .bind(row.object.clone())
            .bind(event.request.clone())
            .bind(action_column(event.action))
            .bind(event.version.clone())
            .bind(column(event.size_bytes))
            .bind(effect.change_bytes)
            .bind(column(effect.size_after_bytes))
            .bind(i64::from(effect.tied))
            .bind(1_i64);
    }
    query.execute(write.connection()).await?;
    Ok(())
}

/// Updates the effect of a row.
pub async fn update(write: &mut Write, series_id: i64, origin: i64, effect: &Effect) -> Result<()> {
    let update = sqlx::query(
        "UPDATE object_events SET size_change = $1, size_after = $2, tied = $3,
         revision = revision + 1 WHERE series_id = $4 AND origin = $5",
    );
    let update = update
        .bind(effect.change_bytes)
        .bind(column(effect.size_after_bytes))
        .bind(i64::from(effect.tied));
    write.run(update.bind(series_id).bind(origin)).await?;
    Ok(())
}
