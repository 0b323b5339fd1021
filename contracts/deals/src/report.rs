//! One report on one deal: `flash_money` applies it, and this file says what the contract calls
//! what happened.

use flash_interfaces::deals::{DealsError, Report};
use flash_money::report::{Reading, Refusal};

use crate::slot::DealSlot;

pub fn reading(report: &Report) -> Reading {
    let (_, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts) = *report;
    Reading {
        storage_mb_secs,
        egress_mb,
        latency_ms,
        uptime_bps,
        through_ts,
    }
}

impl DealSlot {
    /// Applies a reading. Answers with the flags of the event; on an error nothing has changed.
    pub fn apply(&mut self, reading: &Reading, now: u64) -> Result<u32, DealsError> {
        self.meter.apply(reading, now).map_err(error)
    }
}

/// The contract's error of a refusal; the codes are the same.
fn error(refusal: Refusal) -> DealsError {
    match refusal {
        Refusal::AlreadyReported => DealsError::AlreadyReported,
        Refusal::WatermarkNotAfter => DealsError::WatermarkNotAfter,
        Refusal::WatermarkTooLate => DealsError::WatermarkTooLate,
        Refusal::TotalsFell => DealsError::TotalsFell,
        Refusal::ServiceOutOfBounds => DealsError::ServiceOutOfBounds,
        Refusal::ReportsClosed => DealsError::ReportsClosed,
        Refusal::Overflow => DealsError::Overflow,
    }
}
