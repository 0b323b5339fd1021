//! Batches of reports: books in, one code per item out. An item that fails changes nothing and does
//! not disturb the others.

use arrayvec::ArrayVec;
use flash_common::{
    book::SLOTS_PER_PAGE,
    ensure,
    gathered::Gathered,
    limits::{MAX_BOOKS, MAX_REPORTS},
};
use flash_interfaces::{
    deals::{report_flags, BookReports, DealsError, Report, ReportClipped, ReportItem, Reported},
    escrow::BookPayments,
};
use flash_money::report::Reading;
use soroban_sdk::{Env, Val, Vec};

use crate::{
    release::{self, Parting},
    report,
    settle::{self, Paid},
    signed::{self, Packed},
    slot::{DealPage, DealSlot},
    storage::{self, PageKey},
};

/// One per item of a batch.
pub type Codes = Gathered<u32, { MAX_REPORTS as usize }>;
/// What a batch has the escrow pay.
pub type Payments = Gathered<BookPayments, { MAX_BOOKS as usize }>;

/// Applies reports and, with `settling`, pays for the deals whose report was applied.
/// `reports` holds the reports of all books, one book after the other.
pub fn report(
    env: &Env,
    books: &Vec<BookReports>,
    reports: &[Packed],
    settling: bool,
) -> Result<Vec<u32>, DealsError> {
    // Separate variables: moving them into one struct would copy kilobytes.
    let (mut codes, mut items) = (Codes::default(), Items::default());
    let (mut payments, mut page) = (Payments::default(), DealPage::default());
    let (mut partings, mut seen) = (Partings::new(), Seen::new());
    let mut round = Round {
        env,
        now: env.ledger().timestamp(),
        settling,
        slot: DealSlot::default(),
        codes: &mut codes,
        items: &mut items,
        payments: &mut payments,
        partings: &mut partings,
        seen: &mut seen,
    };
    let mut left = reports;
    for book in books.iter() {
        let (own, rest) = usize::try_from(book.reports.len())
            .ok()
            .and_then(|len| left.split_at_checked(len))
            .ok_or(DealsError::BatchTooLarge)?;
        left = rest;
        round.run_book(&book, own, &mut page)?;
    }
    if !items.is_empty() {
        let items = items.to_vec(env);
        Reported { items }.publish(env);
    }
    settle::pay(env, &payments, false)?;
    for parting in &partings {
        release::send_home(env, parting, false)?;
    }
    Ok(codes.to_vec(env))
}

type Partings = ArrayVec<Parting, { MAX_REPORTS as usize }>;
type Seen = ArrayVec<Vec<Val>, { MAX_BOOKS as usize }>;
type Items = Gathered<ReportItem, { MAX_REPORTS as usize }>;

/// What a batch collects as it runs.
struct Round<'a> {
    env: &'a Env,
    now: u64,
    settling: bool,
    /// The deal of the current item. It stays here, because moving it costs as much as reading it.
    slot: DealSlot,
    codes: &'a mut Codes,
    items: &'a mut Items,
    payments: &'a mut Payments,
    partings: &'a mut Partings,
    /// Pages so far. A page may come once: within a page each deal gets at most one report.
    seen: &'a mut Seen,
}

