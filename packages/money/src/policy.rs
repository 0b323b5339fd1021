//! The bounds within which the owner may choose a policy. A policy holds for deals created after
//! it. With these bounds nobody waits longer than 14 + 5 days for the way out.

use core::ops::RangeInclusive;

use crate::units::{MAX_FEE_BPS, ONE_USD, SECS_PER_DAY, SECS_PER_HOUR};

/// For the provider to accept, and for the consumer to fund after that.
pub const WINDOW_SECS: RangeInclusive<u64> = SECS_PER_HOUR..=14 * SECS_PER_DAY;
/// Between a provider's notice and the end.
pub const NOTICE_SECS: RangeInclusive<u64> = 0..=14 * SECS_PER_DAY;
/// For a consumer in arrears to top up.
pub const GRACE_SECS: RangeInclusive<u64> = SECS_PER_DAY..=14 * SECS_PER_DAY;
/// For the final report.
pub const FINAL_WINDOW_SECS: RangeInclusive<u64> = 12 * SECS_PER_HOUR..=5 * SECS_PER_DAY;
/// Without reports, until a provider may leave at once.
pub const SILENCE_SECS: RangeInclusive<u64> = SECS_PER_DAY..=14 * SECS_PER_DAY;
/// Storage that the first deposit must cover.
pub const MIN_RUNWAY_SECS: RangeInclusive<u64> = SECS_PER_HOUR..=30 * SECS_PER_DAY;
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
