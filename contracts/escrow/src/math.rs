//! Pure money arithmetic. `None` means out of range.

use flash_common::wide::{product_32, product_64};

/// What the platform keeps of `charged` in total: `floor(charged × fee_bps / 10_000)`.
///
/// A function of the total, so k payments keep exactly what one would.
///
/// Whole ten-thousands and the rest apart, so that 64 bits do: `floor((10_000 q + r) × f / 10_000)`
/// is `q × f + floor(r × f / 10_000)`.
pub fn fee_total(charged: i128, fee_bps: u32) -> Option<i128> {
    const BPS: u64 = 10_000;
    let charged = u64::try_from(charged).ok()?;
    let whole = product_64(charged.checked_div(BPS)?, fee_bps)?;
    let rest = u32::try_from(charged.checked_rem(BPS)?).ok()?;
    let rest = product_32(rest, fee_bps);
    Some(whole.checked_add(rest.checked_div(BPS)?)?.into())
}

/// What is sent for `amount` while the balance is below the liabilities:
/// `floor(amount × balance / liabilities)`. `None` beyond: nobody gets more than `amount`.
///
/// Rounding is in favour of those who come later: the ratio never falls.
///
/// Bit by bit of `amount`, so that 64 bits do: a division of 128 bits is a kilobyte of Wasm. No
/// value exceeds 2^63 − 1, so twice a remainder and the sum of two fit.
pub fn pro_rata(amount: i128, balance: i128, liabilities: i128) -> Option<i128> {
    let (amount, balance) = (positive(amount)?, positive(balance)?);
    let liabilities = positive(liabilities).filter(|owed| *owed > 0 && balance <= *owed)?;
    // After each bit: bits so far × balance = sent × liabilities + rest, rest < liabilities.
    let (mut sent, mut rest) = (0_u64, 0_u64);
    for bit in (0..u64::BITS).rev() {
        sent = sent.checked_mul(2)?;
        rest = rest.checked_mul(2)?;
        let has_bit = amount.checked_shr(bit)? & 1 == 1;
        for more in [0, if has_bit { balance } else { 0 }] {
            rest = rest.checked_add(more)?;
            if rest >= liabilities {
                rest = rest.checked_sub(liabilities)?;
                sent = sent.checked_add(1)?;
            }
        }
    }
    Some(sent.into())
}

/// A value of 0 ..= 2^63 − 1.
fn positive(value: i128) -> Option<u64> {
    u64::try_from(i64::try_from(value).ok()?).ok()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use flash_common::units::{MAX_FEE_BPS, MAX_MONEY};
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    /// Amounts with their boundaries over-represented.
    fn amount(max: i128) -> impl Strategy<Value = i128> {
        prop_oneof![
            0..=max,
            0..=10_000_i128,
            Just(0),
            Just(1),
            Just(9_999),
            Just(10_000),
            Just(max),
        ]
        .prop_map(move |amount: i128| amount.min(max))
    }

    fn fee_bps() -> impl Strategy<Value = u32> {
        prop_oneof![0..=MAX_FEE_BPS, Just(0), Just(1), Just(MAX_FEE_BPS)]
    }

    proptest! {
        #[test]
        fn fee_is_the_exact_floor(charged in amount(MAX_MONEY), bps in fee_bps()) {
            let exact = BigInt::from(charged) * bps / 10_000;
            prop_assert_eq!(BigInt::from(fee_total(charged, bps).expect("in range")), exact);
        }

        #[test]
        fn fee_never_exceeds_the_payment_that_it_is_of(
            before in amount(MAX_MONEY / 2), gross in amount(MAX_MONEY / 2), bps in fee_bps(),
        ) {
            let step = fee_total(before + gross, bps).expect("in range")
                - fee_total(before, bps).expect("in range");
            prop_assert!((0..=gross).contains(&step));
        }

        #[test]
        fn pro_rata_is_the_exact_floor(
            amount in amount(i64::MAX.into()), balance in amount(i64::MAX.into()),
            liabilities in 1..=i128::from(i64::MAX),
        ) {
            let balance = balance.min(liabilities);
            let exact = BigInt::from(amount) * balance / liabilities;
            let sent = pro_rata(amount, balance, liabilities).expect("in range");
            prop_assert_eq!(BigInt::from(sent), exact);
        }

        /// Whoever comes first, each gets the exact share, and at most the rounding of those
        /// before them more; what is left always covers the last one.
        #[test]
        fn order_of_withdrawals_does_not_matter(
            claims in prop::collection::vec(1..=i128::from(i64::MAX / 16), 1..8),
            percent in 0..100_i128,
        ) {
            let owed: i128 = claims.iter().sum();
            let held = owed * percent / 100;
            let (mut balance, mut liabilities) = (held, owed);
            let mut sent = Vec::new();
            for claim in &claims {
                let paid = pro_rata(*claim, balance, liabilities).expect("in range");
                balance -= paid;
                liabilities -= claim;
                sent.push(paid);
            }
            prop_assert_eq!(liabilities, 0);
            prop_assert!(balance >= 0);
            for (claim, paid) in claims.iter().zip(&sent) {
                let exact = BigInt::from(*claim) * held / owed;
                let more = BigInt::from(*paid) - exact;
                prop_assert!(more >= BigInt::from(0), "{more}");
                prop_assert!(more <= BigInt::from(claims.len()), "{more}");
            }
        }
    }

    #[test]
    fn fee_boundaries() {
        for (charged, bps, fee) in [
            (0, 1_000, 0),
            (1, 1_000, 0),
            (9, 1_000, 0),
            (10, 1_000, 1),
            (9_999, 1, 0),
            (10_000, 1, 1),
            (1_0000000, 200, 200_000),
            (MAX_MONEY, 0, 0),
            (MAX_MONEY, 1_000, MAX_MONEY / 10),
        ] {
            assert_eq!(fee_total(charged, bps), Some(fee), "{charged} at {bps}");
        }
        assert_eq!(fee_total(i128::MAX, 2), None);
        assert_eq!(fee_total(-1, 2), None);
    }

    #[test]
    fn pro_rata_boundaries() {
        let max = i128::from(i64::MAX);
        assert_eq!(pro_rata(max, max - 1, max), Some(max - 1));
        assert_eq!(pro_rata(1, max - 1, max), Some(0));
        assert_eq!(pro_rata(3, 1, 2), Some(1));
        assert_eq!(pro_rata(1, 1, 0), None);
        assert_eq!(pro_rata(0, 0, 0), None);
        assert_eq!(pro_rata(7, max, max), Some(7));
        assert_eq!(pro_rata(max, max, max), Some(max));
        assert_eq!(pro_rata(1, 3, 2), None);
        assert_eq!(pro_rata(-1, 1, 2), None);
        assert_eq!(pro_rata(i128::MAX, 2, 1), None);
    }
}
