//! A slot reads back as it was written, at the bounds of every field.

use flash_common::book::Page;
use flash_interfaces::deals::NOT_MEASURED;
use flash_money::meter::Flags;
use flash_money::units::{MAX_DEAL_MB, MAX_DURATION_SECS, MAX_MONEY, MAX_PRICE};
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
    most.deal_id = u32::MAX;
    most.meter.agreed_storage_mb = MAX_DEAL_MB;
    most.meter.agreed_egress_mb = MAX_DEAL_MB;
    most.meter.prices.storage = MAX_PRICE;
    most.meter.prices.egress = MAX_PRICE;
    most.meter.sla.latency_ms = 60_000;
    most.meter.sla.uptime_bps = 10_000;
    most.meter.sla.min_window_secs = 7 * 86_400;
    most.meter.sla.minor_uptime_bps = 10_000;
    most.meter.sla.major_uptime_bps = 10_000;
    most.meter.sla.minor_latency_bps = 60_000;
    most.meter.sla.minor_credit_bps = 10_000;
    most.meter.sla.major_credit_bps = 10_000;
    most.meter.sla.critical_limit = 30;
    most.meter.min_runway_secs = 30 * 86_400;
    most.meter.end_ts = START_TS + 100 * MAX_DURATION_SECS;
    most.meter.close_ts = most.meter.end_ts;
    most.meter.final_until_ts = most.meter.end_ts;
    most.meter.breach_ts = most.meter.end_ts;
    most.meter.through_ts = most.meter.end_ts;
    most.meter.storage_mb_secs = integral;
    most.meter.payable_mb_secs_bps = integral * 10_000;
    most.meter.egress_mb = MAX_DEAL_MB;
    most.meter.rate_mb = MAX_DEAL_MB;
    most.meter.latency_ms = 3_600_000;
    most.meter.uptime_bps = 10_000;
    most.meter.strikes = 255;
    most.meter.clipped_windows = 255;
    most.meter.paid_total = MAX_MONEY;
    most.meter.locked = MAX_MONEY;
    most.meter.arrears_since_ts = most.meter.end_ts;
    most.settled = SettledSpan {
        through_ts: most.meter.end_ts,
        storage_mb_secs: integral,
        egress_mb: MAX_DEAL_MB,
    };
    most.meter.give_notice(most.meter.end_ts, true);
    most.meter.flags.set(Flags::MEASURED);
    most.meter.flags.set(Flags::OVERUSED);
    assert_eq!(round_trip(&most), Some(most));
}

#[test]
fn not_measured_survives_and_is_no_value() {
    let mut slot = slot();
    slot.meter.latency_ms = NOT_MEASURED;
    slot.meter.uptime_bps = 0;
    let back = round_trip(&slot).unwrap();
    assert_eq!(
        (back.meter.latency_ms, back.meter.uptime_bps),
        (NOT_MEASURED, 0)
    );
}

#[test]
fn a_value_beyond_its_field_is_refused() {
    let refused = |change: fn(&mut DealSlot)| {
        let mut slot = slot();
        change(&mut slot);
        assert_eq!(round_trip(&slot), None);
    };
    refused(|slot| slot.meter.agreed_storage_mb = 1 << 48);
    refused(|slot| slot.meter.storage_mb_secs = 1 << 72);
    refused(|slot| slot.meter.payable_mb_secs_bps = 1 << 88);
    refused(|slot| slot.meter.strikes = 256);
    refused(|slot| slot.meter.end_ts = 1 << 40);
    refused(|slot| slot.meter.locked = -1);
    refused(|slot| slot.meter.paid_total = 1 << 63);
    refused(|slot| slot.meter.prices.storage = 1 << 48);
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
