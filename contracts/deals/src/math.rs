//! Money as a pure function of usage. `None` means out of range; with the bounds of `units` no
//! product here comes near `i128`, and it is checked all the same.
//!
//! Source of the formulas: docs/money.md, "One function".

use flash_common::{
    units::{MB_PER_GB, SECS_PER_MONTH},
    wide::{product, product_128, quotient, quotient_by, shifted},
};

/// Basis points of a whole.
const BPS: u64 = 10_000;
/// Divisor of `storage_mb_secs × price per GB and month`.
const MB_SECS_PER_GB_MONTH: u64 = 1_024 * 2_592_000;
const _: () = assert!(MB_SECS_PER_GB_MONTH as i128 == MB_PER_GB * SECS_PER_MONTH);

/// What an amount of usage costs at a deal's prices.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Prices {
    /// Money per GB and month of 30 days.
    pub storage: u64,
    /// Money per GB.
    pub egress: u64,
}

impl Prices {
    /// `charge(S, E)`: what storage of `mb_secs` and egress of `egress_mb` cost.
    #[inline(never)]
    pub fn charge(&self, mb_secs: u128, egress_mb: u64) -> Option<i128> {
        let storage = product_128(mb_secs, self.storage)?;
        self.with_egress(quotient_by::<MB_SECS_PER_GB_MONTH>(storage)?, egress_mb)
    }

    /// `net(U, E)`: the same with the SLA credit taken off, where `payable` is the payable part of
    /// the storage integral in basis points of it.
    #[inline(never)]
    pub fn net(&self, payable_mb_secs_bps: u128, egress_mb: u64) -> Option<i128> {
        let storage = product_128(payable_mb_secs_bps, self.storage)?;
        self.with_egress(
            quotient_by::<{ BPS * MB_SECS_PER_GB_MONTH }>(storage)?,
            egress_mb,
        )
    }

    #[inline(always)]
    fn with_egress(&self, storage: u128, egress_mb: u64) -> Option<i128> {
        i128::try_from(storage)
            .ok()?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// What egress costs.
    #[inline(always)]
    pub fn egress_cost(&self, egress_mb: u64) -> Option<i128> {
        let cost = shifted(product(egress_mb, self.egress), MB_PER_GB.ilog2())?;
        i128::try_from(cost).ok()
    }

    /// Seconds for which `money` pays for `rate_mb`; `None` when that costs nothing.
    pub fn runway_secs(&self, money: i128, rate_mb: u64) -> Option<u64> {
        let per_sec = i128::from(rate_mb)
            .checked_mul(self.storage.into())
            .filter(|cost| *cost > 0)?;
        let secs = money
            .max(0)
            .checked_mul(MB_SECS_PER_GB_MONTH.into())?
            .checked_div(per_sec)?;
        Some(u64::try_from(secs).unwrap_or(u64::MAX))
    }
}

/// `size × duration`, the storage integral of a constant size.
#[inline(always)]
pub fn mb_secs(size_mb: u64, secs: u64) -> Option<u128> {
    Some(product(size_mb, secs))
}

/// The platform's part of all that a deal has paid: floored on the total, so that many settlements
/// cost the provider what one would.
pub fn fee_total(paid_total: i128, fee_bps: u32) -> Option<i128> {
    let paid_total = u128::try_from(paid_total).ok()?;
    let fee = quotient_by::<BPS>(product_128(paid_total, fee_bps.into())?)?;
    i128::try_from(fee).ok()
}

/// Integer average of an integral over a span of at most 2^32 − 1 seconds; 0 over an empty one.
#[inline(always)]
pub fn average_mb(mb_secs: u128, secs: u64) -> Option<u64> {
    match u32::try_from(secs).ok()? {
        0 => Some(0),
        secs => u64::try_from(quotient(mb_secs, secs)?).ok(),
    }
}
