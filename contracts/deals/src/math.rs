//! Money as a pure function of usage. `None` means out of range; with the bounds of `units` no
//! product here comes near `i128`, and it is checked all the same.
//!
//! Source of the formulas: docs/money.md, "One function".

use flash_common::units::{BPS, MB_PER_GB, SECS_PER_MONTH};

/// Divisor of `storage_mb_secs × price per GB and month`.
const MB_SECS_PER_GB_MONTH: i128 = MB_PER_GB * SECS_PER_MONTH;

/// What an amount of usage costs at a deal's prices.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prices {
    /// Money per GB and month of 30 days.
    pub storage: i128,
    /// Money per GB.
    pub egress: i128,
}

impl Prices {
    /// `charge(S, E)`: what storage of `mb_secs` and egress of `egress_mb` cost.
    pub fn charge(&self, mb_secs: u128, egress_mb: u64) -> Option<i128> {
        let storage = i128::try_from(mb_secs).ok()?.checked_mul(self.storage)?;
        storage
            .checked_div(MB_SECS_PER_GB_MONTH)?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// `net(U, E)`: the same with the SLA credit taken off, where `payable` is the payable part of
    /// the storage integral in basis points of it.
    pub fn net(&self, payable_mb_secs_bps: u128, egress_mb: u64) -> Option<i128> {
        let storage = i128::try_from(payable_mb_secs_bps)
            .ok()?
            .checked_mul(self.storage)?;
        storage
            .checked_div(BPS.checked_mul(MB_SECS_PER_GB_MONTH)?)?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// What egress costs.
    pub fn egress_cost(&self, egress_mb: u64) -> Option<i128> {
        i128::from(egress_mb)
            .checked_mul(self.egress)?
            .checked_div(MB_PER_GB)
    }

    /// Seconds for which `money` pays for `rate_mb`; `None` when that costs nothing.
    pub fn runway_secs(&self, money: i128, rate_mb: u64) -> Option<u64> {
        let per_sec = i128::from(rate_mb)
            .checked_mul(self.storage)
            .filter(|cost| *cost > 0)?;
        let secs = money
            .max(0)
            .checked_mul(MB_SECS_PER_GB_MONTH)?
            .checked_div(per_sec)?;
        Some(u64::try_from(secs).unwrap_or(u64::MAX))
    }
}

/// `size × duration`, the storage integral of a constant size.
pub fn mb_secs(size_mb: u64, secs: u64) -> Option<u128> {
    u128::from(size_mb).checked_mul(u128::from(secs))
}

/// The platform's part of all that a deal has paid: floored on the total, so that many settlements
/// cost the provider what one would.
pub fn fee_total(paid_total: i128, fee_bps: u32) -> Option<i128> {
    paid_total
        .checked_mul(i128::from(fee_bps))?
        .checked_div(BPS)
}

/// Integer average of an integral over a span; 0 over an empty one.
pub fn average_mb(mb_secs: u128, secs: u64) -> Option<u64> {
    u64::try_from(mb_secs.checked_div(u128::from(secs)).unwrap_or(0)).ok()
}
