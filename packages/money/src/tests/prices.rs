//! The money function against arbitrary-precision integers.

use crate::{
    fee_total, mb_secs,
    units::{MAX_DEAL_MB, MAX_DURATION_SECS, MAX_FEE_BPS, MAX_MONEY, MAX_PRICE},
    Prices,
};
use num_bigint::BigInt;
use proptest::prelude::*;

const MAX_MB_SECS: u128 = (MAX_DEAL_MB as u128) * (MAX_DURATION_SECS as u128);

fn exact_charge(mb_secs: u128, egress_mb: u64, prices: &Prices, bps: u32) -> BigInt {
    let storage = BigInt::from(mb_secs) * prices.storage / (BigInt::from(bps) * 1_024 * 2_592_000);
    let egress = BigInt::from(egress_mb) * prices.egress / 1_024;
    storage + egress
}

fn edges_u64(max: u64) -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(1_023),
        Just(1_024),
        Just(1_025),
        Just(max - 1),
        Just(max),
        0..=max
    ]
}

fn price() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(9_999_999),
        Just(MAX_PRICE),
        0..=MAX_PRICE
    ]
}

fn prices() -> impl Strategy<Value = Prices> {
    (price(), price()).prop_map(|(storage, egress)| Prices { storage, egress })
}

fn integral() -> impl Strategy<Value = u128> {
    prop_oneof![Just(0), Just(1), Just(MAX_MB_SECS), 0..=MAX_MB_SECS]
}

proptest! {
    #[test]
    fn charge_is_exact(s in integral(), e in edges_u64(MAX_DEAL_MB), prices in prices()) {
        let charge = prices.charge(s, e).expect("in range");
        prop_assert_eq!(BigInt::from(charge), exact_charge(s, e, &prices, 1));
    }

    #[test]
    fn net_is_exact_and_without_credit_the_charge(
        s in integral(),
        e in edges_u64(MAX_DEAL_MB),
        prices in prices(),
        payable_bps in 0_u32..=10_000,
    ) {
        let payable = s * u128::from(payable_bps);
        let net = prices.net(payable, e).expect("in range");
        prop_assert_eq!(BigInt::from(net), exact_charge(payable, e, &prices, 10_000));
        prop_assert!(net <= prices.charge(s, e).unwrap());
        prop_assert_eq!(prices.net(s * 10_000, e), prices.charge(s, e));
    }

    #[test]
    fn money_never_falls_as_usage_grows(
        a in integral(),
        b in integral(),
        e in edges_u64(MAX_DEAL_MB),
        f in edges_u64(MAX_DEAL_MB),
        prices in prices(),
    ) {
        let low = prices.net(a.min(b), e.min(f)).unwrap();
        let high = prices.net(a.max(b), e.max(f)).unwrap();
        prop_assert!(low <= high);
    }

    #[test]
    fn the_fee_of_many_payments_is_that_of_one(
        parts in prop::collection::vec(0_i128..=MAX_MONEY / 64, 1..64),
        fee_bps in prop_oneof![Just(0_u32), Just(1), Just(1_000), 0_u32..=1_000],
    ) {
        let total: i128 = parts.iter().sum();
        let (mut paid, mut kept) = (0, 0);
        for part in parts {
            let after = fee_total(paid + part, fee_bps).unwrap();
            prop_assert!(after >= kept, "a fee never falls");
            (paid, kept) = (paid + part, after);
        }
        prop_assert_eq!(kept, fee_total(total, fee_bps).unwrap());
        prop_assert!(kept * 10_000 <= total * i128::from(fee_bps));
    }

    #[test]
    fn runway_buys_what_it_says(
        money in 0_i128..=MAX_MONEY,
        rate in 1_u64..=MAX_DEAL_MB,
        storage in 1_u64..=10_000_000_000_000,
    ) {
        let prices = Prices { storage, egress: 0 };
        let secs = prices.runway_secs(money, rate);
        if secs <= MAX_DURATION_SECS {
            prop_assert!(prices.charge(mb_secs(rate, secs).unwrap(), 0).unwrap() <= money);
        }
    }
}

#[test]
fn out_of_range_is_none_and_never_a_trap() {
    let prices = Prices {
        storage: u64::MAX,
        egress: u64::MAX,
    };
    assert_eq!(prices.charge(u128::MAX, u64::MAX), None);
    assert_eq!(prices.charge(1 << 65, 0), None);
    assert_eq!(prices.net(1 << 65, 0), None);
    let dearest = BigInt::from(u64::MAX) * u64::MAX / 1_024;
    assert_eq!(
        prices.egress_cost(u64::MAX).map(BigInt::from),
        Some(dearest)
    );
    assert_eq!(
        mb_secs(u64::MAX, u64::MAX),
        Some(u128::from(u64::MAX) * u128::from(u64::MAX))
    );
}

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
    fn fee_is_the_exact_floor(paid in amount(MAX_MONEY), bps in fee_bps()) {
        let exact = BigInt::from(paid) * bps / 10_000;
        prop_assert_eq!(BigInt::from(fee_total(paid, bps).expect("in range")), exact);
    }

    #[test]
    fn fee_never_exceeds_the_payment_that_it_is_of(
        before in amount(MAX_MONEY / 2), gross in amount(MAX_MONEY / 2), bps in fee_bps(),
    ) {
        let step = fee_total(before + gross, bps).expect("in range")
            - fee_total(before, bps).expect("in range");
        prop_assert!((0..=gross).contains(&step));
    }
}

#[test]
fn fee_boundaries() {
    for (paid_total, bps, fee) in [
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
        assert_eq!(
            fee_total(paid_total, bps),
            Some(fee),
            "{paid_total} at {bps}"
        );
    }
    assert_eq!(fee_total(i128::MAX, 2), None);
    assert_eq!(fee_total(-1, 2), None);
}
