//! Paying providers.

extern crate std;

use flash_common::limits::{MAX_BOOKS, MAX_REPORTS};
use flash_interfaces::escrow::{EscrowError, PaymentsSettled, PushRefused, Withdrawn};
use soroban_sdk::{testutils::Address as _, vec, Address, Event};

use super::fixture::*;

#[test]
fn settle_keeps_the_fee_and_credits_the_provider() {
    let w = World::new();
    w.open(1, 10 * USD);
    assert_eq!(
        w.try_settle(&[w.book(0, &[(1, 4 * USD)])], false),
        Ok(Ok(()))
    );
    let (net, fee) = (4 * USD * 98 / 100, 4 * USD * 2 / 100);
    let settled = PaymentsSettled {
        books: vec![&w.env, (w.provider.clone(), w.asset.clone(), net, fee)],
    };
    assert_eq!(w.events(), [settled.to_xdr(&w.env, &w.escrow)]);
    let account = w.get(1);
    assert_eq!(
        (account.locked, account.paid, account.fee),
        (6 * USD, net, fee)
    );
    assert_eq!(w.claimable(&w.provider), net);
    assert_eq!(w.owed(), (6 * USD, net, fee, 0));
    assert_eq!(w.token().balance(&w.provider), 0);
}

#[test]
fn many_small_payments_keep_what_one_large_would() {
    let w = World::new();
    w.open(1, 10_000);
    w.open(2, 10_000);
    for gross in [1, 3, 7, 49, 50, 51, 839] {
        w.settle(1, gross);
    }
    w.settle(2, 1_000);
    let (small, large) = (w.get(1), w.get(2));
    assert_eq!((small.paid, small.fee), (980, 20));
    assert_eq!((large.paid, large.fee), (980, 20));
}

#[test]
fn one_batch_pays_many_books_assets_and_providers() {
    let w = World::new();
    let other = Address::generate(&w.env);
    let second = w
        .env
        .register_stellar_asset_contract_v2(Address::generate(&w.env))
        .address();
    w.open(1, USD);
    w.open(2, USD);
    let mut account = w.account(3, USD);
    account.page = 1;
    w.open_account(&account);
    let mut account = w.account(4, USD);
    account.provider = other.clone();
    w.open_account(&account);
    let mut account = w.account(5, USD);
    account.asset = second.clone();
    soroban_sdk::token::StellarAssetClient::new(&w.env, &second)
        .mock_all_auths()
        .mint(&w.consumer, &USD);
    assert_eq!(w.try_open(&account), Ok(Ok(())));

    let mut in_second = w.book(0, &[(5, 500)]);
    in_second.asset = second.clone();
    let books = [
        w.book(0, &[(1, 100), (2, 200)]),
        w.book(1, &[(3, 300)]),
        in_second,
        w.book_of(&other, 0, &[(4, 400)]),
        // The same page again, and a provider that was left before.
        w.book(0, &[(2, 50)]),
    ];
    assert_eq!(w.try_settle(&books, false), Ok(Ok(())));
    let paid = |deal_id| w.get(deal_id).paid;
    assert_eq!(
        [paid(1), paid(2), paid(3), paid(4), paid(5)],
        [98, 245, 294, 392, 490]
    );
    assert_eq!(w.claimable(&w.provider), 98 + 245 + 294);
    assert_eq!(w.claimable(&other), 392);
    assert_eq!(w.client().get_claimable(&w.provider, &second), 490);
    assert_eq!(
        w.owed(),
        (4 * USD - 1_050, 98 + 245 + 294 + 392, 2 + 5 + 6 + 8, 0)
    );
    let in_second = w.client().get_solvency(&second);
    assert_eq!(
        (in_second.locked, in_second.claimable, in_second.fees),
        (USD - 500, 490, 10)
    );
}

#[test]
fn a_deal_named_twice_is_paid_twice_and_never_beyond_what_is_locked() {
    let w = World::new();
    w.open(1, 100);
    assert_eq!(
        w.try_settle(&[w.book(0, &[(1, 60), (1, 41)])], false),
        refused(EscrowError::InsufficientLocked)
    );
    assert_eq!(
        w.try_settle(&[w.book(0, &[(1, 60)]), w.book(0, &[(1, 41)])], false),
        refused(EscrowError::InsufficientLocked)
    );
    assert_eq!(w.get(1).locked, 100);
    assert_eq!(
        w.try_settle(&[w.book(0, &[(1, 60), (1, 40)])], false),
        Ok(Ok(()))
    );
    assert_eq!((w.get(1).locked, w.get(1).fee), (0, 2));
}

