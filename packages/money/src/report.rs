//! One report on one deal: checked, clipped to what is agreed, judged, applied.
//! Source: docs/money.md, "Reports".
//!
//! Totals are cumulative, so a lost, repeated or reordered report is harmless. The verdict is given
//! when a report is applied, so it does not matter who settles when.

use core::fmt;

use crate::{
    meter::{Flags, Meter},
    prices::{average_mb, mb_secs},
    settle::GraceChange,
    sla::Verdict,
    units::{BPS, MAX_MEASURED_LATENCY_MS, MAX_UPTIME_BPS, NOT_MEASURED},
    wide::product_128,
};

/// New totals since the start of the deal, and the service of the window since the last ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    /// [`NOT_MEASURED`] when it was not.
    pub latency_ms: u32,
    /// Basis points; [`NOT_MEASURED`] when it was not.
    pub uptime_bps: u32,
    pub through_ts: u64,
}

/// Why a report is refused. The values are the error codes of the contract `deals`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum Refusal {
    /// The report equals what is stored.
    AlreadyReported = 3125,
    /// The watermark is not after the stored one.
    WatermarkNotAfter = 3126,
    /// The watermark is in the future, or after the deal's end or close.
    WatermarkTooLate = 3127,
    /// A total is below the stored one.
    TotalsFell = 3128,
    /// Latency or uptime outside what can be measured.
    ServiceOutOfBounds = 3129,
    /// The deal takes no reports any more.
    ReportsClosed = 3131,
    /// A total is out of range.
    Overflow = 3137,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyReported => "the report equals what is stored",
            Self::WatermarkNotAfter => "the watermark is not after the stored one",
            Self::WatermarkTooLate => {
                "the watermark is in the future, or after the deal's end or close"
            }
            Self::TotalsFell => "a total is below the stored one",
            Self::ServiceOutOfBounds => "latency or uptime is outside what can be measured",
            Self::ReportsClosed => "the deal takes no reports any more",
            Self::Overflow => "a total is out of range",
        })
    }
}

impl core::error::Error for Refusal {}

/// What a report did to a deal, a bit each, as the contract's events carry it.
pub mod flags {
    /// Usage was clipped to what is agreed.
    pub const CLIPPED: u32 = 1;
    /// The window carried an SLA verdict.
    pub const VERDICT: u32 = 2;
    /// The verdict was critical.
    pub const STRIKE: u32 = 4;
    /// Arrears are left after settling.
    pub const ARREARS: u32 = 8;
    /// The final report: the rest was released.
    pub const RELEASED: u32 = 16;
    /// The grace began with this report.
    pub const GRACE_BEGAN: u32 = 32;
    /// The grace ended with this report.
    pub const GRACE_ENDED: u32 = 64;
    /// The credit of the window in basis points stands above this bit.
    pub const CREDIT_SHIFT: u32 = 16;
}

/// What is staged by the single-deal calls: one window, not its totals.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    /// The watermark on which it stands.
    pub from_ts: u64,
    pub through_ts: u64,
    /// Average over the window.
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

impl Meter {
    /// Whether a report may come at `now`.
    pub fn takes_reports(&self, now: u64) -> bool {
        !self.is_closed() || now <= self.final_until_ts
    }

    /// The latest watermark that a report may carry at `now`.
    pub fn latest_through_ts(&self, now: u64) -> u64 {
        let until_ts = if self.is_closed() {
            self.close_ts
        } else {
            self.end_ts
        };
        until_ts.min(now)
    }

    /// A window as new totals. `None` when it has no consumption, or stands on another watermark.
    pub fn reading(&self, window: &Window) -> Option<Reading> {
        let secs = window.through_ts.checked_sub(self.through_ts)?;
        if window.from_ts != self.through_ts || secs == 0 {
            return None;
        }
        let stored = mb_secs(window.storage_mb, secs)?;
        Some(Reading {
            storage_mb_secs: self.storage_mb_secs.checked_add(stored)?,
            egress_mb: self.egress_mb.saturating_add(window.egress_mb),
            latency_ms: window.latency_ms,
            uptime_bps: window.uptime_bps,
            through_ts: window.through_ts,
        })
    }

