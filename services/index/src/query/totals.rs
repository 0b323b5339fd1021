//! Figures of the whole market: sums over all deals and buckets, computed in the background.

use super::{
    figures::{Offer, Totals},
    row::Row,
    Error, Reads, Result,
};
use crate::answers::{self, Solvency, Stroops};
use std::time::{Duration, Instant};

/// The largest share of time spent on computing sums.
const SHARE: u32 = 20;
const LONGEST_REST: Duration = Duration::from_secs(600);
const MB_PER_GB: u64 = 1_024;

const OFFER: &str = "SELECT COUNT(*) AS buckets,
    CAST(COALESCE(SUM(CASE WHEN status = 'active' THEN 1 ELSE 0 END), 0) AS BIGINT) AS listed,
    CAST(COALESCE(SUM(CASE WHEN status = 'active' THEN max_storage_gb ELSE 0 END), 0) AS BIGINT)
        AS offered_gb,
    CAST(COALESCE(SUM(CASE WHEN status = 'active' THEN reserved_storage_mb ELSE 0 END), 0) AS BIGINT)
        AS reserved_mb
    FROM buckets";

fn offer(row: &Row) -> anyhow::Result<Offer> {
    Ok(Offer {
        buckets: row.number("buckets")?,
        listed: row.number("listed")?,
        offered_gb: row.number("offered_gb")?,
        reserved_mb: row.number("reserved_mb")?,
    })
}

fn solvency(row: &Row) -> anyhow::Result<Solvency> {
    Ok(Solvency {
        asset: row.text("asset")?,
        balance_stroops: Stroops(row.int128("balance")?),
        locked_stroops: Stroops(row.int128("locked")?),
        claimable_stroops: Stroops(row.int128("claimable")?),
        fees_stroops: Stroops(row.int128("fees")?),
        surplus_stroops: Stroops(row.int128("surplus")?),
    })
}

impl Reads {
    /// Computes the sums if something has changed, unless that happened too recently for its cost.
    pub async fn add_up(&self) -> Result<()> {
        let last = self.last_totals();
        if last
            .as_ref()
            .is_some_and(|last| last.again > Instant::now())
        {
            return Ok(());
        }
        let progress = self.progress().await?;
        if last.is_some_and(|last| last.progress == progress) {
            return Ok(());
        }
        let begun = Instant::now();
        let sums = self.sums(None).await?;
        let offered = self.row(sqlx::query(OFFER)).await?;
        let offer = offered.as_ref().map(offer).transpose()?.unwrap_or_default();
        let rest = begun.elapsed().saturating_mul(SHARE);
        self.keep_totals(Totals {
            progress,
            sums,
            offer,
            again: Instant::now() + rest.min(LONGEST_REST),
        });
        Ok(())
    }

    pub async fn totals(&self) -> Result<answers::Totals> {
        let none = || Error::Unavailable("the deals are not added up yet".to_owned());
        let totals = self.last_totals().ok_or_else(none)?;
        let sql = "SELECT
            (SELECT COUNT(*) FROM providers WHERE deleted = 0) AS providers,
            (SELECT COUNT(*) FROM consumers WHERE deleted = 0) AS consumers,
            (SELECT CAST(COALESCE(SUM(live_deals), 0) AS BIGINT) FROM providers) AS live_deals";
        let counts = self.row(sqlx::query(sql)).await?;
        let counts = counts.ok_or_else(none)?;
        let rows = self.rows(sqlx::query("SELECT * FROM solvency ORDER BY asset"));
        let solvency: anyhow::Result<_> = rows.await?.iter().map(solvency).collect();
        let (progress, sums, offer) = (totals.progress.as_ref(), &totals.sums, &totals.offer);
        Ok(answers::Totals {
            as_of_ledger: progress.map_or(0, |progress| progress.ledger),
            as_of_ts: progress.map_or(0, |progress| progress.ledger_ts),
            providers: counts.number("providers")?,
            consumers: counts.number("consumers")?,
            buckets: offer.listed,
            deals: sums.deals,
            live_deals: counts.number("live_deals")?,
            offered_gb: offer.offered_gb,
            reserved_gb: offer.reserved_mb / MB_PER_GB,
            paid_stroops: Stroops(sums.paid),
            fees_stroops: Stroops(sums.fee),
            credited_stroops: Stroops(sums.credited),
            solvency: solvency?,
        })
    }
}
