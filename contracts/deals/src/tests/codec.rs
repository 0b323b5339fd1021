//! A slot reads back as it was written, at the bounds of every field.

use flash_common::{
    book::Page,
    units::{MAX_DEAL_MB, MAX_DURATION_SECS, MAX_MONEY, MAX_PRICE},
};
use flash_interfaces::deals::NOT_MEASURED;
use soroban_sdk::Env;

use super::samples::{slot, START_TS};
use crate::slot::{DealSlot, SettledSpan};

fn round_trip(slot: &DealSlot) -> Option<DealSlot> {
    let mut page = Page::<DealSlot>::default();
    page.push(slot)?;
    page.get(0)
}

#[test]
fn a_new_slot_reads_back() {
    assert_eq!(round_trip(&slot()), Some(slot()));
}

#[test]
fn every_field_holds_its_largest_value() {
    let mut most = slot();
    let integral = u128::from(MAX_DEAL_MB) * u128::from(MAX_DURATION_SECS);
    let price = u64::try_from(MAX_PRICE).unwrap();
    most.deal_id = u32::MAX;
    most.agreed_storage_mb = MAX_DEAL_MB;
    most.agreed_egress_mb = MAX_DEAL_MB;
    most.prices.storage = price;
    most.prices.egress = price;
    most.sla.latency_ms = 60_000;
    most.sla.uptime_bps = 10_000;
    most.sla.min_window_secs = 7 * 86_400;
    most.sla.minor_uptime_bps = 10_000;
    most.sla.major_uptime_bps = 10_000;
    most.sla.minor_latency_bps = 60_000;
    most.sla.minor_credit_bps = 10_000;
    most.sla.major_credit_bps = 10_000;
    most.sla.critical_limit = 30;
    most.min_runway_secs = 30 * 86_400;
    most.final_window_secs = 5 * 86_400;
    most.end_ts = START_TS + 100 * MAX_DURATION_SECS;
    most.close_ts = most.end_ts;
    most.through_ts = most.end_ts;
    most.storage_mb_secs = integral;
    most.payable_mb_secs_bps = integral * 10_000;
    most.egress_mb = MAX_DEAL_MB;
    most.rate_mb = MAX_DEAL_MB;
    most.latency_ms = 3_600_000;
    most.uptime_bps = 10_000;
    most.strikes = 255;
    most.paid_total = MAX_MONEY;
    most.locked = MAX_MONEY;
    most.arrears_since_ts = most.end_ts;
    most.settled = SettledSpan {
        through_ts: most.end_ts,
        storage_mb_secs: integral,
        egress_mb: MAX_DEAL_MB,
    };
    most.set_notice(most.end_ts, true);
    most.set_measured();
    most.set_breached();
    assert_eq!(round_trip(&most), Some(most));
}

#[test]
fn not_measured_survives_and_is_no_value() {
    let mut slot = slot();
    slot.latency_ms = NOT_MEASURED;
    slot.uptime_bps = 0;
    let back = round_trip(&slot).unwrap();
    assert_eq!((back.latency_ms, back.uptime_bps), (NOT_MEASURED, 0));
}

#[test]
fn a_value_beyond_its_field_is_refused() {
    let refused = |change: fn(&mut DealSlot)| {
        let mut slot = slot();
        change(&mut slot);
        assert_eq!(round_trip(&slot), None);
    };
    refused(|slot| slot.agreed_storage_mb = 1 << 48);
    refused(|slot| slot.storage_mb_secs = 1 << 72);
    refused(|slot| slot.payable_mb_secs_bps = 1 << 88);
    refused(|slot| slot.strikes = 256);
    refused(|slot| slot.end_ts = 1 << 40);
    refused(|slot| slot.locked = -1);
    refused(|slot| slot.paid_total = 1 << 63);
    refused(|slot| slot.prices.storage = 1 << 48);
}

#[test]
fn a_full_page_stays_below_3_kib() {
    let env = Env::default();
    let mut page = Page::<DealSlot>::default();
    while !page.is_full() {
        page.push(&slot()).expect("fits");
    }
    // Key and entry around the bytes take less than 300.
    assert!(
        page.to_bytes(&env).len() + 300 <= 3_072,
        "{}",
        page.to_bytes(&env).len()
    );
}
