//! What `deals` takes as a report, and what usage costs: the contract's own rules, so that nothing
//! is sent that it would refuse. `tests/agreement.rs` holds both against the same vectors.

use crate::{MAX_DEAL_MB, NOT_MEASURED};

/// Highest latency that a report may carry, ms.
pub const MAX_MEASURED_LATENCY_MS: u32 = 3_600_000;
const BPS: u128 = 10_000;
const MB_PER_GB: u128 = 1_024;
const SECS_PER_MONTH: u128 = 2_592_000;

/// Why a report would be refused: the contract's `DealsError`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[repr(u32)]
pub enum Refusal {
    #[error("the report equals what is stored")]
    AlreadyReported = 3125,
    #[error("the watermark is not after the stored one")]
    WatermarkNotAfter = 3126,
    #[error("the watermark is in the future, or after the deal's end or close")]
    WatermarkTooLate = 3127,
    #[error("a total is below the stored one")]
    TotalsFell = 3128,
    #[error("latency or uptime outside what can be measured")]
    ServiceOutOfBounds = 3129,
    #[error("the deal takes no reports any more")]
    ReportsClosed = 3131,
    #[error("an amount is out of the range that the contract computes with")]
    Overflow = 3137,
}

/// A funded deal as the chain has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// 0 while live.
    pub final_until_ts: u64,
    /// Closed for critical service.
    pub breached_provider: bool,
    pub through_ts: u64,
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
}

/// New totals, and the service of the window since the last ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub through_ts: u64,
}

/// What the contract would store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Applied {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    pub clipped: bool,
}

impl Standing {
    /// The latest time that a report may reach at `now`.
    pub fn latest_through_ts(&self, now: u64) -> u64 {
        let latest = now.min(self.end_ts);
        match self.close_ts {
            0 => latest,
            close => latest.min(close),
        }
    }

    /// What applying a reading at `now` would store.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn apply(&self, reading: &Reading, now: u64) -> Result<Applied, Refusal> {
        self.check(reading, now)?;
        let window_secs = u128::from(reading.through_ts.saturating_sub(self.through_ts));
        let reported = reading.storage_mb_secs.saturating_sub(self.storage_mb_secs);
        let agreed = u128::from(self.agreed_storage_mb)
            .checked_mul(window_secs)
            .ok_or(Refusal::Overflow)?;
        let stored = reported.min(agreed);
        let egress_mb = reading.egress_mb.min(self.agreed_egress_mb);
        let storage_mb_secs = self.storage_mb_secs.checked_add(stored);
        Ok(Applied {
            storage_mb_secs: storage_mb_secs.ok_or(Refusal::Overflow)?,
            egress_mb,
            clipped: stored < reported || egress_mb < reading.egress_mb,
        })
    }

    fn check(&self, reading: &Reading, now: u64) -> Result<(), Refusal> {
        let closed = self.close_ts != 0;
        if closed && (self.breached_provider || now > self.final_until_ts) {
            return Err(Refusal::ReportsClosed);
        }
        let totals_same =
            reading.storage_mb_secs == self.storage_mb_secs && reading.egress_mb == self.egress_mb;
        if totals_same && reading.through_ts == self.through_ts {
            return Err(Refusal::AlreadyReported);
        }
        if reading.through_ts <= self.through_ts {
            return Err(Refusal::WatermarkNotAfter);
        }
        if reading.through_ts > self.latest_through_ts(now) {
            return Err(Refusal::WatermarkTooLate);
        }
        if reading.storage_mb_secs < self.storage_mb_secs || reading.egress_mb < self.egress_mb {
            return Err(Refusal::TotalsFell);
        }
        let latency_ok =
            reading.latency_ms <= MAX_MEASURED_LATENCY_MS || reading.latency_ms == NOT_MEASURED;
        let uptime_ok = reading.uptime_bps <= 10_000 || reading.uptime_bps == NOT_MEASURED;
        if !(latency_ok && uptime_ok) {
            return Err(Refusal::ServiceOutOfBounds);
        }
        Ok(())
    }
}

/// What a deal's usage costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prices {
    /// Money per GB and month of 30 days.
    pub storage: u64,
    /// Money per GB.
    pub egress: u64,
}

impl Prices {
    /// `net(U, E)`: the payable part of the storage integral in basis points of it, and egress.
    /// `None` where it is out of range.
    pub fn net(&self, payable_mb_secs_bps: u128, egress_mb: u64) -> Option<i128> {
        let storage = payable_mb_secs_bps.checked_mul(self.storage.into())?;
        let storage = storage / (BPS * MB_PER_GB * SECS_PER_MONTH);
        let egress = u128::from(egress_mb).checked_mul(self.egress.into())? / MB_PER_GB;
        i128::try_from(storage.checked_add(egress)?).ok()
    }

    /// The most that a window can add to what is owed: no credit is taken off. `None` where it is
    /// out of range.
    pub fn owed_at_most(
        &self,
        payable_mb_secs_bps: u128,
        window_mb_secs: u128,
        egress_mb: u64,
        paid_total: i128,
    ) -> Option<i128> {
        let window = window_mb_secs.checked_mul(BPS)?;
        let payable = payable_mb_secs_bps.checked_add(window)?;
        self.net(payable, egress_mb)?.checked_sub(paid_total)
    }
}

const _: () = assert!(MAX_DEAL_MB == 1 << 40);
