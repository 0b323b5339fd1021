//! What the escrow promises about its own entries: small, and as few as a settlement needs.

use flash_common::ttl::{EXTEND_TO, THRESHOLD};
use flash_interfaces::escrow::EscrowError;
use soroban_sdk::{
    testutils::{storage::Persistent as _, Ledger as _},
    xdr::{Limits, ScVal, WriteXdr},
    Bytes, TryFromVal, Val,
};

use super::fixture::*;
use crate::{slot::Page, storage};

#[test]
fn the_fullest_page_is_far_below_3_kib() {
    let w = World::new();
    for deal_id in 1..=16 {
        w.open(deal_id, USD);
    }
    let size = |value: &Val| {
        let value = ScVal::try_from_val(&w.env, value).expect("a value");
        value.to_xdr(Limits::none()).expect("encodes").len()
    };
    let sizes = w
        .entries()
        .into_iter()
        .map(|(key, value)| size(&key) + size(&value));
    let largest = sizes.max();
    assert!(largest.expect("entries") < 800, "{largest:?}");
}

#[test]
fn settling_writes_one_page_one_claim_and_one_total() {
    let w = World::new();
    for deal_id in 1..=10 {
        w.open(deal_id, USD);
    }
    w.settle(1, 1_000);
    let payments: [(u32, i128); 10] = core::array::from_fn(|i| (i as u32 + 1, 1_000));
    assert_eq!(w.try_settle(&[w.book(0, &payments)], false), Ok(Ok(())));
    // And the nonce of the mocked signature of `deals`.
    assert_eq!(w.env.cost_estimate().resources().write_entries, 3 + 1);
}

#[test]
fn a_page_of_an_unknown_version_is_refused_and_left_alone() {
    let w = World::new();
    w.open(1, USD);
    let page = || {
        w.env.as_contract(&w.escrow, || {
            let mut page = Page::default();
            storage::load_page(&w.env, &w.provider, &w.asset, 0, &mut page)
                .map(|()| !page.is_empty())
        })
    };
    assert_eq!(page(), Ok(true));
    let (key, mut bytes) = w
        .entries()
        .into_iter()
        .find_map(|(key, value)| Some((key, Bytes::try_from_val(&w.env, &value).ok()?)))
        .expect("one entry of bytes");
    bytes.set(0, 99);
    w.env.as_contract(&w.escrow, || {
        w.env.storage().persistent().set(&key, &bytes);
    });
    assert_eq!(page(), Err(EscrowError::CorruptPage));
    assert_eq!(w.try_refund(1, 1), refused(EscrowError::CorruptPage));
    assert_eq!(
        w.try_settle(&[w.book(0, &[(1, 1)])], false),
        refused(EscrowError::CorruptPage)
    );
    w.mint(&w.consumer, 1);
    assert_eq!(
        w.try_open(&w.account(2, 1)),
        refused(EscrowError::CorruptPage)
    );
    assert_eq!(w.client().get_account(&1), None);
}

#[test]
fn what_a_command_touches_lives_on() {
    let w = World::new();
    w.open(1, USD);
    let least_ttl = || {
        let entries = w.entries();
        w.env.as_contract(&w.escrow, || {
            let ttl = |(key, _): &(Val, Val)| w.env.storage().persistent().get_ttl(key);
            entries.iter().map(ttl).min().expect("entries")
        })
    };
    assert!(least_ttl() >= EXTEND_TO - 1);
    w.env
        .ledger()
        .with_mut(|ledger| ledger.sequence_number += EXTEND_TO - THRESHOLD + 10);
    assert!(least_ttl() < THRESHOLD);
    assert_eq!(w.try_close(1, (10, 10), false, false), Ok(Ok(())));
    // A new entry's first ledger counts.
    assert!(least_ttl() >= EXTEND_TO - 1);
}
