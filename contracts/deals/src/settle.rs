//! Settlement of deals by anyone, and of one deal with its staged window and payout.

use flash_common::ensure;
use flash_interfaces::{
    deals::{
        report_flags, ArrearsBegan, ArrearsCleared, BookDeals, DealsError, Reported, Settled,
        SettledItem,
    },
    escrow::{BookPayments, EscrowClient},
};
use soroban_sdk::{vec, Address, Env, Vec};

use crate::{
    batch, release,
    slot::{DealPage, Settlement},
    stage,
    storage::{self, PageKey},
};

/// Settles deals: a code an item, [`DealsError::NothingToSettle`] for those that stay as they were.
pub fn settle(env: &Env, books: &Vec<BookDeals>) -> Result<Vec<u32>, DealsError> {
    batch::check_size(books.len(), books.iter().map(|book| book.deal_ids.len()))?;
    let mut codes = Vec::new(env);
    let mut items = Vec::new(env);
    let mut payments = Vec::new(env);
    let mut page = DealPage::default();
    for book in books.iter() {
        settle_book(env, &book, &mut page, &mut codes, &mut items, &mut payments);
    }
    if !items.is_empty() {
        Settled { items }.publish(env);
    }
    pay(env, payments, false)?;
    Ok(codes)
}

fn settle_book(
    env: &Env,
    book: &BookDeals,
    page: &mut DealPage,
    codes: &mut Vec<u32>,
    items: &mut Vec<SettledItem>,
    payments: &mut Vec<BookPayments>,
) {
    let key = PageKey {
        provider: book.provider.clone(),
        asset: book.asset.clone(),
        page: book.page,
    };
    let now = env.ledger().timestamp();
    if storage::load_page(env, &key, page).is_err() {
        book.deal_ids
            .iter()
            .for_each(|_| codes.push_back(DealsError::CorruptPage as u32));
        return;
    }
    let mut paid = Vec::new(env);
    let mut changed = false;
    for deal_id in book.deal_ids.iter() {
        let settled = (|| {
            let (index, mut slot) = page.get_by_id(deal_id).ok_or(DealsError::NotOnPage)?;
            let settlement = slot.settle(now).ok_or(DealsError::Overflow)?;
            ensure!(!settlement.is_noop(), DealsError::NothingToSettle);
            page.set(index, &slot).ok_or(DealsError::Overflow)?;
            Ok(settlement)
        })();
        codes.push_back(settled.map_or_else(|error: DealsError| error as u32, |_| 0));
        let Ok(settlement) = settled else { continue };
        changed = true;
        announce_arrears(env, deal_id, &settlement);
        items.push_back((deal_id, settlement.pay, settlement.arrears));
        if settlement.pay > 0 {
            paid.push_back((deal_id, settlement.pay));
        }
    }
    if changed {
        storage::set_page(env, &key, page);
    }
    if !paid.is_empty() {
        push_payments(payments, key, paid);
    }
}

/// One report out of the stage, settlement, payout: the published client's round of one deal.
pub fn pay_pending(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let mut record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    ensure!(record.progress.page.is_some(), DealsError::NotFunded);
    let mut page = DealPage::default();
    let (place, mut slot) =
        storage::load_slot(env, deal_id, &record, &mut page, DealsError::ReportsClosed)?;
    let now = env.ledger().timestamp();
    let mut flags = None;
    if let Some(reading) = stage::reading(env, &slot) {
        let applied = slot.apply(&reading, now)?;
        batch::announce_clip(env, &slot, &reading);
        storage::remove_stage(env, deal_id);
        flags = Some(applied);
    }
    if flags.is_some() && slot.is_final() {
        let parting = release::leave_book(env, &mut page, &mut record, &mut slot)?;
        storage::set_page(env, &place.key, &page);
        let flags = flags.unwrap_or(0) | report_flags::RELEASED;
        Reported {
            items: vec![env, batch::item(&slot, flags, parting.pay)],
        }
        .publish(env);
        return release::send_home(env, &parting, true);
    }
    let settlement = slot.settle(now).ok_or(DealsError::Overflow)?;
    ensure!(
        flags.is_some() || !settlement.is_noop(),
        DealsError::NothingStaged
    );
    storage::set_slot(env, &place, &mut page, &slot)?;
    match flags {
        Some(flags) => {
            let flags = flags | arrears_flag(&settlement);
            Reported {
                items: vec![env, batch::item(&slot, flags, settlement.pay)],
            }
            .publish(env);
        }
        None => {
            let item = (deal_id, settlement.pay, settlement.arrears);
            Settled {
                items: vec![env, item],
            }
            .publish(env);
        }
    }
    announce_arrears(env, deal_id, &settlement);
    let mut payments = Vec::new(env);
    if settlement.pay > 0 {
        push_payments(
            &mut payments,
            place.key,
            vec![env, (deal_id, settlement.pay)],
        );
    }
    pay(env, payments, true)
}

/// Hands a batch of payments to the escrow in one call.
pub fn pay(env: &Env, payments: Vec<BookPayments>, push: bool) -> Result<(), DealsError> {
    if payments.is_empty() {
        return Ok(());
    }
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).settle(&payments, &push);
    Ok(())
}

pub fn push_payments(payments: &mut Vec<BookPayments>, key: PageKey, paid: Vec<(u32, i128)>) {
    let PageKey {
        provider,
        asset,
        page,
    } = key;
    payments.push_back(BookPayments {
        provider,
        asset,
        page,
        payments: paid,
    });
}

pub fn announce_arrears(env: &Env, deal_id: u32, settlement: &Settlement) {
    if settlement.began {
        ArrearsBegan {
            deal_id,
            arrears: settlement.arrears,
        }
        .publish(env);
    }
    if settlement.cleared {
        ArrearsCleared { deal_id }.publish(env);
    }
}

pub fn arrears_flag(settlement: &Settlement) -> u32 {
    if settlement.arrears > 0 {
        report_flags::ARREARS
    } else {
        0
    }
}