    /// Applies a reading at `now` and answers with [`flags`]. When it is refused nothing has changed;
    /// on [`Refusal::Overflow`] the caller drops the meter.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn apply(&mut self, reading: &Reading, now: u64) -> Result<u32, Refusal> {
        self.check(reading, now)?;
        let flags = self.advance(reading, now).ok_or(Refusal::Overflow)?;
        let grace = self.review_grace(now).ok_or(Refusal::Overflow)?;
        Ok(flags
            | match grace {
                GraceChange::None => 0,
                GraceChange::Began => flags::GRACE_BEGAN,
                GraceChange::Ended => flags::GRACE_ENDED,
            })
    }

    /// Whether a reading would be taken at `now`.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn check(&self, reading: &Reading, now: u64) -> Result<(), Refusal> {
        if !self.takes_reports(now) {
            return Err(Refusal::ReportsClosed);
        }
        let same = reading.through_ts == self.through_ts
            && reading.storage_mb_secs == self.storage_mb_secs
            && reading.egress_mb == self.egress_mb;
        if same {
            return Err(Refusal::AlreadyReported);
        }
        if reading.through_ts <= self.through_ts {
            return Err(Refusal::WatermarkNotAfter);
        }
        if reading.through_ts > self.latest_through_ts(now) {
            return Err(Refusal::WatermarkTooLate);
        }
        let fell =
            reading.storage_mb_secs < self.storage_mb_secs || reading.egress_mb < self.egress_mb;
        if fell {
            return Err(Refusal::TotalsFell);
        }
        if !service_in_bounds(reading.latency_ms, reading.uptime_bps) {
            return Err(Refusal::ServiceOutOfBounds);
        }
        Ok(())
    }

    /// Everything that can fail comes first: on `None` nothing has changed.
    fn advance(&mut self, reading: &Reading, now: u64) -> Option<u32> {
        let window_secs = reading.through_ts.checked_sub(self.through_ts)?;
        let reported = reading.storage_mb_secs.checked_sub(self.storage_mb_secs)?;
        let stored = reported.min(mb_secs(self.agreed_storage_mb, window_secs)?);
        let egress_mb = reading.egress_mb.min(self.agreed_egress_mb);
        let clipped = stored < reported || egress_mb < reading.egress_mb;
        let verdict = self.judge(reading, window_secs);
        let credit_bps = verdict.map_or(0, |verdict| self.sla.credit_bps(verdict));
        let payable = product_128(stored, BPS.checked_sub(credit_bps)?.into())?;
        let storage_mb_secs = self.storage_mb_secs.checked_add(stored)?;
        let payable_mb_secs_bps = self.payable_mb_secs_bps.checked_add(payable)?;
        let rate_mb = average_mb(stored, window_secs)?;

        self.storage_mb_secs = storage_mb_secs;
        self.payable_mb_secs_bps = payable_mb_secs_bps;
        self.egress_mb = egress_mb;
        self.rate_mb = rate_mb;
        self.through_ts = reading.through_ts;
        self.record_service(reading, verdict, now);
        if window_secs >= self.sla.min_window_secs {
            self.clipped_windows = next_in_row(self.clipped_windows, clipped);
        }

        let mut flags = credit_bps << flags::CREDIT_SHIFT;
        if clipped {
            flags |= flags::CLIPPED;
        }
        if verdict.is_some() {
            flags |= flags::VERDICT;
        }
        if verdict == Some(Verdict::Critical) {
            flags |= flags::STRIKE;
        }
        Some(flags)
    }

    fn judge(&self, reading: &Reading, window_secs: u64) -> Option<Verdict> {
        if window_secs < self.sla.min_window_secs {
            return None;
        }
        self.sla.verdict(reading.latency_ms, reading.uptime_bps)
    }

    /// Records what was measured. A critical window is a strike, any better one resets them. The
    /// breach at the limit stays.
    fn record_service(&mut self, reading: &Reading, verdict: Option<Verdict>, now: u64) {
        if reading.latency_ms != NOT_MEASURED {
            self.latency_ms = reading.latency_ms;
        }
        if reading.uptime_bps != NOT_MEASURED {
            self.uptime_bps = reading.uptime_bps;
        }
        let Some(verdict) = verdict else { return };
        self.flags.set(Flags::MEASURED);
        self.strikes = next_in_row(self.strikes, verdict == Verdict::Critical);
        if self.strikes >= self.sla.critical_limit && !self.is_breached() {
            self.breach_ts = now;
        }
    }
}

/// How many windows in a row, with one more that is of their kind or is not. A byte stores it.
fn next_in_row(count: u32, another: bool) -> u32 {
    if another {
        count.saturating_add(1).min(u8::MAX.into())
    } else {
        0
    }
}

/// Whether a report may carry these: measured values within bounds, or [`NOT_MEASURED`].
pub fn service_in_bounds(latency_ms: u32, uptime_bps: u32) -> bool {
    let latency_ok = latency_ms <= MAX_MEASURED_LATENCY_MS || latency_ms == NOT_MEASURED;
    let uptime_ok = uptime_bps <= MAX_UPTIME_BPS || uptime_bps == NOT_MEASURED;
    latency_ok && uptime_ok
}
