//! Status, totals, network, and what operators probe.

use super::{parties::Sums, row::Row, Reads};
use crate::api::{
    types::{
        ContractState, Network, Oracle, PendingUpgrade, Policy, Solvency, Status, Stroops, Totals,
    },
    ApiError, Result,
};
use std::time::{Duration, Instant};

/// The index may be this much behind the network before it is not ready.
const MOST_LAG_SECS: u64 = 120;
/// Adding up all deals takes at most this part of the time.
const SUM_SHARE: u32 = 20;

const MB_PER_GB: u64 = 1_024;

/// What all deals come to, and when that is to be added up again.
pub(super) struct Summed {
    place: Option<(u32, String, i64)>,
    pub ledger: u32,
    pub ledger_ts: u64,
    pub sums: Sums,
    again: Instant,
}

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

fn solvency(row: &Row) -> anyhow::Result<Solvency> {
    Ok(Solvency {
        asset: row.text("asset")?,
        balance_stroops: Stroops(row.wide("balance")?),
        locked_stroops: Stroops(row.wide("locked")?),
        claimable_stroops: Stroops(row.wide("claimable")?),
        fees_stroops: Stroops(row.wide("fees")?),
        surplus_stroops: Stroops(row.wide("surplus")?),
    })
}

impl Reads {
    /// The newest ledger that is in the tables, and its close time.
    pub async fn ledger(&self) -> Result<(u32, u64)> {
        match self
            .row(sqlx::query("SELECT ledger, ledger_ts FROM cursor"))
            .await?
        {
            Some(row) => Ok((row.number("ledger")?, row.number("ledger_ts")?)),
            None => Ok((0, 0)),
        }
    }

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
        let (kept, lag_secs) = (self.peek(|kept| kept.ledger), self.lag_secs(ledger_ts));
        Ok(match (ledger, kept) {
            (0, _) => Some("nothing is read from the network yet".to_owned()),
            (_, 0) => Some("the buckets are not in memory yet".to_owned()),
            _ if lag_secs > MOST_LAG_SECS => Some(format!("{lag_secs} s behind the network")),
            _ => None,
        })
    }

    /// Adds up all deals where something has changed, unless that was done a short while ago for what
    /// it takes.
    pub(super) async fn sum_up(&self) -> Result<()> {
        if self.summed(|summed| summed.again > Instant::now()) == Some(true) {
            return Ok(());
        }
        let place = self.place().await?;
        if self.summed(|summed| summed.place == place) == Some(true) {
            return Ok(());
        }
        let begun = Instant::now();
        let (ledger, ledger_ts) = self.ledger().await?;
        let sums = self.sums_of_all().await?;
        let rest = begun.elapsed().saturating_mul(SUM_SHARE);
        self.set_summed(Summed {
            place,
            ledger,
            ledger_ts,
            sums,
            again: Instant::now() + rest.min(Duration::from_secs(600)),
        });
        Ok(())
    }

    pub async fn totals(&self) -> Result<Totals> {
        let sql = "SELECT
            (SELECT COUNT(*) FROM providers WHERE deleted = 0) AS providers,
            (SELECT COUNT(*) FROM consumers WHERE deleted = 0) AS consumers,
            (SELECT CAST(COALESCE(SUM(live_deals), 0) AS BIGINT) FROM providers) AS live_deals";
        let counts = self
            .row(sqlx::query(sql))
            .await?
            .ok_or_else(ApiError::internal)?;
        let rows = self.rows(sqlx::query("SELECT * FROM solvency ORDER BY asset"));
        let solvency: anyhow::Result<Vec<_>> = rows.await?.iter().map(solvency).collect();
        let offer = self.ask(|kept| kept.catalogue.offer()).await?;
        let none = || ApiError::unavailable("the deals are not added up yet");
        let totals = self.summed(|summed| {
            let sums = &summed.sums;
            Ok::<_, ApiError>(Totals {
                as_of_ledger: summed.ledger,
                as_of_ts: summed.ledger_ts,
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
                solvency: Vec::new(),
            })
        });
        let mut totals = totals.ok_or_else(none)??;
        totals.solvency = solvency?;
        Ok(totals)
    }

    pub async fn network(&self) -> Result<Network> {
        let rows = self.rows(sqlx::query("SELECT * FROM contracts ORDER BY name"));
        let contracts: anyhow::Result<Vec<_>> = rows.await?.iter().map(contract).collect();
        let market = self.row(sqlx::query("SELECT * FROM market")).await?;
        let none = || ApiError::unavailable("nothing is read from the network yet");
        let market = market.ok_or_else(none)?;
        let oracle = Oracle {
            acting: named(market.text("oracle")?),
            scheduled: named(market.text("oracle_next")?),
            scheduled_from_ts: some(market.number("oracle_next_from_ts")?),
        };
        let policy = self.policy(market.number("policy_version")?)?;
        let rules = policy.rules;
        Ok(Network {
            contracts: contracts?,
            oracle,
            policy: Policy {
                version: policy.version,
                accept_window_secs: policy.accept_window_secs,
                fund_window_secs: policy.fund_window_secs,
                notice_secs: policy.notice_secs,
                grace_secs: rules.grace_secs,
                final_window_secs: policy.final_window_secs,
                silence_secs: policy.silence_secs,
                min_runway_secs: rules.min_runway_secs,
                min_fund_stroops: Stroops(policy.min_fund),
                min_window_secs: rules.min_window_secs,
                critical_limit: rules.critical_limit,
                fee_bps: policy.fee_bps,
                minor_uptime_bps: rules.minor_uptime_bps,
                minor_latency_bps: rules.minor_latency_bps,
                major_uptime_bps: rules.major_uptime_bps,
                minor_credit_bps: rules.minor_credit_bps,
                major_credit_bps: rules.major_credit_bps,
                critical_credit_bps: rules.critical_credit_bps,
            },
            asset: self.about.asset.clone(),
        })
    }

    /// What is counted when somebody asks for metrics.
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    pub async fn gauges(&self) {
        if let Ok((ledger, ledger_ts)) = self.ledger().await {
            metrics::gauge!("index_ledger").set(f64::from(ledger));
            metrics::gauge!("index_lag_seconds").set(self.lag_secs(ledger_ts) as f64);
        }
        let buckets = self.peek(|kept| kept.catalogue.len());
        metrics::gauge!("index_buckets").set(buckets as f64);
    }
}
