//! A funded deal as its money sees it: what is agreed, what was reported, what was paid.

use crate::{prices::Prices, sla::Sla};

/// A funded deal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Meter {
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub prices: Prices,
    pub sla: Sla,
    /// The grace begins when the money covers less than this.
    pub grace_runway_secs: u64,
    /// … and ends when it covers this.
    pub min_runway_secs: u64,
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// Last time at which a closed deal takes reports; 0 while live.
    pub final_until_ts: u64,
    /// The watermark: usage is reported up to here.
    pub through_ts: u64,
    /// S: stored MB integrated over seconds since the start.
    pub storage_mb_secs: u128,
    /// U: the payable part of S, in basis points of it.
    pub payable_mb_secs_bps: u128,
    /// E: egress since the start.
    pub egress_mb: u64,
    /// Average of the last window.
    pub rate_mb: u64,
    /// Last measured; [`NOT_MEASURED`](crate::units::NOT_MEASURED) when never.
    pub latency_ms: u32,
    pub uptime_bps: u32,
    /// Critical windows in a row.
    pub strikes: u32,
    /// When the strikes reached the limit; 0 before. No better window takes it back.
    pub breach_ts: u64,
    /// Windows in a row in which usage was clipped.
    pub clipped_windows: u32,
    pub flags: Flags,
    /// Gross, the fee in it.
    pub paid_total: i128,
    /// In the escrow.
    pub locked: i128,
    /// When the grace began; 0 outside it.
    pub arrears_since_ts: u64,
}

/// What happened to a deal, a bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Flags(pub u8);

impl Flags {
    /// The provider gave notice.
    pub const NOTICE: Self = Self(1);
    /// The notice took effect at once, because nothing had been reported.
    pub const SILENT: Self = Self(2);
    /// At least one window carried an SLA verdict.
    pub const MEASURED: Self = Self(4);
    /// The notice came after clipped windows in a row, so it costs the provider nothing.
    pub const OVERUSED: Self = Self(8);

    #[inline(always)]
    pub fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    #[inline(always)]
    pub fn set(&mut self, flag: Self) {
        self.0 |= flag.0;
    }
}

impl Meter {
    pub fn is_closed(&self) -> bool {
        self.close_ts != 0
    }

    /// The provider's notice: the deal ends at `end_ts`, or earlier where it would anyway. It is
    /// neutral after as many clipped windows in a row as there may be critical ones.
    pub fn give_notice(&mut self, end_ts: u64, silent: bool) {
        self.end_ts = self.end_ts.min(end_ts);
        self.flags.set(Flags::NOTICE);
        if silent {
            self.flags.set(Flags::SILENT);
        }
        if self.clipped_windows >= self.sla.critical_limit {
            self.flags.set(Flags::OVERUSED);
        }
    }

    /// Whether the strikes ever reached the limit.
    pub fn is_breached(&self) -> bool {
        self.breach_ts != 0
    }

    /// What the usage so far costs with the SLA credit taken off: what is paid and what is owed.
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

    /// Ring-fenced, while the deal is live, for the agreed egress that is not used yet.
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
}
