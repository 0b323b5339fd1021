//! What is reported and when: decided from a deal, the time and what is known. No I/O.

use crate::{deal::Deal, text};
use flash_meter::{
    service::{Service, NONE},
    totals::Totals,
};
use flash_money::report::Reading;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When deals are reported and settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    pub report_every_secs: u64,
    /// Samples may come so late and still be in the report of their time.
    pub lateness_secs: u64,
    /// After a close, so long until the final report.
    pub final_delay_secs: u64,
    /// Settling must not cost more than it moves.
    pub min_settle: i128,
}

/// A report on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub deal_id: u32,
    pub provider: String,
    pub asset: String,
    pub page: u32,
    #[serde(with = "text")]
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub through_ts: u64,
}

impl Item {
    pub fn of(deal: &Deal, totals: Totals, service: Service, through_ts: u64) -> Self {
        let long_enough = through_ts.saturating_sub(deal.through_ts) >= deal.min_window_secs;
        let service = if long_enough { service } else { NONE };
        Self {
            deal_id: deal.deal_id,
            provider: deal.provider.clone(),
            asset: deal.asset.clone(),
            page: deal.page,
            storage_mb_secs: totals.storage_mb_secs,
            egress_mb: totals.egress_mb,
            latency_ms: service.latency_ms,
            uptime_bps: service.uptime_bps,
            through_ts,
        }
    }

    pub fn reading(&self) -> Reading {
        Reading {
            storage_mb_secs: self.storage_mb_secs,
            egress_mb: self.egress_mb,
            latency_ms: self.latency_ms,
            uptime_bps: self.uptime_bps,
            through_ts: self.through_ts,
        }
    }
}

/// Through when a deal is to be reported at `now`, where status is known through `known_through`.
/// `None` while it is not due.
pub fn due_through(deal: &Deal, known_through: u64, now: u64, rules: &Rules) -> Option<u64> {
    if !deal.takes_reports(now) || deal.through_ts >= deal.limit_ts() {
        return None;
    }
    let through = deal
        .limit_ts()
        .min(now.saturating_sub(rules.lateness_secs))
        .min(known_through);
    if through <= deal.through_ts {
        return None;
    }
    let at_limit = through == deal.limit_ts();
    let settled_down = now >= deal.limit_ts().saturating_add(rules.final_delay_secs);
    if at_limit {
        return settled_down.then_some(through);
    }
    let every = rules.report_every_secs.max(deal.min_window_secs);
    let long_enough = through - deal.through_ts >= every;
    // A window that would leave a rest too short for a verdict waits for the end.
    (long_enough && !(deal.is_closed() && settled_down)).then_some(through)
}

/// Whether a report is worth settling with.
pub fn settles(deal: &Deal, item: &Item, rules: &Rules) -> bool {
    let window = item.storage_mb_secs.saturating_sub(deal.storage_mb_secs);
    let owed = deal.meter().owed_at_most(window, item.egress_mb);
    let last = item.through_ts == deal.limit_ts();
    last || owed.is_some_and(|owed| owed >= rules.min_settle)
}

/// A page of a provider's book.
pub type Book = (String, String, u32);

/// Items in batches of at most so many books and reports. Deals of a page stay together where they
/// fit: a page is loaded once a batch.
pub fn batches(items: Vec<Item>, max_books: usize, max_reports: usize) -> Vec<Vec<Item>> {
    let mut books = BTreeMap::<Book, Vec<Item>>::new();
    for item in items {
        let book = (item.provider.clone(), item.asset.clone(), item.page);
        books.entry(book).or_default().push(item);
    }
    let mut all = Vec::new();
    let (mut batch, mut count) = (Vec::new(), 0);
    for mut book in books.into_values() {
        book.sort_by_key(|item| item.deal_id);
        for part in book.chunks(max_reports.max(1)) {
            let full = count + 1 > max_books.max(1) || batch.len() + part.len() > max_reports;
            if full && !batch.is_empty() {
                all.push(std::mem::take(&mut batch));
                count = 0;
            }
            batch.extend_from_slice(part);
            count += 1;
        }
    }
    if !batch.is_empty() {
        all.push(batch);
    }
    all
}

/// How many books a batch has.
pub fn books_of(items: &[Item]) -> usize {
    let books: BTreeSet<_> = items
        .iter()
        .map(|item| (&item.provider, &item.asset, item.page))
        .collect();
    books.len()
}
