//! Tokens that are not what they should be.

use flash_hostile_token::{Mode, Reentry};
use flash_interfaces::{escrow::EscrowError, mandates::MandatesError};
use soroban_sdk::{symbol_short, vec, Error, IntoVal, Symbol};

use super::fixture::*;

fn due() -> Market {
    let m = Market::in_hostile_token();
    m.due();
    m
}

fn unchanged(m: &Market, locked: i128) {
    m.token().set_mode(&Mode::Honest, &0);
    assert_eq!(m.locked(m.deal), locked);
    assert_eq!(m.balance(&m.consumer), POCKET - 3 * USD);
    assert_eq!(m.balance(&m.mandates.address), 0);
    assert_eq!(m.mandates.get_mandate(&m.deal).map(|m| m.drawn), Some(0));
}

#[test]
fn money_that_does_not_arrive_whole_is_refused() {
    for (mode, figure, error) in [
        (Mode::FeeOnTransfer, 1, MandatesError::TransferNotWhole),
        (Mode::FeeOnTransfer, -1, MandatesError::TransferNotWhole),
        (Mode::SilentNoop, 0, MandatesError::TransferNotWhole),
        (Mode::LyingBalance, 0, MandatesError::TransferNotWhole),
        (Mode::LyingBalance, TOP_UP, MandatesError::TransferNotWhole),
        (
            Mode::LyingBalance,
            i128::MAX,
            MandatesError::TransferNotWhole,
        ),
        (
            Mode::LyingBalance,
            i128::MIN,
            MandatesError::TransferNotWhole,
        ),
        (Mode::TrapOnBalance, 0, MandatesError::TokenRefused),
        (Mode::WrongTypes, 0, MandatesError::TokenRefused),
        (Mode::TrapOnTransfer, 0, MandatesError::TokenRefused),
        (Mode::ForeignError, 0, MandatesError::TokenRefused),
    ] {
        let m = due();
        let locked = m.locked(m.deal);
        m.token().set_mode(&mode, &figure);
        assert_eq!(refused(m.try_draw(m.deal)), error, "{mode:?} {figure}");
        unchanged(&m, locked);
    }
}

#[test]
fn a_token_that_takes_extra_on_the_way_to_the_escrow_is_refused() {
    let m = due();
    let locked = m.locked(m.deal);
    m.token().set_mode(&Mode::TakesExtra, &1);
    // Of what passes through here there is no unit more than was drawn.
    m.env.set_auths(&[]);
    let answer = m.env.try_invoke_contract::<i128, Error>(
        &m.mandates.address,
        &symbol_short!("draw"),
        vec![&m.env, m.deal.into()],
    );
    assert_eq!(answer, Err(Ok(Error::from(EscrowError::TokenRefused))));
    unchanged(&m, locked);
}

#[test]
fn a_token_cannot_re_enter() {
    let m = due();
    let deal = m.deal;
    let locked = m.locked(deal);
    let mandates = &m.mandates.address;
    let name = |name: &str| Symbol::new(&m.env, name);
    let calls = [
        (mandates, name("draw"), (deal,).into_val(&m.env)),
        (mandates, name("get_mandate"), (deal,).into_val(&m.env)),
        (
            mandates,
            name("revoke_mandate"),
            (&m.consumer, deal).into_val(&m.env),
        ),
    ];
    for (contract, function, args) in calls {
        m.token().set_reentry(&Reentry {
            contract: contract.clone(),
            function,
            args,
        });
        m.token().set_mode(&Mode::Reenter, &0);
        assert_eq!(refused(m.try_draw(deal)), MandatesError::TokenRefused);
        unchanged(&m, locked);
    }
    m.token().set_mode(&Mode::ReenterQuietly, &0);
    assert_eq!(m.try_draw(deal), Ok(Ok(TOP_UP)));
    let (failed, succeeded) = m.token().get_reentries();
    assert!(failed >= 2, "{failed}");
    assert_eq!(succeeded, 0);
    assert_eq!(m.locked(deal), locked + TOP_UP);
}

/// The token closes a deal whose term is over in the middle of a draw. A closed deal takes deposits until it is
/// released, and what is left then is the consumer's.
#[test]
fn a_deal_that_is_closed_while_the_money_moves_keeps_the_money_for_its_consumer() {
    let m = due();
    let deposited = m.escrow.get_account(&m.deal).expect("funded").deposited;
    m.pass(90 * DAY);
    m.token().set_reentry(&Reentry {
        contract: m.deals.address.clone(),
        function: Symbol::new(&m.env, "advance_deal"),
        args: (m.deal,).into_val(&m.env),
    });
    m.token().set_mode(&Mode::ReenterQuietly, &0);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert_eq!(m.deals.get_deal_health(&m.deal), None, "closed");
    let account = m.escrow.get_account(&m.deal).expect("funded");
    assert_eq!(account.deposited, deposited + TOP_UP);
    assert_eq!(m.balance(&m.mandates.address), 0);
    m.token().set_mode(&Mode::Honest, &0);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::DealNotLive);
    m.pass(4 * DAY);
    m.deals.advance_deal(&m.deal);
    let account = m.escrow.get_account(&m.deal).expect("funded");
    assert!(account.released);
    let claimable = m.escrow.get_claimable(&m.consumer, &m.asset);
    assert_eq!(claimable, account.refunded);
}
