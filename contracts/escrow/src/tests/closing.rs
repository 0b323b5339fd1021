//! Refunds and closing.

use flash_interfaces::escrow::{AccountClosed, EscrowError, PushRefused, Refunded, Withdrawn};
use soroban_sdk::Event;

use super::fixture::*;
use crate::{slot::Page, storage};

#[test]
fn refund_credits_the_consumer() {
    let w = World::new();
    w.open(1, USD);
    assert_eq!(w.try_refund(1, 300), Ok(Ok(())));
    let refunded = Refunded {
        deal_id: 1,
        consumer: w.consumer.clone(),
        amount: 300,
    };
    assert_eq!(w.events(), [refunded.to_xdr(&w.env, &w.escrow)]);
    let account = w.get(1);
    assert_eq!((account.locked, account.refunded), (USD - 300, 300));
    assert_eq!(w.claimable(&w.consumer), 300);
    assert_eq!(w.owed(), (USD - 300, 300, 0, 0));
    assert_eq!(w.token().balance(&w.consumer), 0);
}

#[test]
fn refund_refuses_more_than_is_locked_and_dead_accounts() {
    let w = World::new();
    w.open(1, USD);
    w.settle(1, 400);
    w.open(2, USD);
    assert_eq!(w.try_close(2, (0, 0), true, false), Ok(Ok(())));
    for (deal_id, amount, error) in [
        (1, 0, EscrowError::AmountNotPositive),
        (1, -1, EscrowError::AmountNotPositive),
        (1, i128::MIN, EscrowError::AmountNotPositive),
        (1, USD - 399, EscrowError::InsufficientLocked),
        (1, i128::MAX, EscrowError::InsufficientLocked),
        (2, 1, EscrowError::AccountNotFound),
        (3, 1, EscrowError::AccountNotFound),
    ] {
        assert_eq!(w.try_refund(deal_id, amount), refused(error), "{amount}");
    }
    assert_eq!(w.try_refund(1, USD - 400), Ok(Ok(())));
    assert_eq!(w.get(1).locked, 0);
    assert!(!w.get(1).released);
}

#[test]
fn close_pays_and_refunds_and_may_hold_money_back() {
    let w = World::new();
    w.open(1, 10_000);
    assert_eq!(w.try_close(1, (3_000, 5_000), false, false), Ok(Ok(())));
    let closed = AccountClosed {
        deal_id: 1,
        net: 2_940,
        fee: 60,
        refund: 5_000,
        released: false,
    };
    assert_eq!(w.events(), [closed.to_xdr(&w.env, &w.escrow)]);
    let account = w.get(1);
    assert_eq!((account.locked, account.released), (2_000, false));
    // The final report has come.
    assert_eq!(w.try_close(1, (1_500, 100), true, false), Ok(Ok(())));
    let closed = AccountClosed {
        deal_id: 1,
        net: 1_470,
        fee: 30,
        refund: 500,
        released: true,
    };
    assert_eq!(w.events(), [closed.to_xdr(&w.env, &w.escrow)]);
    let account = w.get(1);
    assert_eq!(
        (account.locked, account.paid, account.fee, account.refunded),
        (0, 4_410, 90, 5_500)
    );
    assert!(account.released);
    assert_eq!(w.claimable(&w.provider), 4_410);
    assert_eq!(w.claimable(&w.consumer), 5_500);
    assert_eq!(w.owed(), (0, 9_910, 90, 0));
}

#[test]
fn close_refuses_more_than_is_locked_and_dead_accounts() {
    let w = World::new();
    w.open(1, 100);
    w.open(2, 100);
    assert_eq!(w.try_close(2, (0, 0), true, false), Ok(Ok(())));
    for (deal_id, amounts, error) in [
        (1, (-1, 0), EscrowError::AmountNotPositive),
        (1, (0, -1), EscrowError::AmountNotPositive),
        (1, (i128::MIN, 0), EscrowError::AmountNotPositive),
        (1, (101, 0), EscrowError::InsufficientLocked),
        (1, (0, 101), EscrowError::InsufficientLocked),
        (1, (60, 41), EscrowError::InsufficientLocked),
        (1, (i128::MAX, i128::MAX), EscrowError::InsufficientLocked),
        (2, (0, 0), EscrowError::AccountNotFound),
        (3, (0, 0), EscrowError::AccountNotFound),
    ] {
        for release in [false, true] {
            let answer = w.try_close(deal_id, amounts, release, true);
            assert_eq!(answer, refused(error), "{amounts:?}");
        }
    }
    assert_eq!(w.get(1).locked, 100);
    assert_eq!(w.owed(), (100, 100, 0, 0));
}

