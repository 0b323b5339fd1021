//! Settlement: of batches by anyone, and of one deal with its staged window and payout.

use flash_common::{
    book::SLOTS_PER_PAGE,
    ensure,
    gathered::Gathered,
    limits::{MAX_BOOKS, MAX_REPORTS},
};
use flash_interfaces::{
    deals::{
        report_flags, ArrearsBegan, ArrearsCleared, BookDeals, DealsError, Reported, Settled,
        SettledItem,
    },
    escrow::{BookPayments, EscrowClient},
};
use flash_money::settle::Settlement;
use soroban_sdk::{vec, Address, Env, Vec};

use crate::{
    batch::{self, Codes, Payments},
    release,
    slot::{DealPage, DealSlot},
    stage,
    storage::{self, PageKey},
};

/// Deals of one page and the gross amounts that they pay.
pub type Paid = Gathered<(u32, i128), SLOTS_PER_PAGE>;

/// Settles deals. One code per item; [`DealsError::NothingToSettle`] for deals that stay as they were.
pub fn settle(env: &Env, books: &Vec<BookDeals>) -> Result<Vec<u32>, DealsError> {
    ensure!(books.len() <= MAX_BOOKS, DealsError::BatchTooLarge);
    // Separate variables: moving them into one struct would copy kilobytes.
    let (mut codes, mut items) = (Codes::default(), Items::default());
    let (mut payments, mut page) = (Payments::default(), DealPage::default());
    let mut round = Round {
        env,
        slot: DealSlot::default(),
        owing: false,
        codes: &mut codes,
        items: &mut items,
        payments: &mut payments,
    };
    for book in books.iter() {
        round.run_book(&book, &mut page)?;
    }
    if !items.is_empty() {
        let items = items.to_vec(env);
        Settled { items }.publish(env);
    }
    pay(env, &payments, false)?;
    Ok(codes.to_vec(env))
}

type Items = Gathered<SettledItem, { MAX_REPORTS as usize }>;

/// What a batch collects as it runs.
struct Round<'a> {
    env: &'a Env,
    /// The deal of the current item.
    slot: DealSlot,
    /// Whether a deal of the current book owes something, payable or not.
    owing: bool,
    codes: &'a mut Codes,
    items: &'a mut Items,
    payments: &'a mut Payments,
}

impl Round<'_> {
    fn run_book(&mut self, book: &BookDeals, page: &mut DealPage) -> Result<(), DealsError> {
        let key = PageKey::new(self.env, &book.provider, &book.asset, book.page);
        let loaded = storage::load_page(self.env, &key, page);
        let mut changed = false;
        let mut paid = Paid::default();
        self.owing = false;
        for deal_id in book.deal_ids.iter() {
            let settlement = loaded.and_then(|()| self.run_item(page, deal_id));
            let outcome = match settlement {
                Ok(settlement) => self.note(&mut paid, deal_id, &settlement).map(Ok)?,
                Err(error) => Err(error),
            };
            changed |= outcome.is_ok();
            batch::push_code(self.env, self.codes, outcome)?;
        }
        // Page and escrow are touched when something is owed, even if nothing can be paid. A deposit
        // may land between simulation and this call; without their keys the batch would then fail.
        if changed || self.owing {
            storage::set_page(self.env, &key, page);
        }
        if self.owing {
            push_payments(self.env, self.payments, key, &paid)?;
        }
        Ok(())
    }

    /// Settles a slot. An error becomes the item's code, so the page changes last.
    fn run_item(&mut self, page: &mut DealPage, deal_id: u32) -> Result<Settlement, DealsError> {
        let slot = &mut self.slot;
        let index = page.read(deal_id, slot).ok_or(DealsError::NotOnPage)?;
        let settlement = slot.settle().ok_or(DealsError::Overflow)?;
        self.owing |= settlement.pay > 0 || settlement.arrears > 0;
        ensure!(!settlement.is_noop(), DealsError::NothingToSettle);
        page.set(index, slot).ok_or(DealsError::Overflow)?;
        Ok(settlement)
    }

    /// Records what an item did. The slot has changed already, so an error fails the whole call.
    fn note(
        &mut self,
        paid: &mut Paid,
        deal_id: u32,
        settlement: &Settlement,
    ) -> Result<(), DealsError> {
        let item = (deal_id, settlement.pay, settlement.arrears);
        self.items
            .push(self.env, &item)
            .ok_or(DealsError::BatchTooLarge)?;
        if settlement.pay > 0 {
            paid.push(self.env, &(deal_id, settlement.pay))
                .ok_or(DealsError::Overflow)?;
        }
        Ok(())
    }
}

/// Turns the stage into one report, settles, and pays out: what the published client calls for a deal.
pub fn pay_pending(
    env: &Env,
    provider: &Address,
    consumer: &Address,
    deal_id: u32,
) -> Result<(), DealsError> {
    let record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    ensure!(record.progress.page.is_some(), DealsError::NotFunded);
    let (mut page, mut slot) = (DealPage::default(), DealSlot::default());
    let place = storage::load_slot(
        env,
        deal_id,
        &record,
        &mut page,
        &mut slot,
        DealsError::ReportsClosed,
    )?;
    let now = env.ledger().timestamp();
    let mut flags = None;
    if let Some(reading) = stage::reading(env, &slot) {
        let applied = slot.apply(&reading, now)?;
        if applied & report_flags::CLIPPED != 0 {
            batch::announce_clip(env, &slot, &reading);
        }
        storage::remove_stage(env, deal_id);
        flags = Some(applied);
    }
    if slot.meter.is_complete().ok_or(DealsError::Overflow)? {
        let parting = release::after_final_report(env, &mut page, &mut slot)?;
        storage::set_page(env, &place.key, &page);
        let flags = flags.unwrap_or(0) | report_flags::RELEASED;
        Reported {
            items: vec![env, batch::item(&slot, flags, parting.pay)],
        }
        .publish(env);
        return release::send_home(env, &parting, true);
    }
    let settlement = slot.settle().ok_or(DealsError::Overflow)?;
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
    announce_grace(env, &slot, flags.unwrap_or(0));
    let (mut payments, mut paid) = (Payments::default(), Paid::default());
    if settlement.pay > 0 {
        paid.push(env, &(deal_id, settlement.pay))
            .ok_or(DealsError::Overflow)?;
        push_payments(env, &mut payments, place.key, &paid)?;
    }
    pay(env, &payments, true)
}

/// Hands a batch of payments to the escrow in one call.
pub fn pay(env: &Env, payments: &Payments, push: bool) -> Result<(), DealsError> {
    if payments.is_empty() {
        return Ok(());
    }
    let escrow = storage::links(env)?.escrow;
    EscrowClient::new(env, &escrow).settle(&payments.to_vec(env), &push);
    Ok(())
}

pub fn push_payments(
    env: &Env,
    payments: &mut Payments,
    key: PageKey,
    paid: &Paid,
) -> Result<(), DealsError> {
    let PageKey {
        provider,
        asset,
        page,
        ..
    } = key;
    let book = BookPayments {
        provider,
        asset,
        page,
        payments: paid.to_vec(env),
    };
    payments.push(env, &book).ok_or(DealsError::BatchTooLarge)
}

/// Publishes that the grace began or ended with a report of these flags.
#[inline(never)]
pub fn announce_grace(env: &Env, slot: &DealSlot, flags: u32) {
    let deal_id = slot.deal_id;
    if flags & report_flags::GRACE_BEGAN != 0 {
        ArrearsBegan { deal_id }.publish(env);
    }
    if flags & report_flags::GRACE_ENDED != 0 {
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
