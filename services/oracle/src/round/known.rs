//! What the database keeps of deals from round to round.

use super::Rounds;
use crate::{
    deal::Deal,
    plan::{due_through, Rules},
};
use anyhow::Result;
use flash_base::{
    db::{column, from_column},
    text::storable,
};
use flash_meter::totals::Totals;
use std::collections::BTreeMap;

/// How a deal stands is asked again after so long, where nothing is due: whoever closes one or pays
/// into one tells nobody here.
const STALE_SECS: u64 = 3_600;
/// Not all in the same round.
const SPREAD_SECS: u64 = 60;
const SPREAD: u32 = 30;
/// An unfunded deal is looked at in each round for so long, and then as often as the others.
const FRESH_SECS: u64 = 86_400;
/// A deal that is not funded so long after it was first seen never will be: both windows of the
/// longest policy, and a day.
const NEVER_FUNDED_SECS: u64 = 29 * 86_400;

/// What was known of a deal before a round.
pub(super) struct Known {
    finished: bool,
    first_seen_secs: u64,
    read_secs: u64,
    /// `None` where it was not funded.
    deal: Option<Deal>,
}

impl Known {
    /// Whether it can never be reported any more.
    pub(super) fn is_over(&self, now: u64) -> bool {
        let given_up = self.first_seen_secs.saturating_add(NEVER_FUNDED_SECS) < now;
        self.finished || self.deal.is_none() && given_up
    }

    /// The deal, where nothing suggests that it is another by now.
    pub(super) fn cached(&self, id: u32, now: u64, rules: &Rules) -> Option<&Deal> {
        let deal = self.deal.as_ref()?;
        let moves = deal.is_closed() || now >= deal.end_ts;
        let due = due_through(deal, now, now, rules).is_some();
        (!moves && !due && !self.is_stale(id, now)).then_some(deal)
    }

    fn is_stale(&self, id: u32, now: u64) -> bool {
        let spread = u64::from(id % SPREAD).saturating_mul(SPREAD_SECS);
        now.saturating_sub(self.read_secs) >= STALE_SECS.saturating_sub(spread)
    }

    /// Whether to ask about one that is not cached.
    pub(super) fn is_due(&self, id: u32, now: u64) -> bool {
        let fresh = now.saturating_sub(self.first_seen_secs) < FRESH_SECS;
        self.deal.is_some() || fresh || self.is_stale(id, now)
    }
}

impl Rounds {
    /// What is known of deals, by id.
    pub(super) async fn known(&self) -> Result<BTreeMap<u32, Known>> {
        let rows: Vec<(i64, i64, i64, i64, Option<String>)> = sqlx::query_as(
            "SELECT deal_id, finished, first_seen_secs, read_secs,
                    CASE WHEN finished = 0 THEN meter END FROM deals",
        )
        .fetch_all(self.db.pool())
        .await?;
        let mut known = BTreeMap::new();
        for (id, finished, first_seen, read, meter) in rows {
            let deal = meter.as_deref().map(serde_json::from_str).transpose();
            let row = Known {
                finished: finished == 1,
                first_seen_secs: from_column(first_seen),
                read_secs: from_column(read),
                // What an older version wrote is asked for again.
                deal: deal.unwrap_or(None),
            };
            if let Ok(id) = u32::try_from(id) {
                known.insert(id, row);
            }
        }
        Ok(known)
    }

    pub(super) async fn keep(&self, rows: &[(u32, Option<Deal>)], now: u64) -> Result<()> {
        let mut write = self.db.write().await?;
        for (deal_id, deal) in rows {
            let put = sqlx::query(
                "INSERT INTO deals (deal_id, first_seen_secs, finished, synced, checked_secs, \
                 limit_secs, meter, read_secs) VALUES ($1, $2, $3, 0, 0, $4, $5, $2)
                 ON CONFLICT (deal_id) DO UPDATE SET finished = $3, limit_secs = $4, meter = $5,
                 read_secs = $2",
            );
            let finished = deal.as_ref().is_some_and(|deal| deal.released);
            let meter = deal.as_ref().map(serde_json::to_string).transpose()?;
            let limit = deal.as_ref().map_or(0, Deal::limit_ts);
            let put = put
                .bind(i64::from(*deal_id))
                .bind(column(now))
                .bind(i64::from(finished))
                .bind(column(limit))
                .bind(meter);
            write.run(put).await?;
        }
        write.commit().await
    }

    pub(super) async fn keep_holds(&self, holds: &[(u32, u64, (Totals, Totals))]) -> Result<()> {
        if holds.is_empty() {
            return Ok(());
        }
        let mut write = self.db.write().await?;
        for (deal_id, through, (metered, reported)) in holds {
            let put = sqlx::query(
                "INSERT INTO holds (deal_id, through_secs, metered_mb_secs, reported_mb_secs, \
                 metered_egress_mb, reported_egress_mb) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT DO NOTHING",
            );
            let put = put
                .bind(i64::from(*deal_id))
                .bind(column(*through))
                .bind(metered.storage_mb_secs.to_string())
                .bind(reported.storage_mb_secs.to_string())
                .bind(column(metered.egress_mb))
                .bind(column(reported.egress_mb));
            write.run(put).await?;
        }
        write.commit().await
    }

    pub(super) async fn bucket_names(&self) -> Result<BTreeMap<u32, String>> {
        let rows: Vec<(i64, String)> = sqlx::query_as("SELECT bucket_id, external_id FROM buckets")
            .fetch_all(self.db.pool())
            .await?;
        let known = |row: (i64, String)| Some((u32::try_from(row.0).ok()?, row.1));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// A bucket's external id never changes.
    pub(super) async fn bucket_name(
        &self,
        names: &mut BTreeMap<u32, String>,
        id: u32,
    ) -> Result<String> {
        if let Some(name) = names.get(&id) {
            return Ok(name.clone());
        }
        let name = storable(&self.chain.external_id(id).await?).into_owned();
        let mut write = self.db.write().await?;
        let put = sqlx::query(
            "INSERT INTO buckets (bucket_id, external_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        );
        write
            .run(put.bind(i64::from(id)).bind(name.clone()))
            .await?;
        write.commit().await?;
        names.insert(id, name.clone());
        Ok(name)
    }
}
