//! The platform's part of what is paid. Source: docs/money.md, "The fee".

use crate::{
    units,
    wide::{product_32, product_64},
};

/// What the platform keeps of all that a deal has paid: `floor(paid_total × fee_bps / 10_000)`.
///
/// A function of the total, so that many payments keep exactly what one would. `None` for a total
/// that is negative or above 64 bits.
///
/// Whole ten-thousands and the rest apart, so that 64 bits do: `floor((10_000 q + r) × f / 10_000)`
/// is `q × f + floor(r × f / 10_000)`.
pub fn fee_total(paid_total: i128, fee_bps: u32) -> Option<i128> {
    const BPS: u64 = units::BPS as u64;
    let paid_total = u64::try_from(paid_total).ok()?;
    let whole = product_64(paid_total.checked_div(BPS)?, fee_bps)?;
    let rest = u32::try_from(paid_total.checked_rem(BPS)?).ok()?;
    let rest = product_32(rest, fee_bps).checked_div(BPS)?;
    Some(whole.checked_add(rest)?.into())
}
