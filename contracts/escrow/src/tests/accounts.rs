//! Opening, adding to and reading accounts.

use flash_interfaces::escrow::{Account, AccountOpened, Deposited, EscrowError};
use flash_money::units::MAX_MONEY;
use soroban_sdk::{testutils::Address as _, Address, Event};

use super::fixture::*;

#[test]
fn open_pulls_the_deposit_and_locks_it() {
    let w = World::new();
    let account = w.account(7, 10 * USD);
    w.mint(&w.consumer, 15 * USD);
    assert_eq!(w.try_open(&account), Ok(Ok(())));
    let opened = AccountOpened {
        deal_id: 7,
        consumer: w.consumer.clone(),
        provider: w.provider.clone(),
        asset: w.asset.clone(),
        page: 0,
        fee_bps: FEE_BPS,
        amount: 10 * USD,
    };
    assert_eq!(w.events(), [opened.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(
        w.get(7),
        Account {
            deal_id: 7,
            consumer: w.consumer.clone(),
            provider: w.provider.clone(),
            asset: w.asset.clone(),
            page: 0,
            fee_bps: FEE_BPS,
            deposited: 10 * USD,
            locked: 10 * USD,
            paid: 0,
            fee: 0,
            refunded: 0,
            released: false,
        }
    );
    assert_eq!(w.token().balance(&w.consumer), 5 * USD);
    assert_eq!(w.token().balance(&w.escrow), 10 * USD);
    assert_eq!(w.owed(), (10 * USD, 0, 0, 0));
    assert_eq!(w.client().get_account(&8), None);
}

#[test]
fn open_refuses_terms_out_of_bounds() {
    let w = World::new();
    w.mint(&w.consumer, USD);
    let changed = |change: fn(&mut flash_interfaces::escrow::OpenAccount)| {
        let mut account = w.account(1, USD);
        change(&mut account);
        w.try_open(&account)
    };
    for (answer, error) in [
        (changed(|a| a.amount = 0), EscrowError::AmountNotPositive),
        (changed(|a| a.amount = -1), EscrowError::AmountNotPositive),
        (
            changed(|a| a.amount = i128::MIN),
            EscrowError::AmountNotPositive,
        ),
        (
            changed(|a| a.amount = MAX_MONEY + 1),
            EscrowError::AmountTooLarge,
        ),
        (
            changed(|a| a.amount = i128::MAX),
            EscrowError::AmountTooLarge,
        ),
        (changed(|a| a.fee_bps = 1_001), EscrowError::FeeTooHigh),
        (changed(|a| a.fee_bps = u32::MAX), EscrowError::FeeTooHigh),
        // More than the consumer has.
        (changed(|a| a.amount = USD + 1), EscrowError::TokenRefused),
    ] {
        assert_eq!(answer, refused(error));
        assert!(w.events().is_empty());
    }
    assert_eq!(w.client().get_account(&1), None);
    assert_eq!(w.token().balance(&w.consumer), USD);
    assert_eq!(w.owed(), (0, 0, 0, 0));
    assert_eq!(changed(|a| a.fee_bps = 1_000), Ok(Ok(())));
}

#[test]
fn the_escrow_cannot_be_a_party() {
    let w = World::new();
    let mut account = w.account(1, USD);
    account.provider = w.escrow.clone();
    w.mint(&w.consumer, USD);
    assert_eq!(w.try_open(&account), refused(EscrowError::ReceiverIsEscrow));
    let mut account = w.account(1, USD);
    account.consumer = w.escrow.clone();
    let answer = w.signed(&w.deals, "open", (&account,)).try_open(&account);
    assert_eq!(answer, refused(EscrowError::ReceiverIsEscrow));
}

#[test]
fn a_deal_has_one_account_for_ever() {
    let w = World::new();
    let mut account = w.open(1, USD);
    w.mint(&w.consumer, USD);
    assert_eq!(w.try_open(&account), refused(EscrowError::AccountExists));
    account.page = 3;
    assert_eq!(w.try_open(&account), refused(EscrowError::AccountExists));
    assert_eq!(w.try_close(1, (0, 0), true, false), Ok(Ok(())));
    assert_eq!(w.try_open(&account), refused(EscrowError::AccountExists));
}

#[test]
fn the_seventeenth_account_of_a_page_is_refused() {
    let w = World::new();
    for deal_id in 1..=16 {
        w.open(deal_id, USD);
    }
    w.mint(&w.consumer, USD);
    let mut account = w.account(17, USD);
    assert_eq!(w.try_open(&account), refused(EscrowError::PageFull));
    assert_eq!(w.try_close(5, (0, 0), true, false), Ok(Ok(())));
    assert_eq!(w.try_open(&account), Ok(Ok(())));
    for deal_id in 1..=17 {
        assert_eq!(w.get(deal_id).released, deal_id == 5, "{deal_id}");
    }
    account.deal_id = 18;
    account.page = 1;
    w.open_account(&account);
    assert_eq!(w.get(18).page, 1);
}

#[test]
fn anyone_adds_to_an_account_and_only_the_consumer_owns_it() {
    let w = World::new();
    w.open(1, USD);
    w.mint(&w.stranger, 2 * USD);
    assert_eq!(w.try_deposit(1, &w.stranger, 2 * USD), Ok(Ok(())));
    let deposited = Deposited {
        deal_id: 1,
        from: w.stranger.clone(),
        amount: 2 * USD,
    };
    assert_eq!(w.events(), [deposited.to_xdr(&w.env, &w.escrow)]);
    let account = w.get(1);
    assert_eq!((account.deposited, account.locked), (3 * USD, 3 * USD));
    assert_eq!(w.try_close(1, (0, 0), true, false), Ok(Ok(())));
    assert_eq!(w.claimable(&w.consumer), 3 * USD);
    assert_eq!(w.claimable(&w.stranger), 0);
}

#[test]
fn deposit_refuses_amounts_out_of_bounds_and_dead_accounts() {
    let w = World::new();
    w.open(1, USD);
    w.open(2, USD);
    assert_eq!(w.try_close(2, (0, 0), true, false), Ok(Ok(())));
    w.mint(&w.stranger, USD);
    for (deal_id, amount, error) in [
        (1, 0, EscrowError::AmountNotPositive),
        (1, -1, EscrowError::AmountNotPositive),
        (1, i128::MIN, EscrowError::AmountNotPositive),
        (1, MAX_MONEY + 1, EscrowError::AmountTooLarge),
        (1, i128::MAX, EscrowError::AmountTooLarge),
        // With what is there already.
        (1, MAX_MONEY - USD + 1, EscrowError::AmountTooLarge),
        (1, USD + 1, EscrowError::TokenRefused),
        (2, USD, EscrowError::AccountNotFound),
        (3, USD, EscrowError::AccountNotFound),
    ] {
        let answer = w.try_deposit(deal_id, &w.stranger, amount);
        assert_eq!(answer, refused(error), "{deal_id} {amount}");
    }
    assert_eq!(w.get(1).deposited, USD);
    assert_eq!(w.token().balance(&w.stranger), USD);
    assert_eq!(w.owed(), (USD, USD, 0, 0));
}

#[test]
fn a_deal_holds_up_to_2_pow_62() {
    let w = World::new();
    w.open(1, 1);
    w.mint(&w.stranger, MAX_MONEY);
    assert_eq!(
        w.try_deposit(1, &w.stranger, MAX_MONEY),
        refused(EscrowError::AmountTooLarge)
    );
    assert_eq!(w.try_deposit(1, &w.stranger, MAX_MONEY - 1), Ok(Ok(())));
    w.settle(1, MAX_MONEY);
    let account = w.get(1);
    assert_eq!(account.fee, MAX_MONEY * 200 / 10_000);
    assert_eq!(account.paid + account.fee, MAX_MONEY);
    assert_eq!(account.locked, 0);
}

#[test]
fn liabilities_of_a_token_stay_within_i64() {
    let w = World::new();
    w.open(1, MAX_MONEY);
    w.open(2, MAX_MONEY - 1);
    assert_eq!(w.owed().0, i128::from(i64::MAX));
    w.mint(&w.consumer, 1);
    let account = w.account(3, 1);
    assert_eq!(
        w.try_open(&account),
        refused(EscrowError::LiabilitiesTooLarge)
    );
    assert_eq!(
        w.try_deposit(2, &w.consumer, 1),
        refused(EscrowError::LiabilitiesTooLarge)
    );
    // Claimable money counts too; what has left does not.
    assert_eq!(w.try_refund(2, 1), Ok(Ok(())));
    assert_eq!(
        w.try_open(&account),
        refused(EscrowError::LiabilitiesTooLarge)
    );
    let elsewhere = Address::generate(&w.env);
    assert_eq!(w.try_withdraw(&w.consumer, &elsewhere, 1), Ok(Ok(1)));
    assert_eq!(w.try_open(&account), Ok(Ok(())));
}
