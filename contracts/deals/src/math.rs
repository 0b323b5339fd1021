//! Money as a pure function of usage. `None` means out of range; with the bounds of `units` no
//! product here comes near `i128`, and it is checked all the same.
//!
//! Source of the formulas: docs/money.md, "One function".

use flash_common::units::{MB_PER_GB, SECS_PER_MONTH};

/// Basis points of a whole.
const BPS: u32 = 10_000;
/// Divisor of `storage_mb_secs × price per GB and month`.
const MB_SECS_PER_GB_MONTH: u32 = 1_024 * 2_592_000;
const _: () = assert!(MB_SECS_PER_GB_MONTH as i128 == MB_PER_GB * SECS_PER_MONTH);

/// What an amount of usage costs at a deal's prices.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prices {
    /// Money per GB and month of 30 days.
    pub storage: u64,
    /// Money per GB.
    pub egress: u64,
}

impl Prices {
    /// `charge(S, E)`: what storage of `mb_secs` and egress of `egress_mb` cost.
    pub fn charge(&self, mb_secs: u128, egress_mb: u64) -> Option<i128> {
        let storage = mb_secs.checked_mul(self.storage.into())?;
        self.with_egress(quotient(storage, MB_SECS_PER_GB_MONTH)?, egress_mb)
    }

    /// `net(U, E)`: the same with the SLA credit taken off, where `payable` is the payable part of
    /// the storage integral in basis points of it.
    pub fn net(&self, payable_mb_secs_bps: u128, egress_mb: u64) -> Option<i128> {
        let storage = payable_mb_secs_bps.checked_mul(self.storage.into())?;
        // The floor of a floor is the floor by the product of the divisors.
        let storage = quotient(quotient(storage, BPS)?, MB_SECS_PER_GB_MONTH)?;
        self.with_egress(storage, egress_mb)
    }

    fn with_egress(&self, storage: u128, egress_mb: u64) -> Option<i128> {
        i128::try_from(storage)
            .ok()?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// What egress costs.
    pub fn egress_cost(&self, egress_mb: u64) -> Option<i128> {
        let cost = u128::from(egress_mb).checked_mul(self.egress.into())?;
        i128::try_from(cost >> MB_PER_GB.ilog2()).ok()
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
pub fn mb_secs(size_mb: u64, secs: u64) -> Option<u128> {
    u128::from(size_mb).checked_mul(u128::from(secs))
}

/// The platform's part of all that a deal has paid: floored on the total, so that many settlements
/// cost the provider what one would.
pub fn fee_total(paid_total: i128, fee_bps: u32) -> Option<i128> {
    let paid_total = u128::try_from(paid_total).ok()?;
    let fee = quotient(paid_total.checked_mul(fee_bps.into())?, BPS)?;
    i128::try_from(fee).ok()
}

/// Integer average of an integral over a span of at most 2^32 − 1 seconds; 0 over an empty one.
pub fn average_mb(mb_secs: u128, secs: u64) -> Option<u64> {
    match u32::try_from(secs).ok()? {
        0 => Some(0),
        secs => u64::try_from(quotient(mb_secs, secs)?).ok(),
    }
}

/// `floor(value / by)`, digit by digit of 32 bits: four divisions of the machine, where one of
/// 128 bits is hundreds of its instructions. `None` by 0.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the halves are 64 bits each"
)]
#[inline(never)]
fn quotient(value: u128, by: u32) -> Option<u128> {
    const DIGIT: u64 = u32::MAX as u64; // lossless
    let (high, low) = ((value >> 64) as u64, (value & u128::from(u64::MAX)) as u64);
    let mut rest = 0_u64;
    // rest < by, so a quotient is one digit.
    let mut next = |digit: u64| {
        let part = rest << 32 | digit;
        rest = part.checked_rem(by.into())?;
        part.checked_div(by.into())
    };
    let high = next(high >> 32)? << 32 | next(high & DIGIT)?;
    let low = next(low >> 32)? << 32 | next(low & DIGIT)?;
    Some(u128::from(high) << 64 | u128::from(low))
}
