//! The bounds within which the owner may choose a policy. A policy holds for deals created after
//! it. With these bounds nobody waits longer than 14 + 5 days for the way out.

use core::ops::RangeInclusive;

use crate::units::{MAX_FEE_BPS, ONE_USD, SECS_PER_DAY, SECS_PER_HOUR};

/// For the provider to accept, and for the consumer to fund after that.
pub const WINDOW_SECS: RangeInclusive<u64> = SECS_PER_HOUR..=14 * SECS_PER_DAY;
/// Between a provider's notice and the end.
pub const NOTICE_SECS: RangeInclusive<u64> = SECS_PER_DAY..=14 * SECS_PER_DAY;
/// For a consumer whose money runs out to top up.
pub const GRACE_SECS: RangeInclusive<u64> = SECS_PER_DAY..=14 * SECS_PER_DAY;
/// For the final report.
pub const FINAL_WINDOW_SECS: RangeInclusive<u64> = 12 * SECS_PER_HOUR..=5 * SECS_PER_DAY;
/// Without reports, until a provider may leave at once; at most the grace's runway too.
pub const SILENCE_SECS: RangeInclusive<u64> = SECS_PER_DAY..=14 * SECS_PER_DAY;
/// Most storage that the first deposit must cover. The least follows from [`least_runway_secs`].
pub const MAX_MIN_RUNWAY_SECS: u64 = 60 * SECS_PER_DAY;
/// Least first deposit, money.
pub const MIN_FUND: RangeInclusive<i128> = 0..=100 * ONE_USD;
/// Shortest window that carries a verdict.
pub const MIN_WINDOW_SECS: RangeInclusive<u64> = SECS_PER_HOUR..=7 * SECS_PER_DAY;
/// Critical windows in a row that breach the provider.
pub const CRITICAL_LIMIT: RangeInclusive<u32> = 2..=30;
/// Platform fee, basis points.
pub const FEE_BPS: RangeInclusive<u32> = 0..=MAX_FEE_BPS;
/// Latency that is still minor, as a share of the agreed latency in basis points.
pub const MINOR_LATENCY_BPS: RangeInclusive<u32> = 10_000..=60_000;

/// Storage that must be paid for when the grace begins: the grace itself, two windows that may pass before
/// a report shows it, and one until the deal is closed.
pub fn grace_runway_secs(grace_secs: u64, min_window_secs: u64) -> u64 {
    let windows_secs = window_secs(min_window_secs).saturating_mul(3);
    grace_secs.saturating_add(windows_secs)
}

/// The least minimum runway: a deal that is reported once does not enter its grace at once.
pub fn least_runway_secs(grace_secs: u64, min_window_secs: u64) -> u64 {
    grace_runway_secs(grace_secs, min_window_secs).saturating_add(window_secs(min_window_secs))
}

/// How long a window is that carries a verdict, where one comes a day.
fn window_secs(min_window_secs: u64) -> u64 {
    min_window_secs.max(SECS_PER_DAY)
}
