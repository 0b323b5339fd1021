//! An issuer's claw-back leaves the escrow short.

extern crate std;

use flash_interfaces::escrow::{EscrowError, PaymentsSettled, Withdrawn};
use soroban_sdk::{testutils::Address as _, vec, Address, Event};

use super::fixture::*;

/// Three providers with 600, 300 and 99 claimable, and 1 locked: 1_000 owed.
fn three_claims() -> (World, std::vec::Vec<(Address, i128)>) {
    let w = World::new();
    let claims: std::vec::Vec<_> = w.people(3).into_iter().zip([600, 300, 99]).collect();
    for (deal_id, (provider, claim)) in (1..).zip(&claims) {
        let mut account = w.account(deal_id, claim + i128::from(deal_id == 3));
        account.provider = provider.clone();
        account.fee_bps = 0;
        w.open_account(&account);
        let book = w.book_of(provider, 0, &[(deal_id, *claim)]);
        assert_eq!(w.try_settle(&[book], false), Ok(Ok(())));
    }
    assert_eq!(w.owed(), (1, 999, 0, 0));
    (w, claims)
}

#[test]
fn every_order_of_withdrawals_pays_the_same_share() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (w, claims) = three_claims();
        w.claw_back(500);
        for i in order {
            let (who, claim) = &claims[i];
            let paid = w.try_withdraw(who, who, *claim);
            let exact = claim / 2;
            let more = paid.expect("pays").expect("a number") - exact;
            assert!((0..=1).contains(&more), "{order:?} {i}: {more}");
            assert_eq!(w.claimable(who), 0);
        }
        let s = w.client().get_solvency(&w.asset);
        assert_eq!((s.locked, s.claimable), (1, 0));
        assert!(s.balance >= 0);
    }
}

