//! One report on one deal: checked, clipped to what is agreed, judged, applied. Pure.
//!
//! Totals are cumulative, so a lost, repeated or reordered report is harmless; the verdict is given
//! when a report is applied, so it does not matter who settles when.

use flash_common::{
    ensure,
    wide::{product_128, product_32},
};
use flash_interfaces::deals::{report_flags, DealsError, Report, NOT_MEASURED};

use crate::{
    math::{average_mb, mb_secs},
    policy::MAX_MEASURED_LATENCY_MS,
    slot::{DealSlot, Sla},
};

/// New totals of a deal, and the service of the window since the last ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub through_ts: u64,
}

impl Reading {
    pub fn of(report: &Report) -> Self {
        let (_, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts) = *report;
        Self {
            storage_mb_secs,
            egress_mb,
            latency_ms,
            uptime_bps,
            through_ts,
        }
    }
}

/// The worst of uptime and latency.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Verdict {
    Met,
    Minor,
    Major,
    Critical,
}

impl Sla {
    /// Judges a window; `None` when it was not measured.
    pub fn verdict(&self, latency_ms: u32, uptime_bps: u32) -> Option<Verdict> {
        let uptime = (uptime_bps != NOT_MEASURED).then(|| self.judge_uptime(uptime_bps));
        let latency = (latency_ms != NOT_MEASURED).then(|| self.judge_latency(latency_ms));
        uptime.max(latency)
    }

    fn judge_uptime(&self, uptime_bps: u32) -> Verdict {
        match self.uptime_bps.saturating_sub(uptime_bps) {
            0 => Verdict::Met,
            short if short <= self.minor_uptime_bps => Verdict::Minor,
            short if short <= self.major_uptime_bps => Verdict::Major,
            _ => Verdict::Critical,
        }
    }

    fn judge_latency(&self, latency_ms: u32) -> Verdict {
        let measured = product_32(latency_ms, 10_000);
        let minor_limit = product_32(self.latency_ms, self.minor_latency_bps);
        if latency_ms <= self.latency_ms {
            Verdict::Met
        } else if measured <= minor_limit {
            Verdict::Minor
        } else {
            Verdict::Major
        }
    }

    /// Credit on the window's storage, in basis points.
    pub fn credit_bps(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Met => 0,
            Verdict::Minor => self.minor_credit_bps,
            Verdict::Major => self.major_credit_bps,
            Verdict::Critical => self.critical_credit_bps,
        }
    }
}

impl DealSlot {
    /// Applies a reading. Answers with [`report_flags`]; on an error nothing has changed.
    pub fn apply(&mut self, reading: &Reading, now: u64) -> Result<u32, DealsError> {
        self.check(reading, now)?;
        self.advance(reading).ok_or(DealsError::Overflow)
    }

    fn check(&self, reading: &Reading, now: u64) -> Result<(), DealsError> {
        let takes_reports =
            !self.is_closed() || (!self.is_breached() && now <= self.final_until_ts());
        ensure!(takes_reports, DealsError::ReportsClosed);
        let same = reading.through_ts == self.through_ts
            && reading.storage_mb_secs == self.storage_mb_secs
            && reading.egress_mb == self.egress_mb;
        ensure!(!same, DealsError::AlreadyReported);
        ensure!(
            reading.through_ts > self.through_ts,
            DealsError::WatermarkNotAfter
        );
        let latest_ts = self.latest_through_ts(now);
        ensure!(
            reading.through_ts <= latest_ts,
            DealsError::WatermarkTooLate
        );
        let fell =
            reading.storage_mb_secs < self.storage_mb_secs || reading.egress_mb < self.egress_mb;
        ensure!(!fell, DealsError::TotalsFell);
        let latency_ok =
            reading.latency_ms <= MAX_MEASURED_LATENCY_MS || reading.latency_ms == NOT_MEASURED;
        let uptime_ok = reading.uptime_bps <= 10_000 || reading.uptime_bps == NOT_MEASURED;
        ensure!(latency_ok && uptime_ok, DealsError::ServiceOutOfBounds);
        Ok(())
    }

    /// Everything that can fail comes first: on `None` nothing has changed.
    fn advance(&mut self, reading: &Reading) -> Option<u32> {
        let window_secs = reading.through_ts.checked_sub(self.through_ts)?;
        let reported = reading.storage_mb_secs.checked_sub(self.storage_mb_secs)?;
        let stored = reported.min(mb_secs(self.agreed_storage_mb, window_secs)?);
        let egress_mb = reading.egress_mb.min(self.agreed_egress_mb);
        let clipped = stored < reported || egress_mb < reading.egress_mb;
        let verdict = self.judge(reading, window_secs);
        let credit_bps = verdict.map_or(0, |verdict| self.sla.credit_bps(verdict));
        let payable_bps = 10_000_u64.checked_sub(credit_bps.into())?;
        let payable = product_128(stored, payable_bps)?;
        let storage_mb_secs = self.storage_mb_secs.checked_add(stored)?;
        let payable_mb_secs_bps = self.payable_mb_secs_bps.checked_add(payable)?;
        let rate_mb = average_mb(stored, window_secs)?;

        self.storage_mb_secs = storage_mb_secs;
        self.payable_mb_secs_bps = payable_mb_secs_bps;
        self.egress_mb = egress_mb;
        self.rate_mb = rate_mb;
        self.through_ts = reading.through_ts;
        self.record_service(reading, verdict);

        let mut flags = credit_bps << report_flags::CREDIT_SHIFT;
        if clipped {
            flags |= report_flags::CLIPPED;
        }
        if verdict.is_some() {
            flags |= report_flags::VERDICT;
        }
        if verdict == Some(Verdict::Critical) {
            flags |= report_flags::STRIKE;
        }
        Some(flags)
    }

    /// The window's verdict; none when it is too short for one, or was not measured.
    fn judge(&self, reading: &Reading, window_secs: u64) -> Option<Verdict> {
        if window_secs < self.sla.min_window_secs {
            return None;
        }
        self.sla.verdict(reading.latency_ms, reading.uptime_bps)
    }

    /// Records what was measured; a critical window is a strike, any better one resets them.
    fn record_service(&mut self, reading: &Reading, verdict: Option<Verdict>) {
        if reading.latency_ms != NOT_MEASURED {
            self.latency_ms = reading.latency_ms;
        }
        if reading.uptime_bps != NOT_MEASURED {
            self.uptime_bps = reading.uptime_bps;
        }
        let Some(verdict) = verdict else { return };
        self.set_measured();
        self.strikes = match verdict {
            Verdict::Critical => self.strikes.saturating_add(1).min(u8::MAX.into()),
            _ => 0,
        };
    }
}
