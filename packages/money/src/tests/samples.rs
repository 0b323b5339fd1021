//! A deal with defaults.

use crate::{
    sla::Sla,
    units::{NOT_MEASURED, ONE_USD, SECS_PER_DAY},
    Meter, Prices,
};

pub const START_TS: u64 = 1_750_000_000;
pub const FINAL_WINDOW_SECS: u64 = 3 * SECS_PER_DAY;

/// 500 GB for 90 days with 50 GB of egress, at 0.02 USD a GB and month and 0.01 USD a GB; the
/// published policy; 30 USD locked.
pub fn meter() -> Meter {
    Meter {
        agreed_storage_mb: 500 * 1_024,
        agreed_egress_mb: 50 * 1_024,
        prices: Prices {
            storage: 200_000,
            egress: 100_000,
        },
        sla: Sla {
            latency_ms: 100,
            uptime_bps: 9_990,
            min_window_secs: SECS_PER_DAY / 2,
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
            critical_limit: 3,
        },
        grace_runway_secs: 6 * SECS_PER_DAY,
        min_runway_secs: 7 * SECS_PER_DAY,
        start_ts: START_TS,
        end_ts: START_TS + 90 * SECS_PER_DAY,
        through_ts: START_TS,
        latency_ms: NOT_MEASURED,
        uptime_bps: NOT_MEASURED,
        locked: 30 * ONE_USD,
        ..Meter::default()
    }
}
