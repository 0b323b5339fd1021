//! What usage costs. Source: docs/money.md, "One function".
//!
//! | name | unit |
//! |---|---|
//! | `mb_secs` | S: stored MB integrated over seconds |
//! | `payable_mb_secs_bps` | U: the payable part of S, in basis points of it |
//! | `egress_mb` | E: egress, MB |

use crate::{
    units::{BPS, MB_PER_GB, SECS_PER_MONTH},
    wide::{product, product_128, quotient, quotient_by, shifted},
};

/// Divisor of `storage_mb_secs × price per GB and month`.
const MB_SECS_PER_GB_MONTH: u64 = MB_PER_GB * SECS_PER_MONTH;
/// The same for the payable part, in basis points.
const MB_SECS_BPS_PER_GB_MONTH: u64 = BPS as u64 * MB_SECS_PER_GB_MONTH;

/// A deal's prices.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Prices {
    /// Money per GB and month of 30 days.
    pub storage: u64,
    /// Money per GB.
    pub egress: u64,
}

/// Size and term of a deal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Agreed {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
}

impl Prices {
    /// Prices as the contracts publish them; `None` beyond 64 bits.
    pub fn published(storage: u128, egress: u128) -> Option<Self> {
        Some(Self {
            storage: storage.try_into().ok()?,
            egress: egress.try_into().ok()?,
        })
    }

    /// `charge(S, E)`: what storage of `mb_secs` and egress of `egress_mb` cost before SLA credit.
    #[inline(never)]
    pub fn charge(&self, mb_secs: u128, egress_mb: u64) -> Option<i128> {
        self.storage_cost(mb_secs)?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// `net(U, E)`: the same with the SLA credit taken off.
    #[inline(never)]
    pub fn net(&self, payable_mb_secs_bps: u128, egress_mb: u64) -> Option<i128> {
        let product = product_128(payable_mb_secs_bps, self.storage)?;
        let storage = quotient_by::<MB_SECS_BPS_PER_GB_MONTH>(product)?;
        i128::try_from(storage)
            .ok()?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// The storage part of [`Prices::charge`].
    #[inline(always)]
    pub fn storage_cost(&self, mb_secs: u128) -> Option<i128> {
        let product = product_128(mb_secs, self.storage)?;
        i128::try_from(quotient_by::<MB_SECS_PER_GB_MONTH>(product)?).ok()
    }

    /// The egress part of [`Prices::charge`].
    #[inline(always)]
    pub fn egress_cost(&self, egress_mb: u64) -> Option<i128> {
        let cost = shifted(product(egress_mb, self.egress), MB_PER_GB.ilog2())?;
        i128::try_from(cost).ok()
    }

    /// Seconds for which `money` pays for `rate_mb` stored; `u64::MAX` where that costs nothing, or
    /// lasts longer.
    pub fn runway_secs(&self, money: i128, rate_mb: u64) -> u64 {
        self.checked_runway_secs(money, rate_mb).unwrap_or(u64::MAX)
    }

    fn checked_runway_secs(&self, money: i128, rate_mb: u64) -> Option<u64> {
        let per_sec = i128::from(rate_mb)
            .checked_mul(self.storage.into())
            .filter(|cost| *cost > 0)?;
        let secs = money
            .max(0)
            .checked_mul(MB_SECS_PER_GB_MONTH.into())?
            .checked_div(per_sec)?;
        u64::try_from(secs).ok()
    }

    /// The most that a deal can cost.
    pub fn quote(&self, agreed: &Agreed) -> Option<i128> {
        let storage = mb_secs(agreed.storage_mb, agreed.duration_secs)?;
        self.charge(storage, agreed.egress_mb)
    }

    /// The least first deposit: storage for the minimum runway or the whole term, whichever is
    /// shorter, and all the agreed egress; at least the policy's `min_fund`.
    pub fn min_fund(&self, agreed: &Agreed, min_runway_secs: u64, min_fund: i128) -> Option<i128> {
        let runway_secs = min_runway_secs.min(agreed.duration_secs);
        let usage = self.charge(mb_secs(agreed.storage_mb, runway_secs)?, agreed.egress_mb)?;
        Some(usage.max(min_fund))
    }
}

/// `size × duration`, the storage integral of a constant size.
#[inline(always)]
pub fn mb_secs(size_mb: u64, secs: u64) -> Option<u128> {
    Some(product(size_mb, secs))
}

/// Average of an integral over a span of at most 2^32 − 1 seconds, floored; 0 over an empty span.
#[inline(always)]
pub fn average_mb(mb_secs: u128, secs: u64) -> Option<u64> {
    match u32::try_from(secs).ok()? {
        0 => Some(0),
        secs => u64::try_from(quotient(mb_secs, secs)?).ok(),
    }
}
