//! Draws, and who they are refused to.

use flash_interfaces::{
    deals::HealthLevel,
    escrow::EscrowError,
    mandates::{MandateDrawn, MandatesError},
};
use soroban_sdk::{
    testutils::{Address as _, Ledger as _},
    token::{StellarAssetClient, TokenClient},
    Address, Error,
};

use super::fixture::*;

#[test]
fn anyone_draws_for_a_deal_below_its_minimum_runway() {
    let m = Market::new();
    m.due();
    let (locked, held) = (m.locked(m.deal), m.balance(&m.escrow.address));
    let wallet = m.balance(&m.consumer);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert!(m.published(&MandateDrawn {
        deal_id: m.deal,
        consumer: m.consumer.clone(),
        asset: m.asset.clone(),
        amount: TOP_UP,
        drawn: TOP_UP,
    }));
    assert!(m.env.auths().is_empty(), "nobody signs");
    assert_eq!(m.locked(m.deal), locked + TOP_UP);
    assert_eq!(m.balance(&m.escrow.address), held + TOP_UP);
    assert_eq!(m.balance(&m.consumer), wallet - TOP_UP);
    assert_eq!(m.balance(&m.mandates.address), 0);
    assert_eq!(
        m.mandates.get_mandate(&m.deal).map(|m| m.drawn),
        Some(TOP_UP)
    );
    let allowed = TokenClient::new(&m.env, &m.asset).allowance(&m.consumer, &m.mandates.address);
    assert_eq!(allowed, POCKET - TOP_UP);
}

#[test]
fn a_second_draw_in_the_same_ledger_needs_a_deal_that_is_still_short() {
    let m = Market::new();
    m.due();
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::NothingDue);
    // A top-up that does not reach the minimum runway may be followed by another, within the limit.
    let m = Market::new();
    m.due();
    let until_ts = m.now() + DAY;
    let answer = m.try_set(&m.consumer, m.deal, (1, 3), until_ts);
    assert_eq!(answer, Ok(Ok(())));
    for drawn in 1..=3 {
        assert_eq!(m.try_draw(m.deal), Ok(Ok(1)));
        assert_eq!(
            m.mandates.get_mandate(&m.deal).map(|m| m.drawn),
            Some(drawn)
        );
    }
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::LimitReached);
}

#[test]
fn a_deal_with_its_minimum_runway_needs_nothing() {
    let m = Market::new();
    m.set();
    m.approve(POCKET, 1_000_000);
    let wallet = m.balance(&m.consumer);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::NothingDue);
    assert_eq!(m.balance(&m.consumer), wallet);
}

#[test]
fn a_draw_ends_the_grace() {
    let m = Market::new();
    m.set();
    m.approve(POCKET, 1_000_000);
    m.pass(8 * DAY);
    m.report(m.deal);
    assert_eq!(m.level(), HealthLevel::Grace);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert_ne!(m.level(), HealthLevel::Grace);
}

#[test]
fn another_deal_is_not_topped_up() {
    let m = Market::new();
    m.due();
    let of_stranger = m.funded_by(&m.stranger, "other");
    m.day_of(of_stranger);
    let second = m.funded_by(&m.consumer, "second");
    m.day_of(second);
    for deal in [of_stranger, second, 4_000_000_000] {
        assert_eq!(refused(m.try_draw(deal)), MandatesError::MandateNotFound);
    }
    assert_eq!(m.balance(&m.consumer), POCKET - 2 * 3 * USD);
}

#[test]
fn a_revoked_mandate_draws_nothing() {
    let m = Market::new();
    m.due();
    m.mandates
        .mock_all_auths()
        .revoke_mandate(&m.consumer, &m.deal);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::MandateNotFound);
}

#[test]
fn the_approval_bounds_what_is_drawn() {
    let m = Market::new();
    m.due();
    let wallet = m.balance(&m.consumer);
    m.approve(TOP_UP - 1, 1_000);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::TokenRefused);
    m.approve(TOP_UP, 10);
    m.pass(11 * 5);
    assert_eq!(
        refused(m.try_draw(m.deal)),
        MandatesError::TokenRefused,
        "expired"
    );
    assert_eq!(m.balance(&m.consumer), wallet);
    assert_eq!(m.mandates.get_mandate(&m.deal).map(|m| m.drawn), Some(0));
    m.approve(TOP_UP, 1_000);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    m.run_down();
    assert_eq!(
        refused(m.try_draw(m.deal)),
        MandatesError::TokenRefused,
        "used up"
    );
}

