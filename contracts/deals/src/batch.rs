//! Batches of reports: books in, a code per item out. A bad item changes nothing and does not
//! disturb the others.

use flash_common::{
    book::SLOTS_PER_PAGE,
    ensure,
    units::{MAX_BOOKS, MAX_REPORTS},
};
use flash_interfaces::{
    deals::{report_flags, BookReports, DealsError, Report, ReportClipped, ReportItem, Reported},
    escrow::BookPayments,
};
use soroban_sdk::{Env, Vec};

use crate::{
    release::{self, Parting},
    report::Reading,
    settle,
    slot::{DealPage, DealSlot},
    storage::{self, PageKey},
};

/// At most 60 books and 100 items in all of them.
pub fn check_size(books: u32, items: impl Iterator<Item = u32>) -> Result<(), DealsError> {
    ensure!(books <= MAX_BOOKS, DealsError::BatchTooLarge);
    let total = items.fold(0_u32, |sum, len| sum.saturating_add(len));
    ensure!(total <= MAX_REPORTS, DealsError::BatchTooLarge);
    Ok(())
}

/// Applies reports and, with `settling`, pays for the deals whose report was applied.
pub fn report(env: &Env, books: &Vec<BookReports>, settling: bool) -> Result<Vec<u32>, DealsError> {
    check_size(books.len(), books.iter().map(|book| book.reports.len()))?;
    let mut round = Round {
        env,
        now: env.ledger().timestamp(),
        settling,
        codes: Vec::new(env),
        items: Vec::new(env),
        payments: Vec::new(env),
        partings: Vec::new(env),
        seen: core::array::from_fn(|_| None),
    };
    let mut page = DealPage::default();
    for (nth, book) in books.iter().enumerate() {
        round.run_book(nth, &book, &mut page);
    }
    let Round {
        codes,
        items,
        payments,
        partings,
        ..
    } = round;
    if !items.is_empty() {
        Reported { items }.publish(env);
    }
    settle::pay(env, payments, false)?;
    for (deal_id, pay, refund) in partings.iter() {
        release::send_home(
            env,
            &Parting {
                deal_id,
                pay,
                refund,
            },
            false,
        )?;
    }
    Ok(codes)
}

/// What a batch collects on its way.
struct Round<'a> {
    env: &'a Env,
    now: u64,
    settling: bool,
    codes: Vec<u32>,
    items: Vec<ReportItem>,
    payments: Vec<BookPayments>,
    partings: Vec<(u32, i128, i128)>,
    seen: [Option<PageKey>; MAX_BOOKS as usize],
}

impl Round<'_> {
    fn run_book(&mut self, nth: usize, book: &BookReports, page: &mut DealPage) {
        let key = PageKey {
            provider: book.provider.clone(),
            asset: book.asset.clone(),
            page: book.page,
        };
        let loaded = if self.is_duplicate(nth, &key) {
            Err(DealsError::DuplicateBook)
        } else {
            storage::load_page(self.env, &key, page)
        };
        if loaded.is_err() {
            return (0..book.reports.len()).for_each(|_| self.push_code(loaded));
        }
        let mut applied = Applied::default();
        let mut paid = Vec::new(self.env);
        for report in book.reports.iter() {
            let outcome = self.run_item(page, &mut applied, &mut paid, &report);
            self.push_code(outcome);
        }
        if applied.len > 0 {
            storage::set_page(self.env, &key, page);
        }
        // Named even when nothing can be paid: a deposit that lands between simulation and this
        // call must not fail the batch for want of the escrow's keys.
        if applied.settled {
            settle::push_payments(&mut self.payments, key, paid);
        }
    }

    fn run_item(
        &mut self,
        page: &mut DealPage,
        applied: &mut Applied,
        paid: &mut Vec<(u32, i128)>,
        report: &Report,
    ) -> Result<(), DealsError> {
        let deal_id = report.0;
        ensure!(!applied.contains(deal_id), DealsError::DuplicateInBatch);
        let (index, mut slot) = page.get_by_id(deal_id).ok_or(DealsError::NotOnPage)?;
        let reading = Reading::of(report);
        let mut flags = slot.apply(&reading, self.now)?;
        let mut pay = 0;
        if slot.is_final() {
            let mut record =
                storage::read_deal(self.env, deal_id).ok_or(DealsError::DealNotFound)?;
            let parting = release::leave_book(self.env, page, &mut record, &mut slot)?;
            flags |= report_flags::RELEASED;
            pay = parting.pay;
            self.partings
                .push_back((deal_id, parting.pay, parting.refund));
        } else {
            if self.settling {
                let settlement = slot.settle(self.now).ok_or(DealsError::Overflow)?;
                flags |= settle::arrears_flag(&settlement);
                pay = settlement.pay;
                applied.settled = true;
                settle::announce_arrears(self.env, deal_id, &settlement);
            }
            page.set(index, &slot).ok_or(DealsError::Overflow)?;
            if pay > 0 {
                paid.push_back((deal_id, pay));
            }
        }
        applied.add(deal_id);
        announce_clip(self.env, &slot, &reading);
        self.items.push_back(item(&slot, flags, pay));
        Ok(())
    }

    fn push_code(&mut self, outcome: Result<(), DealsError>) {
        self.codes
            .push_back(outcome.map_or_else(|error| error as u32, |()| 0));
    }

    /// Each page comes once: the rule of one report a deal and batch is kept within a page.
    fn is_duplicate(&mut self, nth: usize, key: &PageKey) -> bool {
        let earlier = self.seen.get(..nth).unwrap_or_default();
        let duplicate = earlier.iter().flatten().any(|seen| {
            seen.page == key.page && seen.provider == key.provider && seen.asset == key.asset
        });
        if let Some(place) = self.seen.get_mut(nth) {
            *place = Some(key.clone());
        }
        duplicate
    }
}

/// Deals of one page that have had their report in this batch.
#[derive(Default)]
struct Applied {
    ids: [u32; SLOTS_PER_PAGE],
    len: usize,
    /// One of them was settled and stays in the book.
    settled: bool,
}

impl Applied {
    fn contains(&self, deal_id: u32) -> bool {
        self.ids
            .get(..self.len)
            .unwrap_or_default()
            .contains(&deal_id)
    }

    fn add(&mut self, deal_id: u32) {
        if let Some(place) = self.ids.get_mut(self.len) {
            *place = deal_id;
            self.len = self.len.saturating_add(1);
        }
    }
}

/// A deal's totals as the event of a batch gives them.
pub fn item(slot: &DealSlot, flags: u32, pay: i128) -> ReportItem {
    (
        slot.deal_id,
        slot.storage_mb_secs,
        slot.egress_mb,
        slot.through_ts,
        flags,
        pay,
    )
}

/// Tells what was reported and what was applied, where they differ.
pub fn announce_clip(env: &Env, after: &DealSlot, reading: &Reading) {
    let applied = (after.storage_mb_secs, after.egress_mb);
    if applied == (reading.storage_mb_secs, reading.egress_mb) {
        return;
    }
    ReportClipped {
        deal_id: after.deal_id,
        reported_storage_mb_secs: reading.storage_mb_secs,
        applied_storage_mb_secs: after.storage_mb_secs,
        reported_egress_mb: reading.egress_mb,
        applied_egress_mb: after.egress_mb,
    }
    .publish(env);
}
