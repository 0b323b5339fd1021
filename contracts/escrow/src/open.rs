//! Money in: opening an account and adding to it.

use flash_common::ensure;
use flash_interfaces::escrow::{AccountOpened, Deposited, EscrowError, OpenAccount};
use soroban_sdk::{Address, Env};

use crate::{
    policy,
    slot::{AccountHead, AccountSlot, Figures, Page},
    storage, token,
};

/// Opens a deal's account with a first deposit of its consumer.
pub fn open(env: &Env, account: &OpenAccount) -> Result<(), EscrowError> {
    check_terms(env, account)?;
    let OpenAccount {
        deal_id,
        provider,
        asset,
        amount,
        ..
    } = account;
    let mut page = Page::default();
    storage::load_page(env, provider, asset, account.page, &mut page)?;
    ensure!(!page.is_full(), EscrowError::PageFull);
    let slot = AccountSlot {
        deal_id: *deal_id,
        fee_bps: account.fee_bps,
        figures: Figures {
            deposited: *amount,
            ..Figures::default()
        },
    };
    page.push(&slot).ok_or(EscrowError::Overflow)?;

    pull_and_lock(env, asset, &account.consumer, *amount)?;

    storage::set_page(env, provider, asset, account.page, &page);
    let head = AccountHead {
        consumer: account.consumer.clone(),
        provider: provider.clone(),
        asset: asset.clone(),
        page: account.page,
        fee_bps: account.fee_bps,
        released: None,
    };
    storage::set_head(env, *deal_id, &head);
    publish_opened(env, account);
    Ok(())
}

/// Adds money of anyone to a live account.
pub fn deposit(env: &Env, deal_id: u32, from: &Address, amount: i128) -> Result<(), EscrowError> {
    policy::check_deposit(amount)?;
    let mut page = Page::default();
    let mut live = storage::load_live(env, deal_id, &mut page)?;
    let deposited = live
        .slot
        .figures
        .deposited
        .checked_add(amount)
        .ok_or(EscrowError::Overflow)?;
    policy::check_deposited(deposited)?;
    live.slot.figures.deposited = deposited;

    pull_and_lock(env, &live.head.asset, from, amount)?;

    storage::set_live(env, deal_id, &live, &mut page)?;
    Deposited {
        deal_id,
        from: from.clone(),
        amount,
    }
    .publish(env);
    Ok(())
}

fn check_terms(env: &Env, account: &OpenAccount) -> Result<(), EscrowError> {
    policy::check_deposit(account.amount)?;
    policy::check_fee(account.fee_bps)?;
    let escrow = env.current_contract_address();
    ensure!(
        account.consumer != escrow && account.provider != escrow,
        EscrowError::ReceiverIsEscrow
    );
    // Ids are never reused: a released account keeps its head.
    ensure!(
        !storage::has_head(env, account.deal_id),
        EscrowError::AccountExists
    );
    Ok(())
}

/// The one interaction that comes before its effects, because the check is what the token did. The
/// host forbids re-entry, so what was read before the transfer still holds after it.
fn pull_and_lock(
    env: &Env,
    asset: &Address,
    from: &Address,
    amount: i128,
) -> Result<(), EscrowError> {
    let mut totals = storage::totals(env, asset);
    let liabilities = totals.liabilities()?;
    totals.lock(amount)?;
    token::pull(env, asset, from, amount, liabilities)?;
    storage::set_totals(env, asset, &totals);
    Ok(())
}

fn publish_opened(env: &Env, account: &OpenAccount) {
    AccountOpened {
        deal_id: account.deal_id,
        consumer: account.consumer.clone(),
        provider: account.provider.clone(),
        asset: account.asset.clone(),
        page: account.page,
        fee_bps: account.fee_bps,
        amount: account.amount,
    }
    .publish(env);
}
