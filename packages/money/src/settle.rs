//! Settlement: what is owed is paid out of what is available. Source: docs/money.md, "Settlement".

use crate::{meter::Meter, prices::mb_secs};

/// How a settlement left a deal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settlement {
    /// Gross amount to pay, at least 0.
    pub pay: i128,
    /// Owed and not payable.
    pub arrears: i128,
    /// The grace period began with this settlement.
    pub began: bool,
    /// The grace period ended with this settlement.
    pub cleared: bool,
}

impl Settlement {
    /// Whether the deal is as it was.
    pub fn is_noop(&self) -> bool {
        self.pay == 0 && !self.began && !self.cleared
    }
}

impl Meter {
    /// Pays what is owed and can be paid. On `None` the caller drops the meter.
    #[inline(always)]
    pub fn settle(&mut self, now: u64) -> Option<Settlement> {
        let owed = self.owed()?;
        let pay = self.pay(owed)?;
        self.paid_total = self.paid_total.checked_add(pay)?;
        self.locked = self.locked.checked_sub(pay)?;
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

    /// What is paid of `owed` when settling now.
    #[inline(always)]
    pub(crate) fn pay(&self, owed: i128) -> Option<i128> {
        Some(owed.min(self.available()?).max(0))
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

    /// Storage at the agreed size for the minimum runway, or for what is left of the term.
    fn runway_cost(&self) -> Option<i128> {
        let secs = self
            .min_runway_secs
            .min(self.end_ts.saturating_sub(self.through_ts));
        self.prices
            .charge(mb_secs(self.agreed_storage_mb, secs)?, 0)
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
        let storage = self
            .prices
            .charge(mb_secs(self.agreed_storage_mb, secs)?, 0)?;
        self.owed()?
            .checked_add(self.reserve()?)?
            .checked_add(storage)
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
