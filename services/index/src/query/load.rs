//! Brings what is in memory up with the tables: rows that were written for the newest ledgers, or all
//! after a rebuild.

use super::{
    catalogue::{
        Catalogue, Details, Listed, Status, Vendor, AUTO_ACCEPT, ENCRYPTION_AT_REST,
        ENCRYPTION_IN_TRANSIT, OBJECT_LOCKING, VERSIONING,
    },
    changes::Happened,
    deal_row::PolicyRow,
    row::Row,
    Kept, Reads,
};
use crate::api::Result;
use flash_meter::money::Rules;
use std::{collections::HashMap, sync::PoisonError};

/// Rows that are read at a time.
const CHUNK: i64 = 5_000;

fn listed(row: &Row) -> anyhow::Result<Listed> {
    let mut features = 0;
    for (name, feature) in [
        ("versioning", VERSIONING),
        ("encryption_at_rest", ENCRYPTION_AT_REST),
        ("encryption_in_transit", ENCRYPTION_IN_TRANSIT),
        ("object_locking", OBJECT_LOCKING),
        ("auto_accept", AUTO_ACCEPT),
    ] {
        if row.is(name)? {
            features |= feature;
        }
    }
    Ok(Listed {
        bucket_id: row.number("bucket_id")?,
        storage_price: row.number("price_storage")?,
        egress_price: row.number("price_egress")?,
        latency_ms: row.number("sla_latency_ms")?,
        uptime_bps: row.number("sla_uptime_bps")?,
        features,
        status: match &*row.text("status")? {
            "active" => Status::Active,
            "deleted" => Status::Deleted,
            _ => Status::Inactive,
        },
        locked: row.is("locked")?,
        details: Details {
            name: row.text("name")?,
            external_id: row.text("external_id")?,
            provider: row.text("provider")?,
            region: row.text("region")?,
            country: row.text("country")?,
            api: row.text("api")?,
            access_scope: row.text("access_scope")?,
            tags: serde_json::from_str(&row.text("tags")?).unwrap_or_default(),
            max_storage_gb: row.number("max_storage_gb")?,
            max_egress_gb: row.number("max_egress_gb")?,
            reserved_storage_mb: row.number("reserved_storage_mb")?,
            reserved_egress_mb: row.number("reserved_egress_mb")?,
            created_ts: row.number("created_ts")?,
        },
    })
}

fn policy(row: &Row) -> anyhow::Result<PolicyRow> {
    Ok(PolicyRow {
        version: row.number("version")?,
        accept_window_secs: row.number("accept_window_secs")?,
        fund_window_secs: row.number("fund_window_secs")?,
        notice_secs: row.number("notice_secs")?,
        final_window_secs: row.number("final_window_secs")?,
        silence_secs: row.number("silence_secs")?,
        min_fund: row.wide("min_fund")?,
        fee_bps: row.number("fee_bps")?,
        rules: Rules {
            latency_ms: 0,
            uptime_bps: 0,
            min_window_secs: row.number("min_window_secs")?,
            min_runway_secs: row.number("min_runway_secs")?,
            grace_secs: row.number("grace_secs")?,
            critical_limit: row.number("critical_limit")?,
            minor_uptime_bps: row.number("minor_uptime_bps")?,
            minor_latency_bps: row.number("minor_latency_bps")?,
            major_uptime_bps: row.number("major_uptime_bps")?,
            minor_credit_bps: row.number("minor_credit_bps")?,
            major_credit_bps: row.number("major_credit_bps")?,
            critical_credit_bps: row.number("critical_credit_bps")?,
        },
    })
}

