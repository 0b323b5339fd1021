//! Settlement: what is owed is paid out of what is available; and the grace of a consumer whose money runs
//! out. Source: docs/money.md, "Grace".

use crate::{meter::Meter, prices::mb_secs};

/// How a settlement left a deal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settlement {
    /// Gross amount to pay, at least 0.
    pub pay: i128,
    /// Owed and not payable.
    pub arrears: i128,
}

/// What a report, a deposit or a notice did to the grace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GraceChange {
    None,
    Began,
    Ended,
}

impl Settlement {
    /// Whether the deal is as it was.
    pub fn is_noop(&self) -> bool {
        self.pay == 0
    }
}

impl Meter {
    /// Pays what is owed and can be paid. On `None` the caller drops the meter.
    #[inline(always)]
    pub fn settle(&mut self) -> Option<Settlement> {
        let owed = self.owed()?;
        let pay = self.pay(owed)?;
        self.paid_total = self.paid_total.checked_add(pay)?;
        self.locked = self.locked.checked_sub(pay)?;
        let arrears = owed.checked_sub(pay)?;
        Some(Settlement { pay, arrears })
    }

    /// What is paid of `owed` when settling now.
    #[inline(always)]
    pub(crate) fn pay(&self, owed: i128) -> Option<i128> {
        Some(owed.min(self.available()?).max(0))
    }

    /// Begins or ends the grace of a live deal: to be called after every report, deposit and notice.
    /// It begins while there is still money for all of it, and ends only when the minimum runway is
    /// covered, because less would let dust keep a deal alive.
    pub fn review_grace(&mut self, now: u64) -> Option<GraceChange> {
        if self.is_closed() {
            return Some(GraceChange::None);
        }
        if self.arrears_since_ts == 0 {
            if !self.covers(self.grace_runway_secs)? {
                self.arrears_since_ts = now;
                return Some(GraceChange::Began);
            }
        } else if self.covers(self.min_runway_secs)? {
            self.arrears_since_ts = 0;
            return Some(GraceChange::Ended);
        }
        Some(GraceChange::None)
    }

    /// Whether what is available pays for what is owed, and for the agreed storage of `secs` from the
    /// watermark on or of what is left of the term.
    pub fn covers(&self, secs: u64) -> Option<bool> {
        let runway = self.runway_mb_secs(secs)?;
        Some(self.available()? >= self.owed_at_most(runway, self.egress_mb)?)
    }

    /// The agreed storage of `secs` from the watermark on, at most to the end.
    fn runway_mb_secs(&self, secs: u64) -> Option<u128> {
        let secs = secs.min(self.end_ts.saturating_sub(self.through_ts));
        mb_secs(self.agreed_storage_mb, secs)
    }

    /// Whether the consumer's grace period is over.
    pub fn grace_is_over(&self, grace_secs: u64, now: u64) -> bool {
        self.arrears_since_ts != 0 && now >= self.arrears_since_ts.saturating_add(grace_secs)
    }

    /// What must stay locked when the consumer takes money back: what is owed, the egress reserve,
    /// and the agreed storage from the watermark to `now` and for the minimum runway.
    #[inline(always)]
    pub fn least_to_keep(&self, now: u64) -> Option<i128> {
        let secs = now
            .saturating_sub(self.through_ts)
            .checked_add(self.min_runway_secs)?;
        self.owed_at_most(self.runway_mb_secs(secs)?, self.egress_mb)?
            .checked_add(self.reserve()?)
    }

    /// The most that is owed with a window of `window_mb_secs` and egress up to `egress_mb`: no
    /// credit is taken off.
    pub fn owed_at_most(&self, window_mb_secs: u128, egress_mb: u64) -> Option<i128> {
        let payable = self.payable_with(window_mb_secs)?;
        self.prices
            .net(payable, egress_mb)?
            .checked_sub(self.paid_total)
    }
}
