//! Withdrawals and pushes.

use flash_interfaces::escrow::{EscrowError, Withdrawn};
use soroban_sdk::Event;

use super::fixture::*;

fn earned(net: i128) -> World {
    let w = World::new();
    let mut account = w.account(1, net);
    account.fee_bps = 0;
    w.open_account(&account);
    w.settle(1, net);
    w
}

#[test]
fn withdraw_sends_a_part_to_any_address() {
    let w = earned(1_000);
    assert_eq!(w.try_withdraw(&w.provider, &w.stranger, 400), Ok(Ok(400)));
    let sent = Withdrawn {
        who: w.provider.clone(),
        token: w.asset.clone(),
        to: w.stranger.clone(),
        amount: 400,
        paid: 400,
    };
    assert_eq!(w.events(), [sent.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.token().balance(&w.stranger), 400);
    assert_eq!(w.claimable(&w.provider), 600);
    assert_eq!(w.owed(), (0, 600, 0, 0));
}

#[test]
fn withdraw_pays_a_contract_whole_or_not_at_all() {
    let w = earned(1_000);
    // The asset's own contract: any address but the escrow.
    let to = (&w.asset).into();
    assert_eq!(
        w.try_withdraw_to(&w.provider, &to, 1_000, 1_000),
        Ok(Ok(1_000))
    );
    let args = (&w.provider, &w.asset, &to, 1_000_i128, 1_000_i128);
    w.assert_only_auth(&w.provider, "withdraw", args);
    assert_eq!(w.token().balance(&w.asset), 1_000);
    assert_eq!(w.owed(), (0, 0, 0, 0));
}

#[test]
fn withdraw_refuses_amounts_out_of_bounds_and_the_escrow_itself() {
    let w = earned(1_000);
    for (amount, error) in [
        (0, EscrowError::AmountNotPositive),
        (-1, EscrowError::AmountNotPositive),
        (i128::MIN, EscrowError::AmountNotPositive),
        (1_001, EscrowError::InsufficientClaimable),
        (i128::MAX, EscrowError::InsufficientClaimable),
    ] {
        let answer = w.try_withdraw(&w.provider, &w.provider, amount);
        assert_eq!(answer, refused(error), "{amount}");
    }
    assert_eq!(
        w.try_withdraw_to(&w.provider, &(&w.provider).into(), 1, -1),
        refused(EscrowError::AmountNotPositive)
    );
    assert_eq!(
        w.try_withdraw_to(&w.provider, &(&w.provider).into(), 1, 2),
        refused(EscrowError::BelowMinPaid)
    );
    assert_eq!(
        w.try_withdraw(&w.provider, &w.escrow, 1),
        refused(EscrowError::ReceiverIsEscrow)
    );
    assert_eq!(
        w.try_withdraw(&w.consumer, &w.consumer, 1),
        refused(EscrowError::InsufficientClaimable)
    );
    assert_eq!(w.owed(), (0, 1_000, 0, 0));
}

#[test]
fn push_sends_all_and_removes_the_entry() {
    let w = earned(1_000);
    let entries = || w.entries().len();
    let before = entries();
    assert_eq!(w.try_push(&w.provider), Ok(Ok(1_000)));
    let sent = Withdrawn {
        who: w.provider.clone(),
        token: w.asset.clone(),
        to: w.provider.clone(),
        amount: 1_000,
        paid: 1_000,
    };
    assert_eq!(w.events(), [sent.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(entries(), before - 1);
    assert_eq!(
        w.try_push(&w.provider),
        refused(EscrowError::NothingClaimable)
    );
    assert_eq!(
        w.try_push(&w.stranger),
        refused(EscrowError::NothingClaimable)
    );
}

#[test]
fn a_push_cannot_send_the_money_of_another_token() {
    let w = earned(1_000);
    let second = w
        .env
        .register_stellar_asset_contract_v2(w.owner.clone())
        .address();
    assert_eq!(
        w.client().try_push(&w.provider, &second),
        refused(EscrowError::NothingClaimable)
    );
    assert_eq!(w.claimable(&w.provider), 1_000);
}