#[test]
fn a_short_withdrawal_writes_off_what_was_asked() {
    let (w, claims) = three_claims();
    w.claw_back(250);
    let who = &claims[0].0;
    assert_eq!(w.try_withdraw(who, &w.stranger, 101), Ok(Ok(75)));
    let sent = Withdrawn {
        who: who.clone(),
        token: w.asset.clone(),
        to: w.stranger.clone(),
        amount: 101,
        paid: 75,
    };
    assert_eq!(w.events(), [sent.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.claimable(who), 499);
    assert_eq!(w.owed(), (1, 898, 0, -224));
}

#[test]
fn a_share_that_rounds_to_nothing_is_not_written_off() {
    let (w, claims) = three_claims();
    w.claw_back(999);
    let who = &claims[0].0;
    assert_eq!(
        w.try_withdraw(who, who, 600),
        refused(EscrowError::EscrowShort)
    );
    w.claw_back(1);
    assert_eq!(
        w.try_withdraw(who, who, 600),
        refused(EscrowError::EscrowShort)
    );
    assert_eq!(w.claimable(who), 600);
    // Made up again, the claim is whole.
    w.mint(&w.escrow, 1_000);
    assert_eq!(w.try_withdraw(who, who, 600), Ok(Ok(600)));
}

/// Signed while the escrow is whole; a claw-back lands first.
#[test]
fn a_withdrawal_signed_before_a_claw_back_is_not_written_off_for_less() {
    let (w, claims) = three_claims();
    let (who, claim) = &claims[2];
    let to = who.into();
    w.claw_back(500);
    let answer = w.try_withdraw_to(who, &to, *claim, *claim);
    assert_eq!(answer, refused(EscrowError::BelowMinPaid));
    assert_eq!(w.claimable(who), 99);
    assert_eq!(w.owed(), (1, 999, 0, -500));
    // 49 is what half an escrow pays for 99: taken only by whoever signs for it.
    let answer = w.try_withdraw_to(who, &to, *claim, 50);
    assert_eq!(answer, refused(EscrowError::BelowMinPaid));
    assert_eq!(w.claimable(who), 99);
    // Made up, the same signature is paid whole, and no surplus is left to the owner.
    w.mint(&w.escrow, 500);
    assert_eq!(w.try_withdraw_to(who, &to, *claim, *claim), Ok(Ok(99)));
    assert_eq!(w.owed(), (1, 900, 0, 0));
}

#[test]
fn a_share_of_exactly_the_minimum_is_paid() {
    let (w, claims) = three_claims();
    let who = &claims[2].0;
    w.claw_back(500);
    assert_eq!(w.try_withdraw_to(who, &who.into(), 99, 49), Ok(Ok(49)));
    assert_eq!(w.claimable(who), 0);
}

#[test]
fn while_short_nothing_comes_in_and_nothing_is_pushed() {
    let (w, claims) = three_claims();
    w.claw_back(1);
    w.mint(&w.consumer, 100);
    let short = EscrowError::EscrowShort;
    assert_eq!(w.try_open(&w.account(9, 10)), refused(short));
    assert_eq!(w.try_deposit(3, &w.consumer, 10), refused(short));
    assert_eq!(w.try_push(&claims[0].0), refused(short));
    let owner_calls = [
        w.signed(&w.owner, "send_funds_owner", (&w.owner, 1_i128))
            .try_send_funds_owner(&w.owner, &1),
        w.signed(&w.owner, "withdraw_fees", (&w.asset, &w.owner, 1_i128))
            .try_withdraw_fees(&w.asset, &w.owner, &1),
    ];
    assert_eq!(owner_calls, [refused(short), refused(short)]);
    assert_eq!(w.token().balance(&w.consumer), 100);
    // Exactly covered is not short.
    w.mint(&w.escrow, 1);
    assert_eq!(w.try_open(&w.account(9, 10)), Ok(Ok(())));
    assert_eq!(w.try_deposit(3, &w.consumer, 10), Ok(Ok(())));
    assert_eq!(w.try_push(&claims[0].0), Ok(Ok(600)));
}

#[test]
fn while_short_settling_refunding_and_closing_go_on_without_the_push() {
    let w = World::new();
    w.open(1, 1_000);
    w.claw_back(10);
    let book = w.book(0, &[(1, 100)]);
    assert_eq!(w.try_settle(&[book], true), Ok(Ok(())));
    let settled = PaymentsSettled {
        books: vec![&w.env, (w.provider.clone(), w.asset.clone(), 98, 2)],
    };
    assert_eq!(w.events(), [settled.to_xdr(&w.env, &w.escrow)], "no push");
    assert_eq!(w.try_refund(1, 100), Ok(Ok(())));
    assert_eq!(w.try_close(1, (100, 0), true, true), Ok(Ok(())));
    assert_eq!(w.events().len(), 1, "no push");
    assert!(w.get(1).released);
    assert_eq!(w.claimable(&w.provider), 196);
    assert_eq!(w.claimable(&w.consumer), 800);
    // Keeping the fee of 4 made the shortfall smaller by as much: fees rank behind.
    assert_eq!(w.owed(), (0, 996, 4, -10));
    assert_eq!(w.try_withdraw(&w.consumer, &w.consumer, 800), Ok(Ok(795)));
    assert_eq!(w.try_withdraw(&w.provider, &w.provider, 196), Ok(Ok(195)));
    assert_eq!(w.token().balance(&w.escrow), 0);
}

#[test]
fn another_token_is_not_touched_by_the_shortfall() {
    let (w, _) = three_claims();
    w.claw_back(500);
    let second = w
        .env
        .register_stellar_asset_contract_v2(Address::generate(&w.env))
        .address();
    soroban_sdk::token::StellarAssetClient::new(&w.env, &second)
        .mock_all_auths()
        .mint(&w.consumer, &USD);
    let mut account = w.account(9, USD);
    account.asset = second.clone();
    assert_eq!(w.try_open(&account), Ok(Ok(())));
    let s = w.client().get_solvency(&second);
    assert_eq!((s.balance, s.locked, s.surplus), (USD, USD, 0));
}
