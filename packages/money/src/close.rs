//! Closing: the service ends, and what the unreported time can still cost is held back.
//! Source: docs/money.md, "Closing".

use crate::{meter::Meter, prices::mb_secs, units::BPS};

/// Longest final window that is stored: three bytes, 194 days.
pub const MAX_FINAL_WINDOW_SECS: u64 = 0xff_ffff;

impl Meter {
    /// Ends the deal now, or at its end where that has passed. The final window counts from now: who
    /// closes late must not take away the time to report what was served before.
    pub fn close(&mut self, now: u64) {
        self.close_ts = now.min(self.end_ts);
        let late_secs = now.saturating_sub(self.close_ts);
        self.final_window_secs = self
            .final_window_secs
            .saturating_add(late_secs)
            .min(MAX_FINAL_WINDOW_SECS);
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

    /// What a deal closed at `close_ts` holds back: the most that the unreported time can still
    /// cost, and at most what is locked. 0 when everything is reported, for then no report can
    /// follow.
    pub fn holdback(&self, close_ts: u64) -> Option<i128> {
        let tail_secs = close_ts.checked_sub(self.through_ts)?;
        if tail_secs == 0 {
            return Some(0);
        }
        let payable = self.payable_with(mb_secs(self.agreed_storage_mb, tail_secs)?)?;
        let most = self.prices.net(payable, self.agreed_egress_mb)?;
        Some(most.checked_sub(self.charged()?)?.min(self.locked))
    }

    /// Adds storage that nobody reported, for at most `most_secs`: at the last window's rate,
    /// without credit.
    pub fn add_unreported_tail(&mut self, most_secs: u64) -> Option<()> {
        let secs = self.close_ts.saturating_sub(self.through_ts).min(most_secs);
        let tail = mb_secs(self.rate_mb, secs)?;
        let payable = self.payable_with(tail)?;
        self.storage_mb_secs = self.storage_mb_secs.checked_add(tail)?;
        self.payable_mb_secs_bps = payable;
        Some(())
    }

    /// U with storage of `mb_secs` more, none of it credited.
    pub(crate) fn payable_with(&self, mb_secs: u128) -> Option<u128> {
        self.payable_mb_secs_bps
            .checked_add(mb_secs.checked_mul(BPS.into())?)
    }
}
