//! The policies that deals are held to.

use super::{row::Row, Error, Reads, Result};
use flash_money::sla::Sla;
use std::collections::HashMap;

/// A policy, as deals are held to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policy {
    pub version: u32,
    pub accept_window_secs: u64,
    pub fund_window_secs: u64,
    pub notice_secs: u64,
    pub final_window_secs: u64,
    pub silence_secs: u64,
    pub min_fund: i128,
    pub fee_bps: u32,
    pub min_runway_secs: u64,
    pub grace_secs: u64,
    /// The tiers. Agreed latency and uptime are the bucket's: 0 here.
    pub sla: Sla,
}

fn policy(row: &Row) -> anyhow::Result<Policy> {
    Ok(Policy {
        version: row.number("version")?,
        accept_window_secs: row.number("accept_window_secs")?,
        fund_window_secs: row.number("fund_window_secs")?,
        notice_secs: row.number("notice_secs")?,
        final_window_secs: row.number("final_window_secs")?,
        silence_secs: row.number("silence_secs")?,
        min_fund: row.int128("min_fund")?,
        fee_bps: row.number("fee_bps")?,
        min_runway_secs: row.number("min_runway_secs")?,
        grace_secs: row.number("grace_secs")?,
        sla: Sla {
            latency_ms: 0,
            uptime_bps: 0,
            min_window_secs: row.number("min_window_secs")?,
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

/// Policies by their versions: every deal keeps that of its creation.
pub struct Policies(HashMap<u32, Policy>);

impl Policies {
    pub fn get(&self, version: u32) -> Result<&Policy> {
        let unknown = || Error::Unavailable(format!("policy {version} is not known yet"));
        self.0.get(&version).ok_or_else(unknown)
    }
}

impl Reads {
    /// All of them: there are few.
    pub(super) async fn policies(&self) -> Result<Policies> {
        let rows = self.rows(sqlx::query("SELECT * FROM policies")).await?;
        let policies: anyhow::Result<_> = rows
            .iter()
            .map(|row| policy(row).map(|policy| (policy.version, policy)))
            .collect();
        Ok(Policies(policies?))
    }

    /// For deals that are created now.
    pub(super) async fn policy_in_force(&self) -> Result<Policy> {
        let sql = "SELECT p.* FROM policies p JOIN market m ON m.policy_version = p.version";
        let row = self.row(sqlx::query(sql)).await?;
        let unknown = || Error::Unavailable("the policy in force is not known yet".to_owned());
        Ok(policy(&row.ok_or_else(unknown)?)?)
    }
}
