//! Stores rejected lines with the reason.

use super::{load::Rejects, statement::chunks, Reject};
use crate::{digest::digest_hex, time::now_ms};
use anyhow::Result;
use flash_base::db::{column, places, Write};
use std::collections::HashMap;

const MS_PER_DAY: u64 = 86_400_000;
/// How many rejects per source and day are stored.
const MAX_A_DAY: u64 = 10_000;

/// How many rejects of each source were stored today.
#[derive(Default)]
pub struct Budget {
    day: u64,
    kept: HashMap<String, u64>,
}

impl Budget {
    /// The rejects that may still be stored, plus one row that counts all others.
    pub fn take(&mut self, source: &str, rejects: &Rejects) -> Vec<Reject> {
        let today = now_ms() / MS_PER_DAY;
        if today != self.day {
            *self = Self {
                day: today,
                kept: HashMap::new(),
            };
        }
        let used = self.kept.entry(source.to_owned()).or_default();
        let left = usize::try_from(MAX_A_DAY.saturating_sub(*used)).unwrap_or(usize::MAX);
        let mut kept: Vec<Reject> = rejects.kept.iter().take(left).cloned().collect();
        *used += kept.len() as u64;
        let more = rejects.count.saturating_sub(kept.len() as u64);
        if let (Some(last), true) = (kept.last(), more > 0) {
            let line = format!("after: {}", last.line);
            let reason = format!("{more} more lines of the same load were rejected");
            kept.push(Reject::new(source, &line, &reason));
        }
        kept
    }
}

/// Writes rejects; returns how many were new.
pub async fn insert(write: &mut Write, rejects: &[Reject]) -> Result<u64> {
    let now = column(now_ms());
    let mut added = 0;
    for chunk in chunks(rejects) {
        let sql = format!(
            "INSERT INTO rejects (reject_id, at_ms, source, reason, line, alerts) VALUES {} \
             ON CONFLICT DO NOTHING",
            places(write.connection(), chunk.len(), 6)
        );
        let mut query = sqlx::query(&sql);
        for reject in chunk {
            query = query
                .bind(digest_hex(&[&reject.source, &reject.line]))
                .bind(now)
                .bind(reject.source.clone())
                .bind(reject.reason.clone())
                .bind(reject.line.clone())
                .bind(i64::from(reject.alerts));
        }
        added += query.execute(write.connection()).await?.rows_affected();
    }
    Ok(added)
}
