//! How a funded deal stands, for whoever shows it. Source: docs/money.md, "Health".

use crate::{meter::Meter, report::Reading};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    Ok,
    /// The money covers less than twice the policy's minimum runway.
    Low,
    /// … less than the minimum runway.
    Critical,
    /// The grace period runs.
    Grace,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Health {
    pub level: Level,
    /// At the last window's rate, for display only; `u64::MAX` where that costs nothing.
    pub runway_secs: u64,
    pub egress_left_mb: u64,
    pub arrears: i128,
    /// When the grace period ends; 0 outside it.
    pub grace_until_ts: u64,
    /// What the consumer would get when closing now: at once, and at most after the final report.
    pub refund_at_close: i128,
    pub refund_at_release: i128,
}

impl Meter {
    /// How the deal stands at `now`. `staged` is the reading that closing would apply first.
    pub fn health(&self, grace_secs: u64, staged: Option<&Reading>, now: u64) -> Option<Health> {
        let spare = self.available()?.checked_sub(self.owed()?)?;
        let runway_secs = self.prices.runway_secs(spare, self.rate_mb);
        let (refund_at_close, refund_at_release) = self.refunds(staged, now)?;
        Some(Health {
            level: self.level()?,
            runway_secs,
            egress_left_mb: self.agreed_egress_mb.saturating_sub(self.egress_mb),
            arrears: spare.checked_neg()?.max(0),
            grace_until_ts: match self.arrears_since_ts {
                0 => 0,
                since_ts => since_ts.saturating_add(grace_secs),
            },
            refund_at_close,
            refund_at_release,
        })
    }

    fn level(&self) -> Option<Level> {
        Some(if self.arrears_since_ts != 0 {
            Level::Grace
        } else if !self.covers(self.min_runway_secs)? {
            Level::Critical
        } else if !self.covers(self.min_runway_secs.saturating_mul(2))? {
            Level::Low
        } else {
            Level::Ok
        })
    }

    /// What the consumer gets when closing at `now`: at once, and at most later.
    fn refunds(&self, staged: Option<&Reading>, now: u64) -> Option<(i128, i128)> {
        let mut closed = *self;
        if let Some(reading) = staged {
            // Closing drops a staged window that it cannot apply.
            closed.apply(reading, now).ok();
        }
        // The final window moves no money.
        closed.close(0, now);
        closed.locked = closed.locked.checked_sub(closed.pay(closed.owed()?)?)?;
        let held = closed.holdback(closed.close_ts)?;
        Some((closed.locked.checked_sub(held)?, held))
    }
}
