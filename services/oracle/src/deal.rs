//! A funded deal as the chain had it when it was last asked.

use crate::text;
use flash_meter::totals::{Basis, Totals};
use flash_money::{Meter, Prices};
use serde::{Deserialize, Serialize};

/// What the oracle needs to know of a deal: [`flash_client::types::Meter`] and the external id of
/// its bucket, in a form that the database keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    pub deal_id: u32,
    pub provider: String,
    pub asset: String,
    /// Of the provider's book.
    pub page: u32,
    /// 0 where an older version wrote it down.
    #[serde(default)]
    pub bucket_id: u32,
    /// External id of the bucket.
    pub bucket: String,
    pub repo: String,
    pub released: bool,
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// 0 while live.
    pub final_until_ts: u64,
    pub through_ts: u64,
    #[serde(with = "text")]
    pub storage_mb_secs: u128,
    #[serde(with = "text")]
    pub payable_mb_secs_bps: u128,
    pub egress_mb: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub price_storage: u64,
    pub price_egress: u64,
    pub min_window_secs: u64,
    #[serde(with = "text")]
    pub paid_total: i128,
    /// Critical windows in a row.
    pub strikes: u32,
    /// 0 when there are none.
    pub arrears_since_ts: u64,
}

impl Deal {
    pub fn is_closed(&self) -> bool {
        self.close_ts != 0
    }

    /// Whether reports are still taken at `now`.
    pub fn takes_reports(&self, now: u64) -> bool {
        !(self.released || self.is_closed() && now > self.final_until_ts)
    }

    /// Where metering ends: the close, else the end.
    pub fn limit_ts(&self) -> u64 {
        match self.close_ts {
            0 => self.end_ts,
            close => close.min(self.end_ts),
        }
    }

    pub fn totals(&self) -> Totals {
        Totals {
            storage_mb_secs: self.storage_mb_secs,
            egress_mb: self.egress_mb,
        }
    }

    /// As the contract's own formulas take it, without the SLA, which decides about no report.
    pub fn meter(&self) -> Meter {
        Meter {
            agreed_storage_mb: self.agreed_storage_mb,
            agreed_egress_mb: self.agreed_egress_mb,
            prices: Prices {
                storage: self.price_storage,
                egress: self.price_egress,
            },
            start_ts: self.start_ts,
            end_ts: self.end_ts,
            close_ts: self.close_ts,
            final_until_ts: self.final_until_ts,
            through_ts: self.through_ts,
            storage_mb_secs: self.storage_mb_secs,
            payable_mb_secs_bps: self.payable_mb_secs_bps,
            egress_mb: self.egress_mb,
            strikes: self.strikes,
            paid_total: self.paid_total,
            arrears_since_ts: self.arrears_since_ts,
            ..Meter::default()
        }
    }

    pub fn basis(&self, excluded: Vec<(u64, u64)>) -> Basis {
        Basis {
            start_secs: self.start_ts,
            agreed_storage_mb: self.agreed_storage_mb,
            agreed_egress_mb: self.agreed_egress_mb,
            excluded,
        }
    }
}
