//! Uptime and latency of a window, from probes of the nodes per minute.
//!
//! A node that does not answer is down. A minute without a probe counts neither as up nor as down.

use flash_money::units::NOT_MEASURED;

const SECS_PER_MINUTE: u64 = 60;
const BPS: u64 = 10_000;

/// The sums over the probes of a window.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Probes {
    /// Minutes with at least one probe.
    pub minutes: u64,
    /// … in which at least one node of the bucket answered.
    pub up_minutes: u64,
    /// The number of answers and the sum of their latencies.
    pub answers: u64,
    pub latency_sum_ms: u64,
}

/// The service as reported.
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
    /// Adds up two windows.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            minutes: self.minutes.saturating_add(other.minutes),
            up_minutes: self.up_minutes.saturating_add(other.up_minutes),
            answers: self.answers.saturating_add(other.answers),
            latency_sum_ms: self.latency_sum_ms.saturating_add(other.latency_sum_ms),
        }
    }

    /// Averages, rounded down. Without an answer there is no latency; without a probe there is no
    /// service.
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

/// The minute that contains a time.
pub fn minute_of(secs: u64) -> u64 {
    secs / SECS_PER_MINUTE
}

/// The minutes of a window. A minute belongs to the window in which it starts.
pub fn minutes_of(from_secs: u64, to_secs: u64) -> std::ops::Range<u64> {
    from_secs.div_ceil(SECS_PER_MINUTE)..to_secs.div_ceil(SECS_PER_MINUTE)
}

/// The time up to which status is known if this is the last minute with a probe.
pub fn known_through(last_minute: u64) -> u64 {
    last_minute
        .saturating_add(1)
        .saturating_mul(SECS_PER_MINUTE)
}
