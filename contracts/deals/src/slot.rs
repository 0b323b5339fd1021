//! A live deal as it stands in the provider's book. What it costs and owes is `flash_money`'s to
//! say; a slot leaves the book when its deal is released.

use flash_common::book::Page;
use flash_interfaces::deals::{Policy, Terms};
use flash_money::{meter::Flags, settle::Settlement, sla::Sla, units::NOT_MEASURED, Meter};

use crate::policy;

mod codec;

/// What had been reported when the deal was last settled: only for what the lists show.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SettledSpan {
    pub through_ts: u64,
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
}

/// A live deal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealSlot {
    pub deal_id: u32,
    pub meter: Meter,
    /// What funding brought. A provider's breach weighs at least this much, up to the quote.
    pub first_deposit: i128,
    pub settled: SettledSpan,
}

impl Default for DealSlot {
    /// Cleared, to be read into. One function, because every command that reads a slot would carry
    /// the code otherwise.
    #[inline(never)]
    fn default() -> Self {
        Self {
            deal_id: 0,
            meter: Meter::default(),
            first_deposit: 0,
            settled: SettledSpan::default(),
        }
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
        let meter = Meter {
            agreed_storage_mb: terms.agreed_storage_mb,
            agreed_egress_mb: terms.agreed_egress_mb,
            prices: policy::prices(terms)?,
            sla: sla(terms, policy),
            grace_runway_secs: policy::grace_runway_secs(policy),
            min_runway_secs: policy.min_runway_secs,
            start_ts: now,
            end_ts: now.checked_add(terms.duration_secs)?,
            close_ts: 0,
            final_until_ts: 0,
            through_ts: now,
            storage_mb_secs: 0,
            payable_mb_secs_bps: 0,
            egress_mb: 0,
            rate_mb: 0,
            latency_ms: NOT_MEASURED,
            uptime_bps: NOT_MEASURED,
            strikes: 0,
            breach_ts: 0,
            clipped_windows: 0,
            flags: Flags::default(),
            paid_total: 0,
            locked,
            arrears_since_ts: 0,
        };
        Some(Self {
            deal_id,
            meter,
            first_deposit: locked,
            settled: SettledSpan {
                through_ts: now,
                storage_mb_secs: 0,
                egress_mb: 0,
            },
        })
    }

    /// Pays what is owed and can be paid.
    pub fn settle(&mut self) -> Option<Settlement> {
        let settlement = self.meter.settle()?;
        self.settled = SettledSpan {
            through_ts: self.meter.through_ts,
            storage_mb_secs: self.meter.storage_mb_secs,
            egress_mb: self.meter.egress_mb,
        };
        Some(settlement)
    }
}

/// What the windows of a deal are held to.
fn sla(terms: &Terms, policy: &Policy) -> Sla {
    Sla {
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
    }
}

/// A page of a provider's book in `deals`.
pub type DealPage = Page<DealSlot>;
