//! A live deal as it stands in the provider's book: everything that report and settle need, and
//! all arithmetic on it. A slot leaves the book when its deal is released.

use flash_common::book::Page;
use flash_interfaces::deals::{Policy, Terms, NOT_MEASURED};

use crate::{
    math::{mb_secs, Prices},
    policy,
};

mod codec;

/// The provider gave notice.
const NOTICE: u8 = 1;
/// The notice took effect at once, because nothing had been reported.
const SILENT: u8 = 2;
/// At least one window carried an SLA verdict.
const MEASURED: u8 = 4;
/// Closed for critical service: takes no reports any more.
const BREACHED: u8 = 8;

/// The SLA that windows are held to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sla {
    pub latency_ms: u32,
    pub uptime_bps: u32,
    /// Shorter windows carry no verdict.
    pub min_window_secs: u64,
    pub minor_uptime_bps: u32,
    pub minor_latency_bps: u32,
    pub major_uptime_bps: u32,
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
    /// Critical windows in a row that breach the provider.
    pub critical_limit: u32,
}

/// What had been reported when the deal was last settled: only for what the lists show.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SettledSpan {
    pub through_ts: u64,
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
}

/// A live deal.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DealSlot {
    pub deal_id: u32,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub prices: Prices,
    pub sla: Sla,
    pub min_runway_secs: u64,
    pub final_window_secs: u64,
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// The watermark.
    pub through_ts: u64,
    /// S: stored MB integrated over seconds since the start.
    pub storage_mb_secs: u128,
    /// U: its payable part, in basis points of it.
    pub payable_mb_secs_bps: u128,
    /// E: egress since the start.
    pub egress_mb: u64,
    /// Average of the last window.
    pub rate_mb: u64,
    /// Last measured; [`NOT_MEASURED`] when never.
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub strikes: u32,
    flags: u8,
    /// Gross, the fee in it.
    pub paid_total: i128,
    /// In the escrow.
    pub locked: i128,
    /// 0 when there are none.
    pub arrears_since_ts: u64,
    pub settled: SettledSpan,
}

/// How a settlement left a deal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settlement {
    /// Gross amount to pay, at least 0.
    pub pay: i128,
    /// Owed and not payable.
    pub arrears: i128,
    pub began: bool,
    pub cleared: bool,
}

impl Settlement {
    /// Whether the deal is as it was.
    pub fn is_noop(&self) -> bool {
        self.pay == 0 && !self.began && !self.cleared
    }
}

impl DealSlot {
    /// A deal that is funded now.
    pub fn new(
        deal_id: u32,
        terms: &Terms,
        policy: &Policy,
        locked: i128,
        now: u64,
    ) -> Option<Self> {
        Some(Self {
            deal_id,
            agreed_storage_mb: terms.agreed_storage_mb,
            agreed_egress_mb: terms.agreed_egress_mb,
            prices: policy::prices(terms)?,
            sla: Sla {
                latency_ms: terms.sla_avg_latency_ms,
                uptime_bps: terms.sla_avg_uptime_pct,
                min_window_secs: policy.min_window_secs,
                minor_uptime_bps: policy.sla.minor_uptime_bps,
                minor_latency_bps: policy.sla.minor_latency_bps,
                major_uptime_bps: policy.sla.major_uptime_bps,
                minor_credit_bps: policy.sla.minor_credit_bps,
                major_credit_bps: policy.sla.major_credit_bps,
                critical_credit_bps: policy.sla.critical_credit_bps,
                critical_limit: policy.critical_limit,
            },
            min_runway_secs: policy.min_runway_secs,
            final_window_secs: policy.final_window_secs,
            start_ts: now,
            end_ts: now.checked_add(terms.duration_secs)?,
            close_ts: 0,
            through_ts: now,
            storage_mb_secs: 0,
            payable_mb_secs_bps: 0,
            egress_mb: 0,
            rate_mb: 0,
            latency_ms: NOT_MEASURED,
            uptime_bps: NOT_MEASURED,
            strikes: 0,
            flags: 0,
            paid_total: 0,
            locked,
            arrears_since_ts: 0,
            settled: SettledSpan {
                through_ts: now,
                storage_mb_secs: 0,
                egress_mb: 0,
            },
        })
    }

    pub fn is_closed(&self) -> bool {
        self.close_ts != 0
    }

    pub fn has_notice(&self) -> bool {
        self.flags & NOTICE != 0
    }

    pub fn is_silent(&self) -> bool {
        self.flags & SILENT != 0
    }

    pub fn is_measured(&self) -> bool {
        self.flags & MEASURED != 0
    }

    pub fn is_breached(&self) -> bool {
        self.flags & BREACHED != 0
    }

    pub fn set_notice(&mut self, end_ts: u64, silent: bool) {
        self.end_ts = self.end_ts.min(end_ts);
        self.flags |= if silent { NOTICE | SILENT } else { NOTICE };
    }

    pub fn set_measured(&mut self) {
        self.flags |= MEASURED;
    }

    pub fn set_breached(&mut self) {
        self.flags |= BREACHED;
    }

    pub fn strikes_at_limit(&self) -> bool {
        self.strikes >= self.sla.critical_limit
    }

    /// The latest watermark that a report may carry now.
    pub fn latest_through_ts(&self, now: u64) -> u64 {
        let until_ts = if self.is_closed() {
            self.close_ts
        } else {
            self.end_ts
        };
        until_ts.min(now)
    }