#[test]
fn settle_refuses_what_is_not_the_accounts_own() {
    let w = World::new();
    w.open(1, USD);
    w.open(2, USD);
    assert_eq!(w.try_close(2, (0, 0), true, false), Ok(Ok(())));
    let second = w
        .env
        .register_stellar_asset_contract_v2(Address::generate(&w.env))
        .address();
    let mut other_asset = w.book(0, &[(1, 1)]);
    other_asset.asset = second;
    for (book, error) in [
        (w.book(0, &[(1, 0)]), EscrowError::AmountNotPositive),
        (w.book(0, &[(1, -1)]), EscrowError::AmountNotPositive),
        (w.book(0, &[(1, i128::MIN)]), EscrowError::AmountNotPositive),
        (w.book(0, &[(1, USD + 1)]), EscrowError::InsufficientLocked),
        (
            w.book(0, &[(1, i128::MAX)]),
            EscrowError::InsufficientLocked,
        ),
        (w.book(0, &[(2, 1)]), EscrowError::AccountNotFound),
        (w.book(0, &[(3, 1)]), EscrowError::AccountNotFound),
        (w.book(1, &[(1, 1)]), EscrowError::AccountNotFound),
        (
            w.book_of(&w.stranger, 0, &[(1, 1)]),
            EscrowError::AccountNotFound,
        ),
        (other_asset, EscrowError::AccountNotFound),
    ] {
        let good = w.book(0, &[(1, 1)]);
        let answer = w.try_settle(&[good, book.clone()], true);
        assert_eq!(answer, refused(error), "{book:?}");
    }
    assert_eq!(w.get(1).locked, USD);
    assert_eq!(w.claimable(&w.provider), 0);
}

#[test]
fn a_batch_holds_sixty_books_and_a_hundred_payments() {
    let w = World::new();
    w.open(1, USD);
    let books = |n| std::vec![w.book(0, &[(1, 1)]); n as usize];
    assert_eq!(w.try_settle(&books(MAX_BOOKS), false), Ok(Ok(())));
    assert_eq!(
        w.try_settle(&books(MAX_BOOKS + 1), false),
        refused(EscrowError::BatchTooLarge)
    );
    let payments = |n| std::vec![(1_u32, 1_i128); n as usize];
    let (half, rest) = (MAX_REPORTS / 2, MAX_REPORTS - MAX_REPORTS / 2);
    let full = [w.book(0, &payments(half)), w.book(0, &payments(rest))];
    assert_eq!(w.try_settle(&full, false), Ok(Ok(())));
    let over = [w.book(0, &payments(half)), w.book(0, &payments(rest + 1))];
    assert_eq!(
        w.try_settle(&over, false),
        refused(EscrowError::BatchTooLarge)
    );
    assert_eq!(w.get(1).locked, USD - 160);
    assert_eq!(w.try_settle(&[], false), Ok(Ok(())));
}

#[test]
fn settle_with_push_sends_each_provider_all_that_is_theirs_once() {
    let w = World::new();
    w.open(1, USD);
    w.open(2, USD);
    w.settle(1, 1_000);
    let books = [w.book(0, &[(1, 1_000)]), w.book(0, &[(2, 1_000)])];
    assert_eq!(w.try_settle(&books, true), Ok(Ok(())));
    let settled = PaymentsSettled {
        books: vec![
            &w.env,
            (w.provider.clone(), w.asset.clone(), 980, 20),
            (w.provider.clone(), w.asset.clone(), 980, 20),
        ],
    };
    let sent = Withdrawn {
        who: w.provider.clone(),
        token: w.asset.clone(),
        to: w.provider.clone(),
        amount: 2_940,
        paid: 2_940,
    };
    assert_eq!(
        w.events(),
        [
            settled.to_xdr(&w.env, &w.escrow),
            sent.to_xdr(&w.env, &w.escrow)
        ]
    );
    assert_eq!(w.token().balance(&w.provider), 2_940);
    assert_eq!(w.claimable(&w.provider), 0);
    assert_eq!(w.owed(), (2 * USD - 3_000, 0, 60, 0));
}

#[test]
fn a_refused_push_leaves_the_money_claimable_and_the_others_paid() {
    let w = World::new();
    let other = Address::generate(&w.env);
    w.open(1, USD);
    let mut account = w.account(2, USD);
    account.provider = other.clone();
    w.open_account(&account);
    // Its issuer freezes the first provider.
    w.as_issuer(|issuer| issuer.set_authorized(&w.provider, &false));
    let books = [
        w.book(0, &[(1, 1_000)]),
        w.book_of(&other, 0, &[(2, 1_000)]),
    ];
    assert_eq!(w.try_settle(&books, true), Ok(Ok(())));
    let refusal = PushRefused {
        who: w.provider.clone(),
        token: w.asset.clone(),
        amount: 980,
    };
    assert_eq!(w.events()[1], refusal.to_xdr(&w.env, &w.escrow));
    assert_eq!(w.events().len(), 3);
    assert_eq!(w.claimable(&w.provider), 980);
    assert_eq!(w.token().balance(&other), 980);
    assert_eq!(w.owed(), (2 * USD - 2_000, 980, 40, 0));
    assert_eq!(w.try_push(&w.provider), refused(EscrowError::TokenRefused));
    w.as_issuer(|issuer| issuer.set_authorized(&w.provider, &true));
    assert_eq!(w.try_push(&w.provider), Ok(Ok(980)));
}
