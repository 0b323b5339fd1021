//! What a claim is worth while the escrow is short. `None` means out of range.

/// What is sent for `amount` while the balance is below the liabilities:
/// `floor(amount × balance / liabilities)`. `None` when the balance covers the liabilities.
///
/// Rounding favours those who come later: the ratio never falls.
///
/// Computed bit by bit of `amount`, in 64 bits: a division of 128 bits would add a kilobyte of Wasm.
/// No value exceeds 2^63 − 1, so twice a remainder fits, and so does the sum of two.
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

    proptest! {


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