    /// Ends the deal now, or at its end where that has passed. The final window counts from now: who closes
    /// late must not take away the time to report what was served before.
    pub fn close(&mut self, now: u64) {
        self.close_ts = now.min(self.end_ts);
        let late_secs = now.saturating_sub(self.close_ts);
        self.final_window_secs = self
            .final_window_secs
            .saturating_add(late_secs)
            .min(codec::MAX_FINAL_WINDOW_SECS);
    }

    /// Last time at which a closed deal takes reports; 0 while live.
    pub fn final_until_ts(&self) -> u64 {
        if self.is_closed() {
            self.close_ts.saturating_add(self.final_window_secs)
        } else {
            0
        }
    }

    /// Whether the report that ends a closed deal has come.
    pub fn is_final(&self) -> bool {
        self.is_closed() && self.through_ts == self.close_ts
    }

    /// What the usage so far costs with the SLA credit taken off: paid and owed.
    pub fn charged(&self) -> Option<i128> {
        self.prices.net(self.payable_mb_secs_bps, self.egress_mb)
    }

    /// SLA credit so far.
    pub fn credited(&self) -> Option<i128> {
        self.prices
            .charge(self.storage_mb_secs, self.egress_mb)?
            .checked_sub(self.charged()?)
    }

    pub fn owed(&self) -> Option<i128> {
        self.charged()?.checked_sub(self.paid_total)
    }

    /// Ring-fenced for the egress that is agreed and not used yet, while the deal is live.
    pub fn reserve(&self) -> Option<i128> {
        if self.is_closed() {
            return Some(0);
        }
        let agreed = self.prices.egress_cost(self.agreed_egress_mb)?;
        agreed.checked_sub(self.prices.egress_cost(self.egress_mb)?)
    }

    /// What may be paid out of now.
    pub fn available(&self) -> Option<i128> {
        self.locked.checked_sub(self.reserve()?)
    }

    /// Storage at the agreed size for the minimum runway, or for what is left of the term.
    fn runway_cost(&self) -> Option<i128> {
        let secs = self
            .min_runway_secs
            .min(self.end_ts.saturating_sub(self.through_ts));
        self.prices
            .charge(mb_secs(self.agreed_storage_mb, secs)?, 0)
    }

    /// Pays what is owed and can be paid. The money function behind every settlement.
    pub fn settle(&mut self, now: u64) -> Option<Settlement> {
        let owed = self.owed()?;
        let pay = owed.min(self.available()?).max(0);
        self.paid_total = self.paid_total.checked_add(pay)?;
        self.locked = self.locked.checked_sub(pay)?;
        self.settled = SettledSpan {
            through_ts: self.through_ts,
            storage_mb_secs: self.storage_mb_secs,
            egress_mb: self.egress_mb,
        };
        let arrears = owed.checked_sub(pay)?;
        let began = arrears > 0 && self.arrears_since_ts == 0 && !self.is_closed();
        if began {
            self.arrears_since_ts = now;
        }
        let cleared = self.clear_arrears()?;
        Some(Settlement {
            pay,
            arrears,
            began,
            cleared,
        })
    }

    /// Ends the arrears once what is available covers what is owed and the minimum runway: less
    /// would let dust keep a deal alive. Answers whether it did.
    pub fn clear_arrears(&mut self) -> Option<bool> {
        if self.arrears_since_ts == 0 || self.is_closed() {
            return Some(false);
        }
        let needed = self.owed()?.max(0).checked_add(self.runway_cost()?)?;
        let cleared = self.available()? >= needed;
        if cleared {
            self.arrears_since_ts = 0;
        }
        Some(cleared)
    }

    /// Whether the consumer's grace period is over.
    pub fn grace_is_over(&self, grace_secs: u64, now: u64) -> bool {
        self.arrears_since_ts != 0 && now >= self.arrears_since_ts.saturating_add(grace_secs)
    }

    /// An upper bound, exact, of what the unreported time until `close_ts` can still cost: nothing
    /// when everything is reported, for then no report can follow.
    pub fn holdback(&self, close_ts: u64) -> Option<i128> {
        let tail_secs = close_ts.checked_sub(self.through_ts)?;
        if tail_secs == 0 {
            return Some(0);
        }
        let tail = mb_secs(self.agreed_storage_mb, tail_secs)?.checked_mul(10_000)?;
        let payable = self.payable_mb_secs_bps.checked_add(tail)?;
        let most = self.prices.net(payable, self.agreed_egress_mb)?;
        Some(most.checked_sub(self.charged()?)?.min(self.locked))
    }

    /// Adds storage that nobody reported: at the last window's rate, without credit.
    pub fn add_unreported_tail(&mut self, most_secs: u64) -> Option<()> {
        let secs = self.close_ts.saturating_sub(self.through_ts).min(most_secs);
        let tail = mb_secs(self.rate_mb, secs)?;
        self.storage_mb_secs = self.storage_mb_secs.checked_add(tail)?;
        self.payable_mb_secs_bps = self
            .payable_mb_secs_bps
            .checked_add(tail.checked_mul(10_000)?)?;
        Some(())
    }
}

/// A page of a provider's book in `deals`.
pub type DealPage = Page<DealSlot>;