#[test]
fn a_released_account_leaves_its_page_and_stays_readable() {
    let w = World::new();
    w.open(1, 100);
    w.open(2, 100);
    let pages = || {
        w.env.as_contract(&w.escrow, || {
            let mut page = Page::default();
            storage::load_page(&w.env, &w.provider, &w.asset, 0, &mut page).expect("parses");
            page.len()
        })
    };
    let entries = || w.entries().len();
    assert_eq!(pages(), 2);
    let with_page = entries();
    assert_eq!(w.try_close(1, (50, 0), true, false), Ok(Ok(())));
    assert_eq!(pages(), 1);
    assert_eq!(w.get(2).locked, 100);
    let before = w.get(1);
    assert_eq!(w.try_close(2, (0, 0), true, false), Ok(Ok(())));
    assert_eq!(pages(), 0);
    // Two claimable entries came, the page's went.
    assert_eq!(entries(), with_page + 2 - 1);
    assert_eq!(w.get(1), before);
    assert_eq!(
        (before.paid, before.fee, before.refunded, before.locked),
        (49, 1, 50, 0)
    );
}

#[test]
fn close_with_push_pays_both_parties_out() {
    let w = World::new();
    w.open(1, 1_000);
    assert_eq!(w.try_close(1, (500, 0), true, true), Ok(Ok(())));
    let sent = |who: &soroban_sdk::Address, amount| {
        Withdrawn {
            who: who.clone(),
            token: w.asset.clone(),
            to: who.clone(),
            amount,
            paid: amount,
        }
        .to_xdr(&w.env, &w.escrow)
    };
    assert_eq!(
        w.events()[1..],
        [sent(&w.provider, 490), sent(&w.consumer, 500)]
    );
    assert_eq!(w.token().balance(&w.provider), 490);
    assert_eq!(w.token().balance(&w.consumer), 500);
    assert_eq!(w.owed(), (0, 0, 10, 0));
}

#[test]
fn a_frozen_party_blocks_neither_closing_nor_the_other() {
    let w = World::new();
    w.open(1, 1_000);
    w.as_issuer(|issuer| issuer.set_authorized(&w.consumer, &false));
    assert_eq!(w.try_close(1, (500, 0), true, true), Ok(Ok(())));
    let refusal = PushRefused {
        who: w.consumer.clone(),
        token: w.asset.clone(),
        amount: 500,
    };
    assert_eq!(w.events()[2], refusal.to_xdr(&w.env, &w.escrow));
    assert_eq!(w.token().balance(&w.provider), 490);
    assert_eq!(w.claimable(&w.consumer), 500);
    // The consumer takes it elsewhere.
    assert_eq!(w.try_withdraw(&w.consumer, &w.stranger, 500), Ok(Ok(500)));
    assert_eq!(w.token().balance(&w.stranger), 500);
}

#[test]
fn a_frozen_escrow_still_settles_and_closes() {
    let w = World::new();
    w.open(1, 1_000);
    w.as_issuer(|issuer| issuer.set_authorized(&w.escrow, &false));
    w.settle(1, 100);
    assert_eq!(w.try_refund(1, 100), Ok(Ok(())));
    assert_eq!(w.try_close(1, (300, 0), true, true), Ok(Ok(())));
    assert_eq!(w.events().len(), 3, "closed, and two pushes refused");
    assert_eq!(w.owed(), (0, 392 + 600, 8, 0));
    assert_eq!(
        w.try_withdraw(&w.provider, &w.provider, 392),
        refused(EscrowError::TokenRefused)
    );
    w.as_issuer(|issuer| issuer.set_authorized(&w.escrow, &true));
    assert_eq!(w.try_withdraw(&w.provider, &w.provider, 392), Ok(Ok(392)));
    assert_eq!(w.try_push(&w.consumer), Ok(Ok(600)));
}
