//! Uptime and latency of a window, from probes of the nodes by minute.
//!
//! A node that does not answer is down. A minute without a probe is one in which nobody looked: it
//! counts neither for nor against anybody.

use flash_money::units::NOT_MEASURED;

const SECS_PER_MINUTE: u64 = 60;
const BPS: u64 = 10_000;

/// What the probes of a window add up to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Probes {
    /// Minutes with at least one probe.
    pub minutes: u64,
    /// … in which at least one node of the bucket answered.
    pub up_minutes: u64,
    /// Answers, and the sum of their latencies.
    pub answers: u64,
    pub latency_sum_ms: u64,
}

/// As a report has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Service {
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

/// Not measured.
pub const NONE: Service = Service {
    latency_ms: NOT_MEASURED,
    uptime_bps: NOT_MEASURED,
};

impl Probes {
    /// Both of two windows.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            minutes: self.minutes.saturating_add(other.minutes),
            up_minutes: self.up_minutes.saturating_add(other.up_minutes),
            answers: self.answers.saturating_add(other.answers),
            latency_sum_ms: self.latency_sum_ms.saturating_add(other.latency_sum_ms),
        }
    }

    /// Floored averages. Without an answer there is no latency; without a probe there is nothing.
    pub fn service(&self, max_latency_ms: u32) -> Service {
        let average = self.latency_sum_ms.checked_div(self.answers);
        let latency = average.map(|ms| u32::try_from(ms).unwrap_or(u32::MAX).min(max_latency_ms));
        let up = self.up_minutes.min(self.minutes).saturating_mul(BPS);
        let uptime = up.checked_div(self.minutes);
        Service {
            latency_ms: latency.unwrap_or(NOT_MEASURED),
            uptime_bps: uptime.map_or(NOT_MEASURED, |bps| u32::try_from(bps).unwrap_or(0)),
        }
    }
}

/// The minute of a time.
pub fn minute_of(secs: u64) -> u64 {
    secs / SECS_PER_MINUTE
}

/// The minutes that lie in a window; a minute belongs to the window in which it begins.
pub fn minutes_of(from_secs: u64, to_secs: u64) -> std::ops::Range<u64> {
    from_secs.div_ceil(SECS_PER_MINUTE)..to_secs.div_ceil(SECS_PER_MINUTE)
}

/// Up to where status is known when this minute is the last with a probe.
pub fn known_through(last_minute: u64) -> u64 {
    last_minute
        .saturating_add(1)
        .saturating_mul(SECS_PER_MINUTE)
}
