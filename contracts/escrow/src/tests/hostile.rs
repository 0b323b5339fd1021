//! Tokens that are not what they should be.

extern crate std;

use flash_hostile_token::{HostileToken, HostileTokenClient, Mode, Reentry};
use flash_interfaces::escrow::{EscrowError, PushRefused};
use soroban_sdk::{
    testutils::Address as _, Address, Env, Event, IntoVal, String, Symbol, Val, Vec,
};

use super::fixture::*;
use crate::{testutils::realistic_env, Escrow};

fn hostile_token(env: &Env) -> Address {
    let text = String::from_str(env, "Hostile");
    env.register(HostileToken, (text.clone(), text))
}

/// A world whose stable asset is hostile, still honest, with 1_000 in the consumer's hands.
fn hostile_world() -> World {
    let env = realistic_env();
    let sac = env.register_stellar_asset_contract_v2(Address::generate(&env));
    let asset = hostile_token(&env);
    let w = World::with_asset(env, sac, asset);
    token(&w).mint(&w.consumer, &1_000);
    w
}

fn token(w: &World) -> HostileTokenClient<'_> {
    HostileTokenClient::new(&w.env, &w.asset)
}

fn be(w: &World, mode: Mode, figure: i128) {
    token(w).set_mode(&mode, &figure);
}

/// Open with 1_000, 980 claimable by the provider.
fn with_claim() -> World {
    let w = hostile_world();
    assert_eq!(w.try_open(&w.account(1, 1_000)), Ok(Ok(())));
    let mut fee_less = w.account(2, 1_000);
    fee_less.fee_bps = 0;
    token(&w).mint(&w.consumer, &1_000);
    assert_eq!(w.try_open(&fee_less), Ok(Ok(())));
    w.settle(2, 980);
    w
}

#[test]
fn an_honest_sep41_token_works_from_open_to_withdraw() {
    let w = with_claim();
    assert_eq!(w.try_withdraw(&w.provider, &w.stranger, 80), Ok(Ok(80)));
    assert_eq!(w.try_push(&w.provider), Ok(Ok(900)));
    assert_eq!(w.try_close(1, (0, 0), true, true), Ok(Ok(())));
    assert_eq!(w.token().balance(&w.consumer), 1_000);
    assert_eq!(w.owed(), (20, 0, 0, 0));
}

#[test]
fn money_that_does_not_arrive_whole_is_refused() {
    for (mode, figure, error) in [
        (Mode::FeeOnTransfer, 1, EscrowError::TransferNotWhole),
        (Mode::FeeOnTransfer, -1, EscrowError::TransferNotWhole),
        (Mode::SilentNoop, 0, EscrowError::TransferNotWhole),
        (Mode::LyingBalance, 500, EscrowError::TransferNotWhole),
        (Mode::LyingBalance, i128::MAX, EscrowError::TransferNotWhole),
        (Mode::LyingBalance, -1, EscrowError::TokenRefused),
        (Mode::LyingBalance, i128::MIN, EscrowError::TokenRefused),
        (Mode::TrapOnBalance, 0, EscrowError::TokenRefused),
        (Mode::TrapOnTransfer, 0, EscrowError::TokenRefused),
        (Mode::ForeignError, 0, EscrowError::TokenRefused),
        (Mode::WrongTypes, 0, EscrowError::TokenRefused),
    ] {
        let w = hostile_world();
        be(&w, mode, figure);
        assert_eq!(w.try_open(&w.account(1, 900)), refused(error), "{mode:?}");
        be(&w, Mode::Honest, 0);
        assert_eq!(w.token().balance(&w.consumer), 1_000, "{mode:?}");
        assert_eq!(w.try_open(&w.account(1, 900)), Ok(Ok(())));
        be(&w, mode, figure);
        let answer = w.try_deposit(1, &w.consumer, 100);
        let short = matches!(mode, Mode::LyingBalance) && (0..900).contains(&figure);
        let error = if short {
            EscrowError::EscrowShort
        } else {
            error
        };
        assert_eq!(answer, refused(error), "{mode:?}");
        be(&w, Mode::Honest, 0);
        assert_eq!(w.owed(), (900, 0, 0, 0));
    }
}

