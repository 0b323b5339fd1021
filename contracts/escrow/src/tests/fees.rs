//! What the owner may take, and the asset of new deals.

use flash_interfaces::escrow::{EscrowError, FeesWithdrawn, StableAssetChanged};
use soroban_sdk::{testutils::Address as _, Address, Event, String};

use super::fixture::*;

fn with_fees() -> World {
    let w = World::new();
    w.open(1, 100_000);
    w.settle(1, 50_000);
    w
}

fn try_send(w: &World, receiver: &Address, amount: i128) -> Answer<()> {
    w.signed(&w.owner, "send_funds_owner", (receiver, amount))
        .try_send_funds_owner(receiver, &amount)
}

fn try_withdraw_fees(w: &World, token: &Address, receiver: &Address, amount: i128) -> Answer<()> {
    w.signed(&w.owner, "withdraw_fees", (token, receiver, amount))
        .try_withdraw_fees(token, receiver, &amount)
}

#[test]
fn fees_are_withdrawn_and_nothing_else_is() {
    let w = with_fees();
    w.mint(&w.escrow, 700);
    assert_eq!(w.owed(), (50_000, 49_000, 1_000, 700));
    assert_eq!(
        try_withdraw_fees(&w, &w.asset, &w.stranger, 1_001),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(
        try_withdraw_fees(&w, &w.asset, &w.stranger, 400),
        Ok(Ok(()))
    );
    let taken = FeesWithdrawn {
        token: w.asset.clone(),
        receiver: w.stranger.clone(),
        from_fees: 400,
        from_surplus: 0,
    };
    assert_eq!(w.events(), [taken.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.owed(), (50_000, 49_000, 600, 700));
    assert_eq!(w.token().balance(&w.stranger), 400);
}

#[test]
fn send_funds_owner_takes_fees_first_and_then_the_surplus() {
    let w = with_fees();
    w.mint(&w.escrow, 700);
    assert_eq!(
        try_send(&w, &w.stranger, 1_701),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(try_send(&w, &w.stranger, 300), Ok(Ok(())));
    assert_eq!(w.owed(), (50_000, 49_000, 700, 700));
    assert_eq!(try_send(&w, &w.stranger, 1_400), Ok(Ok(())));
    let taken = FeesWithdrawn {
        token: w.asset.clone(),
        receiver: w.stranger.clone(),
        from_fees: 700,
        from_surplus: 700,
    };
    assert_eq!(w.events(), [taken.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.owed(), (50_000, 49_000, 0, 0));
    assert_eq!(
        try_send(&w, &w.stranger, 1),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
    assert_eq!(w.token().balance(&w.escrow), 0);
}

#[test]
fn fee_calls_refuse_bad_amounts_and_receivers() {
    let w = with_fees();
    for (amount, error) in [
        (0, EscrowError::AmountNotPositive),
        (-1, EscrowError::AmountNotPositive),
        (i128::MIN, EscrowError::AmountNotPositive),
        (i128::MAX, EscrowError::InsufficientFees),
    ] {
        assert_eq!(try_send(&w, &w.stranger, amount), refused(error));
        assert_eq!(
            try_withdraw_fees(&w, &w.asset, &w.stranger, amount),
            refused(error)
        );
    }
    assert_eq!(
        try_send(&w, &w.escrow, 1),
        refused(EscrowError::ReceiverIsEscrow)
    );
    assert_eq!(
        try_withdraw_fees(&w, &w.asset, &w.escrow, 1),
        refused(EscrowError::ReceiverIsEscrow)
    );
    assert_eq!(
        try_withdraw_fees(&w, &w.stranger, &w.owner, 1),
        refused(EscrowError::TokenRefused),
        "not a token"
    );
    w.as_issuer(|issuer| issuer.set_authorized(&w.stranger, &false));
    assert_eq!(
        try_send(&w, &w.stranger, 1),
        refused(EscrowError::TokenRefused)
    );
    assert_eq!(w.owed(), (50_000, 49_000, 1_000, 0));
}

#[test]
fn fees_rank_behind_what_is_owed() {
    let w = with_fees();
    // 700 of the 1_000 in fees are gone; nobody else is hurt.
    w.claw_back(700);
    assert_eq!(w.owed(), (50_000, 49_000, 1_000, -700));
    assert_eq!(
        try_withdraw_fees(&w, &w.asset, &w.owner, 301),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(
        try_send(&w, &w.owner, 301),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(try_send(&w, &w.owner, 100), Ok(Ok(())));
    assert_eq!(try_withdraw_fees(&w, &w.asset, &w.owner, 200), Ok(Ok(())));
    assert_eq!(w.owed(), (50_000, 49_000, 700, -700));
    // What is owed is still whole.
    assert_eq!(w.try_push(&w.provider), Ok(Ok(49_000)));
    assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
    assert_eq!(w.token().balance(&w.consumer), 50_000);
}

#[test]
fn the_asset_of_new_deals_changes_and_old_deals_keep_theirs() {
    let w = with_fees();
    let second = w
        .env
        .register_stellar_asset_contract_v2(Address::generate(&w.env))
        .address();
    let answer = w
        .signed(&w.owner, "set_stable_asset_address", (&second,))
        .try_set_stable_asset_address(&second);
    assert_eq!(answer, Ok(Ok(())));
    let changed = StableAssetChanged {
        old_asset: w.asset.clone(),
        new_asset: second.clone(),
    };
    assert_eq!(w.events(), [changed.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.client().get_stable_asset_address(), second);
    assert_eq!(w.client().get_config().stable_asset, second);
    assert_eq!(w.get(1).asset, w.asset);
    assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
    assert_eq!(w.token().balance(&w.consumer), 50_000);
    // The fees of the old asset are still to be had, by name; those of the new one are none.
    assert_eq!(
        try_send(&w, &w.owner, 1),
        refused(EscrowError::InsufficientFees)
    );
    assert_eq!(try_withdraw_fees(&w, &w.asset, &w.owner, 1_000), Ok(Ok(())));
}

#[test]
fn only_a_token_of_seven_decimals_is_taken() {
    let w = World::new();
    for not_a_token in [&w.stranger, &w.escrow] {
        let answer = w
            .signed(&w.owner, "set_stable_asset_address", (not_a_token,))
            .try_set_stable_asset_address(not_a_token);
        assert_eq!(answer, refused(EscrowError::TokenRefused));
    }
    assert_eq!(w.client().get_stable_asset_address(), w.asset);
    let name = w.client().get_stable_asset_name();
    assert_eq!(name, w.token().name());
    assert_ne!(name, String::from_str(&w.env, ""));
}
