//! How far the index is, what it follows, and what operators probe.

use super::{row::Row, Error, Reads, Result};
use crate::answers::{ContractState, Network, Oracle, PendingUpgrade, Policy, Status, Stroops};
use flash_base::db::column;

/// The index may be this much behind the network before it is not ready.
const MOST_LAG_SECS: u64 = 120;
fn some(ts: u64) -> Option<u64> {
    (ts > 0).then_some(ts)
}

fn named(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn contract(row: &Row) -> anyhow::Result<ContractState> {
    let pending_upgrade = match named(row.text("upgrade_wasm_hash")?) {
        None => None,
        Some(wasm_hash) => Some(PendingUpgrade {
            wasm_hash,
            ready_ts: row.number("upgrade_ready_ts")?,
            void_ts: row.number("upgrade_void_ts")?,
        }),
    };
    Ok(ContractState {
        name: row.text("name")?,
        id: row.text("contract_id")?,
        wasm_hash: row.text("wasm_hash")?,
        version: row.text("version")?,
        schema: row.number("schema_version")?,
        owner: named(row.text("owner")?),
        upgrade_delay_secs: row.number("upgrade_delay_secs")?,
        pending_upgrade,
        paused_until_ts: row.maybe("paused_until_ts")?,
    })
}

impl Reads {
    pub async fn status(&self) -> Result<Status> {
        let (ledger, ledger_ts) = self.ledger().await?;
        let mut status = Status {
            ledger,
            ledger_ts,
            lag_secs: self.lag_secs(ledger_ts),
            heard_secs: self.heard.secs_ago(),
            ..self.about.clone()
        };
        let rows = self.rows(sqlx::query("SELECT name, wasm_hash FROM contracts"));
        for row in rows.await? {
            // An upgrade changes what runs under an address.
            if let Some(known) = status.contracts.get_mut(&row.text("name")?) {
                known.wasm_hash = row.text("wasm_hash")?;
            }
        }
        Ok(status)
    }

    /// How far the tables are behind the network, by the close times of ledgers.
    fn lag_secs(&self, ledger_ts: u64) -> u64 {
        self.heard.newest_ts().saturating_sub(ledger_ts)
    }

    /// Why the index is not ready, where it is not.
    pub async fn behind(&self) -> Result<Option<String>> {
        let (ledger, ledger_ts) = self.ledger().await?;
        let lag_secs = self.lag_secs(ledger_ts);
        Ok(match ledger {
            0 => Some("nothing is read from the network yet".to_owned()),
            _ if lag_secs > MOST_LAG_SECS => Some(format!("{lag_secs} s behind the network")),
            _ => None,
        })
    }

    pub async fn network(&self) -> Result<Network> {
        let rows = self.rows(sqlx::query("SELECT * FROM contracts ORDER BY name"));
        let contracts: anyhow::Result<Vec<_>> = rows.await?.iter().map(contract).collect();
        let market = self.row(sqlx::query("SELECT * FROM market")).await?;
        let none = || Error::Unavailable("nothing is read from the network yet".to_owned());
        let market = market.ok_or_else(none)?;
        let policy = self.policy_in_force().await?;
        let watermarks = self.watermarks(policy.silence_secs).await?;
        let oracle = Oracle {
            acting: named(market.text("oracle")?),
            scheduled: named(market.text("oracle_next")?),
            scheduled_from_ts: some(market.number("oracle_next_from_ts")?),
            newest_through_ts: watermarks.maybe("newest")?,
            oldest_through_ts: watermarks.maybe("oldest")?,
            silent_deals: watermarks.number("silent")?,
        };
        let sla = policy.sla;
        Ok(Network {
            contracts: contracts?,
            oracle,
            policy: Policy {
                version: policy.version,
                accept_window_secs: policy.accept_window_secs,
                fund_window_secs: policy.fund_window_secs,
                notice_secs: policy.notice_secs,
                grace_secs: policy.grace_secs,
                final_window_secs: policy.final_window_secs,
                silence_secs: policy.silence_secs,
                min_runway_secs: policy.min_runway_secs,
                min_fund_stroops: Stroops(policy.min_fund),
                min_window_secs: sla.min_window_secs,
                critical_limit: sla.critical_limit,
                fee_bps: policy.fee_bps,
                minor_uptime_bps: sla.minor_uptime_bps,
                minor_latency_bps: sla.minor_latency_bps,
                major_uptime_bps: sla.major_uptime_bps,
                minor_credit_bps: sla.minor_credit_bps,
                major_credit_bps: sla.major_credit_bps,
                critical_credit_bps: sla.critical_credit_bps,
            },
            asset: self.about.asset.clone(),
        })
    }

    /// How far running deals are reported, and how many of them are not for longer than `silence_secs`.
    async fn watermarks(&self, silence_secs: u64) -> Result<Row> {
        let (_, now) = self.ledger().await?;
        let sql = "SELECT MAX(through_ts) AS newest, MIN(through_ts) AS oldest,
                CAST(COALESCE(SUM(CASE WHEN through_ts < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS silent
            FROM deals WHERE status = 'funded'";
        let silent_before = column(now.saturating_sub(silence_secs));
        let row = self.row(sqlx::query(sql).bind(silent_before)).await?;
        row.ok_or_else(|| Error::Unavailable("the database counts nothing".to_owned()))
    }

    /// What is counted when somebody asks for metrics.
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub async fn gauges(&self) {
        if let Ok((ledger, ledger_ts)) = self.ledger().await {
            metrics::gauge!("index_ledger").set(f64::from(ledger));
            metrics::gauge!("index_lag_seconds").set(self.lag_secs(ledger_ts) as f64);
        }
        if let Some(totals) = self.last_totals() {
            metrics::gauge!("index_buckets").set(totals.offer.buckets as f64);
        }
    }
}
