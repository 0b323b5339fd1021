//! How well a window was served, and what is credited for it. Source: docs/money.md, "SLA credit".

use crate::{
    units::{BPS, NOT_MEASURED},
    wide::product_32,
};

/// The SLA that windows are held to: what the bucket promises, and the tiers of the policy.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sla {
    /// Agreed average, ms.
    pub latency_ms: u32,
    /// Agreed, basis points.
    pub uptime_bps: u32,
    /// Shorter windows carry no verdict.
    pub min_window_secs: u64,
    /// Uptime short of the agreed by at most this is minor.
    pub minor_uptime_bps: u32,
    /// Latency up to this share of the agreed is minor, above it major.
    pub minor_latency_bps: u32,
    /// Uptime short by at most this is major, by more critical.
    pub major_uptime_bps: u32,
    /// Credits on the storage part.
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
    /// Critical windows in a row that breach the provider.
    pub critical_limit: u32,
}

/// The worse of uptime and latency.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Verdict {
    Met,
    Minor,
    Major,
    Critical,
}

impl Sla {
    /// Judges a window; `None` when neither latency nor uptime was measured.
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
        let measured = product_32(latency_ms, BPS);
        let minor_limit = product_32(self.latency_ms, self.minor_latency_bps);
        if latency_ms <= self.latency_ms {
            Verdict::Met
        } else if measured <= minor_limit {
            Verdict::Minor
        } else {
            Verdict::Major
        }
    }

    /// Credit on the storage of a window, in basis points.
    pub fn credit_bps(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Met => 0,
            Verdict::Minor => self.minor_credit_bps,
            Verdict::Major => self.major_credit_bps,
            Verdict::Critical => self.critical_credit_bps,
        }
    }
}
