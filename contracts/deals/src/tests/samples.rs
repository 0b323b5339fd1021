//! Deals with defaults, for the tests of this crate.

use flash_interfaces::{
    deals::{Policy, SlaTiers, Terms},
    registry::Metering,
};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use soroban_sdk::{testutils::Address as _, Address, Env, String};

use crate::slot::DealSlot;

pub const START_TS: u64 = 1_750_000_000;

/// The published defaults.
pub fn policy() -> Policy {
    Policy {
        accept_window_secs: 3 * SECS_PER_DAY,
        fund_window_secs: 3 * SECS_PER_DAY,
        notice_secs: 7 * SECS_PER_DAY,
        grace_secs: 3 * SECS_PER_DAY,
        final_window_secs: 3 * SECS_PER_DAY,
        silence_secs: 3 * SECS_PER_DAY,
        min_runway_secs: 7 * SECS_PER_DAY,
        min_fund: ONE_USD,
        min_window_secs: SECS_PER_DAY / 2,
        critical_limit: 3,
        fee_bps: 200,
        sla: SlaTiers {
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
        },
    }
}

/// 500 GB for 90 days with 50 GB of egress, at 0.02 USD a GB and month and 0.01 USD a GB.
pub fn terms(env: &Env) -> Terms {
    Terms {
        consumer_id: Address::generate(env),
        provider_id: Address::generate(env),
        bucket_id: 1,
        api_compatibility: String::from_str(env, "S3"),
        duration_secs: 90 * SECS_PER_DAY,
        agreed_storage_mb: 500 * 1_024,
        agreed_egress_mb: 50 * 1_024,
        price_per_gb_storage: 200_000,
        price_per_gb_egress: 100_000,
        sla_avg_latency_ms: 100,
        sla_avg_uptime_pct: 9_990,
        asset: Address::generate(env),
        policy_version: 1,
        created_ts: START_TS,
        metering: Metering::Gateway,
        offer_revision: 1,
        succeeds: None,
    }
}

/// A live deal with 30 USD locked.
pub fn slot() -> DealSlot {
    let env = Env::default();
    DealSlot::new(7, &terms(&env), &policy(), 30 * ONE_USD, START_TS).expect("in range")
}