#[test]
fn a_token_that_takes_extra_takes_it_from_the_payer_who_signed() {
    let w = hostile_world();
    be(&w, Mode::TakesExtra, 50);
    assert_eq!(w.try_open(&w.account(1, 900)), Ok(Ok(())));
    assert_eq!(w.owed(), (900, 0, 0, 0));
    // Out of the escrow it makes a shortfall, which the rule for shortfalls shares.
    w.settle(1, 500);
    assert_eq!(w.try_push(&w.provider), Ok(Ok(490)));
    assert_eq!(w.owed(), (400, 0, 10, -50));
    assert_eq!(w.try_close(1, (0, 0), true, false), Ok(Ok(())));
    be(&w, Mode::Honest, 0);
    assert_eq!(w.try_push(&w.consumer), refused(EscrowError::EscrowShort));
    assert_eq!(w.try_withdraw(&w.consumer, &w.consumer, 400), Ok(Ok(360)));
}

#[test]
fn a_refusing_token_blocks_no_settlement_and_no_closing() {
    for mode in [
        Mode::TrapOnTransfer,
        Mode::ForeignError,
        Mode::TrapOnBalance,
    ] {
        let w = with_claim();
        be(&w, mode, 0);
        let book = w.book(0, &[(1, 500)]);
        assert_eq!(w.try_settle(&[book], true), Ok(Ok(())), "{mode:?}");
        let refusal = PushRefused {
            who: w.provider.clone(),
            token: w.asset.clone(),
            amount: 980 + 490,
        };
        assert_eq!(w.events()[1..], [refusal.to_xdr(&w.env, &w.escrow)]);
        assert_eq!(w.try_refund(1, 100), Ok(Ok(())));
        assert_eq!(w.try_close(1, (100, 0), true, true), Ok(Ok(())));
        assert_eq!(w.events().len(), 3, "closed, and two pushes refused");
        assert!(w.get(1).released);
        let owner_takes = w
            .signed(&w.owner, "withdraw_fees", (&w.asset, &w.owner, 1_i128))
            .try_withdraw_fees(&w.asset, &w.owner, &1);
        assert_eq!(owner_takes, refused(EscrowError::TokenRefused));
        assert_eq!(w.try_push(&w.provider), refused(EscrowError::TokenRefused));
        assert_eq!(
            w.try_withdraw(&w.provider, &w.provider, 1),
            refused(EscrowError::TokenRefused)
        );
        be(&w, Mode::Honest, 0);
        assert_eq!(w.owed(), (20, 980 + 588 + 400, 12, 0));
        assert_eq!(w.try_push(&w.provider), Ok(Ok(1_568)));
        assert_eq!(w.try_push(&w.consumer), Ok(Ok(400)));
    }
}

#[test]
fn a_transfer_that_was_carried_out_counts_whatever_it_answers() {
    let w = with_claim();
    // Balance answers a bool too: a push is refused, and nothing moves.
    be(&w, Mode::WrongTypes, 0);
    assert_eq!(w.try_push(&w.provider), refused(EscrowError::TokenRefused));
    be(&w, Mode::WrongTransferType, 0);
    assert_eq!(w.try_push(&w.provider), Ok(Ok(980)));
    be(&w, Mode::Honest, 0);
    assert_eq!(w.claimable(&w.provider), 0);
    assert_eq!(w.token().balance(&w.provider), 980);
    assert_eq!(w.owed(), (1_020, 0, 0, 0));
}

/// Arguments of a call, made for a world.
type Args = fn(&World) -> Vec<Val>;

