//! Products and quotients against the compiler's own.

use proptest::prelude::*;

use crate::wide::{product, product_128, product_32, product_64, quotient, quotient_by, shifted};

/// Numbers of every length, their edges over-represented.
fn number_of_64() -> impl Strategy<Value = u64> {
    let edge = (0_u32..64, 0_u64..3).prop_map(|(shift, less)| {
        u64::MAX
            .wrapping_shr(shift)
            .wrapping_add(1)
            .wrapping_sub(less)
    });
    prop_oneof![edge, any::<u64>(), 0..10_u64]
}

fn number_of_128() -> impl Strategy<Value = u128> {
    (number_of_64(), number_of_64(), 0_u32..=64)
        .prop_map(|(high, low, shift)| (u128::from(high) << 64 | u128::from(low)) >> shift)
}

proptest! {
    #[test]
    fn products_are_exact(a in number_of_64(), b in number_of_64(), c in number_of_128(), d: u32, e: u32) {
        prop_assert_eq!(product(a, b), u128::from(a) * u128::from(b));
        prop_assert_eq!(product_32(d, e), u64::from(d) * u64::from(e));
        prop_assert_eq!(product_64(a, d), a.checked_mul(d.into()));
        prop_assert_eq!(product_128(c, a), c.checked_mul(a.into()));
    }

    #[test]
    fn quotients_are_floors(a in number_of_128(), by in prop_oneof![0..3_u32, any::<u32>()]) {
        prop_assert_eq!(quotient(a, by), a.checked_div(by.into()));
        prop_assert_eq!(shifted(a, 10), Some(a >> 10));
        prop_assert_eq!(quotient_by::<10_000>(a), Some(a / 10_000));
        prop_assert_eq!(quotient_by::<{ 10_000 * 1_024 * 2_592_000 }>(a), Some(a / 26_542_080_000_000));
    }
}