#[test]
fn a_wallet_with_too_little_is_left_alone() {
    let m = Market::new();
    m.due();
    let all_but = m.balance(&m.consumer) - (TOP_UP - 1);
    TokenClient::new(&m.env, &m.asset)
        .mock_all_auths()
        .transfer(&m.consumer, &m.stranger, &all_but);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::TokenRefused);
    assert_eq!(m.balance(&m.consumer), TOP_UP - 1);
}

#[test]
fn a_deal_that_has_ended_is_not_topped_up() {
    let m = Market::new();
    m.due();
    m.deals.mock_all_auths().close_deal(&m.consumer, &m.deal);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::DealNotLive);
    for _ in 0..4 {
        m.pass(4 * DAY);
        m.deals.advance_deal(&m.deal);
        assert_eq!(refused(m.try_draw(m.deal)), MandatesError::DealNotLive);
    }
    m.deals
        .mock_all_auths()
        .delete_deal(&m.consumer, &m.provider, &m.deal);
    let error = refused(m.try_draw(m.deal));
    assert!(
        matches!(
            error,
            MandatesError::DealNotLive | MandatesError::DealNotFound
        ),
        "{error:?}"
    );
}

#[test]
fn another_asset_for_new_deals_does_not_change_what_is_drawn() {
    let m = Market::new();
    m.due();
    let second = m
        .env
        .register_stellar_asset_contract_v2(Address::generate(&m.env))
        .address();
    m.escrow.mock_all_auths().set_stable_asset_address(&second);
    StellarAssetClient::new(&m.env, &second)
        .mock_all_auths()
        .mint(&m.consumer, &POCKET);
    let before = m.balance(&m.consumer);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert_eq!(m.balance(&m.consumer), before - TOP_UP);
    assert_eq!(
        TokenClient::new(&m.env, &second).balance(&m.consumer),
        POCKET
    );
}

#[test]
fn an_escrow_that_is_short_takes_nothing_and_nothing_is_drawn() {
    let m = Market::new();
    m.due();
    let issuer = StellarAssetClient::new(&m.env, &m.asset);
    issuer.mock_all_auths().clawback(&m.escrow.address, &USD);
    let wallet = m.balance(&m.consumer);
    m.env.set_auths(&[]);
    let answer = m.env.try_invoke_contract::<i128, Error>(
        &m.mandates.address,
        &soroban_sdk::symbol_short!("draw"),
        soroban_sdk::vec![&m.env, m.deal.into()],
    );
    assert_eq!(answer, Err(Ok(Error::from(EscrowError::EscrowShort))));
    assert_eq!(m.balance(&m.consumer), wallet);
    assert_eq!(m.balance(&m.mandates.address), 0);
    assert_eq!(m.mandates.get_mandate(&m.deal).map(|m| m.drawn), Some(0));
    issuer.mock_all_auths().mint(&m.escrow.address, &USD);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
}

#[test]
fn a_pause_stops_no_draw() {
    let m = Market::new();
    m.due();
    m.env.mock_all_auths();
    for contract in [&m.deals.address, &m.registry.address] {
        let none = soroban_sdk::vec![&m.env];
        m.env
            .invoke_contract::<()>(contract, &soroban_sdk::symbol_short!("pause"), none);
    }
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
}

#[test]
fn what_was_sent_here_by_mistake_is_not_drawn_on() {
    let m = Market::new();
    m.due();
    TokenClient::new(&m.env, &m.asset)
        .mock_all_auths()
        .transfer(&m.stranger, &m.mandates.address, &USD);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert_eq!(m.balance(&m.mandates.address), USD);
}

#[test]
fn a_mandate_outlives_the_archival_of_its_entry() {
    let m = Market::new();
    m.due();
    m.env.ledger().with_mut(|ledger| {
        ledger.sequence_number += 2_000_000;
    });
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
}