impl Reads {
    fn keep<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> T {
        change(&mut self.kept.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads what has changed since it was last read; after a rebuild everything, beside what is served.
    pub async fn refresh(&self) -> Result<()> {
        let Some((ledger, _, rebuilds)) = self.place().await? else {
            return Ok(());
        };
        let anew = self.peek(|kept| kept.ledger == 0 || kept.rebuilds != rebuilds);
        // The last ledger again: it may have been read in two parts.
        let since = self.peek(|kept| if anew { 0 } else { i64::from(kept.ledger) });
        let mut fresh = anew.then(Catalogue::default);
        self.refresh_policies().await?;
        self.refresh_vendors(since, &mut fresh).await?;
        self.refresh_buckets(since, &mut fresh).await?;
        self.keep(|kept| {
            if let Some(fresh) = fresh {
                kept.catalogue = fresh;
            }
            kept.ledger = ledger;
            kept.rebuilds = rebuilds;
        });
        Ok(())
    }

    /// Changes what is being made, else what is served.
    fn put(&self, fresh: &mut Option<Catalogue>, change: impl FnOnce(&mut Catalogue)) {
        match fresh {
            Some(fresh) => change(fresh),
            None => self.keep(|kept| change(&mut kept.catalogue)),
        }
    }

    /// How far the tables are: ledger, place in the history, how often they were read anew.
    pub(super) async fn place(&self) -> Result<Option<(u32, String, i64)>> {
        let sql = "SELECT ledger, event_cursor, rebuilds FROM cursor";
        let Some(row) = self.row(sqlx::query(sql)).await? else {
            return Ok(None);
        };
        let cursor = row.text("event_cursor")?;
        Ok(Some((
            row.number("ledger")?,
            cursor,
            row.number("rebuilds")?,
        )))
    }

    async fn refresh_policies(&self) -> Result<()> {
        let rows = self.rows(sqlx::query("SELECT * FROM policies")).await?;
        let policies: anyhow::Result<HashMap<_, _>> = rows
            .iter()
            .map(|row| policy(row).map(|policy| (policy.version, policy)))
            .collect();
        let policies = policies?;
        let market = self.row(sqlx::query("SELECT policy_version FROM market"));
        let version = match market.await? {
            Some(row) => row.number("policy_version")?,
            None => 0,
        };
        self.keep(|kept| {
            kept.policies = policies;
            kept.policy_version = version;
        });
        Ok(())
    }

    async fn refresh_vendors(&self, since: i64, fresh: &mut Option<Catalogue>) -> Result<()> {
        let sql = "SELECT address, description, reputation FROM providers
            WHERE changed_ledger >= $1 AND address > $2 ORDER BY address LIMIT $3";
        let mut after = String::new();
        loop {
            let query = sqlx::query(sql).bind(since).bind(after.clone()).bind(CHUNK);
            let rows = self.rows(query).await?;
            let vendors = rows.iter().map(|row| {
                Ok(Vendor {
                    address: row.text("address")?,
                    name: row.text("description")?,
                    reputation: row.number("reputation")?,
                })
            });
            let vendors: anyhow::Result<Vec<_>> = vendors.collect();
            let vendors = vendors?;
            let Some(last) = vendors.last() else {
                return Ok(());
            };
            after.clone_from(&last.address);
            self.put(fresh, |to| {
                vendors.into_iter().for_each(|one| to.put_vendor(one))
            });
        }
    }

    async fn refresh_buckets(&self, since: i64, fresh: &mut Option<Catalogue>) -> Result<()> {
        let sql = "SELECT * FROM buckets WHERE changed_ledger >= $1 AND bucket_id > $2
            ORDER BY bucket_id LIMIT $3";
        let mut after = 0_i64;
        loop {
            let query = sqlx::query(sql).bind(since).bind(after).bind(CHUNK);
            let rows = self.rows(query).await?;
            let buckets: anyhow::Result<Vec<_>> = rows.iter().map(listed).collect();
            let buckets = buckets?;
            let Some(last) = buckets.last() else {
                return Ok(());
            };
            after = last.bucket_id.into();
            self.put(fresh, |to| buckets.into_iter().for_each(|one| to.put(one)));
        }
    }

    /// Id of the newest event; empty where there is none.
    pub async fn newest_event(&self) -> Result<String> {
        let sql = "SELECT event_id FROM events ORDER BY event_id DESC LIMIT 1";
        match self.row(sqlx::query(sql)).await? {
            Some(row) => Ok(row.text("event_id")?),
            None => Ok(String::new()),
        }
    }

    /// Events after one, oldest first.
    pub async fn happened_after(&self, event_id: &str, most: usize) -> Result<Vec<Happened>> {
        let sql = "SELECT event_id, name, ledger, body FROM events WHERE event_id > $1
            ORDER BY event_id LIMIT $2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self
            .rows(sqlx::query(sql).bind(event_id).bind(most))
            .await?;
        let events = rows.iter().map(|row| {
            let data = serde_json::from_str(&row.text("body")?).unwrap_or_default();
            let ledger = row.number("ledger")?;
            Ok(Happened::event(
                row.text("event_id")?,
                &row.text("name")?,
                &data,
                ledger,
            ))
        });
        events.collect()
    }
}
