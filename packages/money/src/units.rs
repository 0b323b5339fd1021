//! Units and bounds, named once.
//!
//! Money is in the asset's smallest unit, sizes in MB of 2^20 bytes, time in seconds of ledger
//! close time, ratios in basis points.

/// Prices are per GB of 1024 MB.
pub const MB_PER_GB: u64 = 1_024;
/// As wide as sums of bytes over seconds.
pub const BYTES_PER_MB: u128 = 1 << 20;
pub const SECS_PER_HOUR: u64 = 3_600;
pub const SECS_PER_DAY: u64 = 86_400;
/// A month, as storage is priced: 30 days.
pub const SECS_PER_MONTH: u64 = 30 * SECS_PER_DAY;
/// Basis points of a whole.
pub const BPS: u32 = 10_000;

/// Decimals that a stable asset must have.
pub const ASSET_DECIMALS: u32 = 7;
/// One US dollar in the asset's smallest unit.
pub const ONE_USD: i128 = 1_0000000;
/// Largest payment, largest sum of a deal's deposits, and the most that a deal may cost.
pub const MAX_MONEY: i128 = 1 << 62;
/// Most that the platform may keep of a payment, in basis points; the escrow enforces it too.
pub const MAX_FEE_BPS: u32 = 1_000;
/// Largest price, in money per GB (and month).
pub const MAX_PRICE: u64 = 10_000_000_000_000;

/// Largest agreed storage or egress of a deal, MB.
pub const MAX_DEAL_MB: u64 = 1 << 40;
/// Largest capacity of a bucket, GB.
pub const MAX_CAPACITY_GB: u64 = 1 << 30;

pub const MIN_DURATION_SECS: u64 = SECS_PER_HOUR;
/// Five years of 365 days.
pub const MAX_DURATION_SECS: u64 = 5 * 365 * SECS_PER_DAY;

/// Agreed latency, ms.
pub const MIN_LATENCY_MS: u32 = 1;
pub const MAX_LATENCY_MS: u32 = 60_000;
/// Agreed uptime, basis points.
pub const MIN_UPTIME_BPS: u32 = 5_000;
pub const MAX_UPTIME_BPS: u32 = 10_000;

/// In a report: latency or uptime was not measured in this window.
pub const NOT_MEASURED: u32 = u32::MAX;
/// Highest latency that a report may carry, ms.
pub const MAX_MEASURED_LATENCY_MS: u32 = 3_600_000;

/// 1 hour to 5 years.
pub fn duration_in_bounds(duration_secs: u64) -> bool {
    (MIN_DURATION_SECS..=MAX_DURATION_SECS).contains(&duration_secs)
}

/// At most 2^40 MB each, and more than 0 of one of them.
pub fn sizes_in_bounds(storage_mb: u64, egress_mb: u64) -> bool {
    storage_mb <= MAX_DEAL_MB && egress_mb <= MAX_DEAL_MB && (storage_mb > 0 || egress_mb > 0)
}

/// An amount that somebody pays, as money: 1 to 2^62.
pub fn payment(amount: u128) -> Option<i128> {
    i128::try_from(amount)
        .ok()
        .filter(|amount| (1..=MAX_MONEY).contains(amount))
}
