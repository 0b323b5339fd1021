//! Closing ends the service, and what the unreported time can still cost is held back. Release ends
//! the money. Source: docs/money.md, "Closing and release".

use crate::{meter::Meter, prices::mb_secs, units::BPS};

impl Meter {
    /// Ends the deal now, or at its end where that has passed. The final window counts from now: who
    /// closes late must not take away the time to report what was served before.
    pub fn close(&mut self, final_window_secs: u64, now: u64) {
        self.close_ts = now.min(self.end_ts);
        self.final_until_ts = now.saturating_add(final_window_secs);
    }

    /// Whether the report that ends a closed deal has come.
    pub fn is_final(&self) -> bool {
        self.is_closed() && self.through_ts == self.close_ts
    }

    /// Whether a closed deal is over before its final window is: everything is reported, and what is
    /// locked pays for all of it.
    pub fn is_complete(&self) -> Option<bool> {
        Some(self.is_final() && self.owed()? <= self.locked)
    }

    /// Whether a closed deal is released now, whatever is owed then.
    pub fn release_is_due(&self, now: u64) -> Option<bool> {
        Some(self.is_complete()? || (self.is_closed() && now >= self.final_until_ts))
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
    /// without credit. A provider in breach gets nothing for what it cannot show.
    pub fn add_unreported_tail(&mut self, most_secs: u64) -> Option<()> {
        if self.is_breached() {
            return Some(());
        }
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