impl Round<'_> {
    fn run_book(
        &mut self,
        book: &BookReports,
        reports: &[Packed],
        page: &mut DealPage,
    ) -> Result<(), DealsError> {
        let key = PageKey::new(self.env, &book.provider, &book.asset, book.page);
        let loaded = if self.seen.contains(&key.entry) {
            Err(DealsError::DuplicateBook)
        } else {
            let room = self.seen.try_push(key.entry.clone());
            room.map_err(|_| DealsError::BatchTooLarge)?;
            storage::load_page(self.env, &key, page)
        };
        let mut applied = Applied::default();
        let mut paid = Paid::default();
        for report in reports.iter().map(signed::unpack) {
            let change = loaded.and_then(|()| self.run_item(page, &mut applied, &report));
            let outcome = match change {
                Ok(change) => self.note(&mut applied, &mut paid, &change).map(Ok)?,
                Err(error) => Err(error),
            };
            push_code(self.env, self.codes, outcome)?;
        }
        if applied.len > 0 {
            storage::set_page(self.env, &key, page);
        }
        // The escrow is called even when nothing can be paid. A deposit may land between simulation
        // and this call; without the escrow's keys in the footprint the batch would then fail.
        if applied.settled {
            settle::push_payments(self.env, self.payments, key, &paid)?;
        }
        Ok(())
    }

    /// Applies a report to its slot. An error becomes the item's code, so the page changes last.
    #[inline(always)]
    fn run_item(
        &mut self,
        page: &mut DealPage,
        applied: &mut Applied,
        report: &Report,
    ) -> Result<Change, DealsError> {
        let deal_id = report.0;
        ensure!(!applied.contains(deal_id), DealsError::DuplicateInBatch);
        let slot = &mut self.slot;
        let index = page.read(deal_id, slot).ok_or(DealsError::NotOnPage)?;
        let reading = report::reading(report);
        let flags = slot.apply(&reading, self.now)?;
        if slot.meter.is_complete().ok_or(DealsError::Overflow)? {
            let parting = release::after_final_report(self.env, page, slot)?;
            let pay = parting.pay;
            let room = self.partings.try_push(parting);
            room.map_err(|_| DealsError::BatchTooLarge)?;
            return Ok(Change {
                reading,
                flags: flags | report_flags::RELEASED,
                pay,
            });
        }
        let (mut arrears, mut pay) = (0, 0);
        if self.settling {
            let settlement = slot.settle().ok_or(DealsError::Overflow)?;
            arrears = settle::arrears_flag(&settlement);
            pay = settlement.pay;
        }
        page.set(index, &self.slot).ok_or(DealsError::Overflow)?;
        applied.settled |= self.settling;
        Ok(Change {
            reading,
            flags: flags | arrears,
            pay,
        })
    }

    /// Records what an item did. The slot has changed already, so an error fails the whole call: the
    /// page and the escrow must always agree on what is paid.
    #[inline(always)]
    fn note(
        &mut self,
        applied: &mut Applied,
        paid: &mut Paid,
        change: &Change,
    ) -> Result<(), DealsError> {
        let deal_id = self.slot.deal_id;
        applied.add(deal_id);
        // A released deal is paid through its parting.
        if change.pay > 0 && change.flags & report_flags::RELEASED == 0 {
            paid.push(self.env, &(deal_id, change.pay))
                .ok_or(DealsError::Overflow)?;
        }
        settle::announce_grace(self.env, &self.slot, change.flags);
        if change.flags & report_flags::CLIPPED != 0 {
            announce_clip(self.env, &self.slot, &change.reading);
        }
        let item = item(&self.slot, change.flags, change.pay);
        self.items
            .push(self.env, &item)
            .ok_or(DealsError::BatchTooLarge)
    }
}

/// What an item did to its deal.
struct Change {
    reading: Reading,
    flags: u32,
    /// Gross.
    pay: i128,
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

/// Adds the code of one item; fails beyond 100 items.
pub fn push_code(
    env: &Env,
    codes: &mut Codes,
    outcome: Result<(), DealsError>,
) -> Result<(), DealsError> {
    let code = outcome.map_or_else(|error| error as u32, |()| 0);
    codes.push(env, &code).ok_or(DealsError::BatchTooLarge)
}

/// A deal's totals as the event of a batch gives them.
pub fn item(slot: &DealSlot, flags: u32, pay: i128) -> ReportItem {
    (
        slot.deal_id,
        slot.meter.storage_mb_secs,
        slot.meter.egress_mb,
        slot.meter.through_ts,
        flags,
        pay,
    )
}

/// Publishes what was reported and what was applied of a report that was clipped.
#[inline(never)]
pub fn announce_clip(env: &Env, after: &DealSlot, reading: &Reading) {
    ReportClipped {
        deal_id: after.deal_id,
        reported_storage_mb_secs: reading.storage_mb_secs,
        applied_storage_mb_secs: after.meter.storage_mb_secs,
        reported_egress_mb: reading.egress_mb,
        applied_egress_mb: after.meter.egress_mb,
    }
    .publish(env);
}
