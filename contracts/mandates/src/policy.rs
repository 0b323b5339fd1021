//! Every bound of a mandate, as named constants and pure functions.

use flash_common::ensure;
use flash_interfaces::mandates::MandatesError;
use flash_money::units::{MAX_DURATION_SECS, MAX_MONEY};

use crate::set::Limits;

/// A top-up is a payment, the limit at least one top-up, and no mandate outlives the longest deal.
pub fn check(limits: &Limits, now: u64) -> Result<(), MandatesError> {
    ensure!(
        (1..=MAX_MONEY).contains(&limits.top_up),
        MandatesError::TopUpOutOfBounds
    );
    ensure!(
        (limits.top_up..=MAX_MONEY).contains(&limits.most_per_30_days),
        MandatesError::LimitOutOfBounds
    );
    let latest_ts = now.saturating_add(MAX_DURATION_SECS);
    ensure!(
        limits.until_ts > now && limits.until_ts <= latest_ts,
        MandatesError::UntilOutOfBounds
    );
    Ok(())
}