#[test]
fn a_token_cannot_re_enter_the_escrow() {
    let all = 980_i128;
    let calls: [(&str, Args); 3] = [
        ("push", |w| (&w.provider, &w.asset).into_val(&w.env)),
        ("withdraw", |w| {
            (&w.provider, &w.asset, &w.stranger, 1_i128, 1_i128).into_val(&w.env)
        }),
        ("get_account", |w| (1_u32,).into_val(&w.env)),
    ];
    for (function, args) in calls {
        let w = with_claim();
        token(&w).set_reentry(&Reentry {
            contract: w.escrow.clone(),
            function: Symbol::new(&w.env, function),
            args: args(&w),
        });
        be(&w, Mode::Reenter, 0);
        assert_eq!(w.try_push(&w.provider), refused(EscrowError::TokenRefused));
        let book = w.book(0, &[(1, 50)]);
        assert_eq!(w.try_settle(&[book], true), Ok(Ok(())));
        assert_eq!(w.events().len(), 2, "settled, and the push refused");
        be(&w, Mode::ReenterQuietly, 0);
        assert_eq!(w.try_push(&w.provider), Ok(Ok(all + 49)));
        assert_eq!(token(&w).get_reentries(), (1, 0), "{function}");
        token(&w).mint(&w.consumer, &10);
        assert_eq!(w.try_deposit(1, &w.consumer, 10), Ok(Ok(())));
        assert_eq!(token(&w).get_reentries(), (2, 0), "{function}");
        assert_eq!(w.token().balance(&w.stranger), 0);
        assert_eq!(w.owed(), (980, 0, 1, 0));
    }
}

#[test]
fn a_token_that_never_ends_ends_the_transaction_and_nothing_else() {
    let w = with_claim();
    be(&w, Mode::InfiniteLoop, 0);
    // The network's limit of instructions; the test environment has none.
    let mut budget = w.env.cost_estimate().budget();
    budget.reset_limits(100_000_000, 40_000_000);
    let pushed =
        std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| w.try_push(&w.provider)));
    assert!(!matches!(pushed, Ok(Ok(_))), "the budget is exhausted");
    budget.reset_unlimited();
    // Without the push everything goes on.
    assert_eq!(w.try_close(1, (500, 0), true, false), Ok(Ok(())));
    assert!(w.get(1).released);
    assert_eq!(w.claimable(&w.provider), 980 + 490);
}

#[test]
fn a_token_that_is_not_one_cannot_be_the_stable_asset() {
    for (mode, figure, error) in [
        (Mode::WrongDecimals, 6, EscrowError::DecimalsNotSeven),
        (Mode::WrongDecimals, 8, EscrowError::DecimalsNotSeven),
        (Mode::WrongTypes, 0, EscrowError::TokenRefused),
        (Mode::TrappingName, 0, EscrowError::TokenRefused),
        (Mode::TrapOnBalance, 0, EscrowError::TokenRefused),
        (Mode::LyingBalance, -1, EscrowError::TokenRefused),
    ] {
        let w = World::new();
        let bad = hostile_token(&w.env);
        HostileTokenClient::new(&w.env, &bad).set_mode(&mode, &figure);
        let answer = w
            .signed(&w.owner, "set_stable_asset_address", (&bad,))
            .try_set_stable_asset_address(&bad);
        assert_eq!(answer, refused(error), "{mode:?}");
        let deployed = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
            let args = (&w.owner, &w.deals, &bad, UPGRADE_DELAY_SECS);
            w.env.register(Escrow, args)
        }));
        assert!(deployed.is_err(), "{mode:?}");
    }
}

#[test]
fn queries_of_a_token_that_does_not_answer_say_so() {
    let w = with_claim();
    be(&w, Mode::TrapOnBalance, 0);
    assert_eq!(
        w.client().try_get_solvency(&w.asset).map(|s| s.is_ok()),
        Err(Ok(EscrowError::TokenRefused))
    );
    be(&w, Mode::TrappingName, 0);
    assert_eq!(
        w.client().try_get_stable_asset_name(),
        refused(EscrowError::TokenRefused)
    );
    be(&w, Mode::WrongTypes, 0);
    assert_eq!(
        w.client().try_get_stable_asset_name(),
        refused(EscrowError::TokenRefused)
    );
}
