//! A funded deal's whole way, to the stroop: reports, settlements, stages, closing, parting.

use flash_interfaces::{
    deals::{
        report_flags, Advance, BookDeals, DealStatus, DealsError, EndReason, HealthLevel,
        ReportItem, Reported, Stage,
    },
    reputation::{Outcome, OutcomeRecorded},
};
use flash_money::units::ONE_USD;
use soroban_sdk::{testutils::Events as _, vec, Event};

use super::{
    market::{refused, Market, DAY, EGRESS_MB, FULL_MB, STORAGE_DAY},
    samples::START_TS,
    std,
};
use flash_money::report::Reading;

use crate::storage;

/// What the first day costs with 1 GB of egress: 2 % of it are the fee.
const DAY_ONE: i128 = STORAGE_DAY + 100_000;
const FEE_ONE: i128 = 68_666;
/// 30 USD.
const DEPOSIT: i128 = 30 * ONE_USD;
/// Seven days of storage and all egress.
const LEAST: i128 = 7 * STORAGE_DAY + 2 + 5_000_000;
const SILENCE: u64 = 3 * DAY;
const GRACE: u64 = 3 * DAY;
const NOTICE: u64 = 7 * DAY;
const FINAL: u64 = 3 * DAY;

fn outage(m: &Market, nth: u64) -> Reading {
    Reading {
        uptime_bps: 0,
        ..m.days(nth)
    }
}

/// The last call published exactly this item, among other events.
fn published(m: &Market, item: ReportItem) {
    let told = Reported {
        items: vec![&m.env, item],
    };
    let all = m.env.events().all().filter_by_contract(&m.deals.address);
    let expected = told.to_xdr(&m.env, &m.deals.address);
    assert!(all.events().contains(&expected), "{item:?} in {all:?}");
}

/// So many events of `deals` in the last call.
fn told(m: &Market) -> usize {
    let all = m.env.events().all().filter_by_contract(&m.deals.address);
    all.events().len()
}

/// So many events of the escrow in the last call: none where it was not called.
fn paying(m: &Market) -> usize {
    let all = m.env.events().all().filter_by_contract(&m.escrow.address);
    all.events().len()
}

fn step(m: &Market, deal: u32) -> u32 {
    m.deals.advance_deal(&deal)
}

/// Nothing more is due, and the deal can be deleted.
fn over(m: &Market, deal: u32) {
    assert_eq!(step(m, deal), Advance::NothingDue as u32);
    m.deals.delete_deal(&m.consumer, &m.provider, &deal);
}

// ---- reports and settlements ----

#[test]
fn a_report_is_applied_and_a_settlement_pays_for_it_once() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    assert_eq!(m.report(deal, m.days(1)), 0);
    m.signed_by(&m.oracle);
    let totals = (deal, u128::from(FULL_MB * DAY), 1_024, START_TS + DAY);
    published(
        &m,
        (
            totals.0,
            totals.1,
            totals.2,
            totals.3,
            report_flags::VERDICT,
            0,
        ),
    );
    assert_eq!(told(&m), 1, "no clip, for nothing was");
    assert_eq!(m.account(deal), [DEPOSIT, 0, 0, 0]);
    let again = m.report(deal, m.days(1));
    assert_eq!(again, DealsError::AlreadyReported as u32);
    assert_eq!(m.settle(deal), 0);
    assert_eq!((told(&m), paying(&m)), (1, 1));
    assert_eq!(m.env.auths(), [], "anyone may");
    let paid = [DEPOSIT - DAY_ONE, DAY_ONE - FEE_ONE, FEE_ONE, 0];
    assert_eq!(m.account(deal), paid);
    assert_eq!(m.claimable(&m.provider), DAY_ONE - FEE_ONE);
    assert_eq!(m.settle(deal), DealsError::NothingToSettle as u32);
    assert_eq!((told(&m), paying(&m)), (0, 0), "nothing is owed");
    assert_eq!(m.settle(deal + 1), DealsError::NotOnPage as u32);
    assert_eq!(m.account(deal), paid);
    assert_eq!(m.meter(deal).paid_total, DAY_ONE);
    assert_eq!(m.deal(deal).paid_storage_mb, FULL_MB);
}

#[test]
fn a_round_reports_and_pays_at_once() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    let clipped = Reading {
        egress_mb: EGRESS_MB + 1,
        ..m.days(1)
    };
    assert_eq!(m.round(deal, clipped), 0);
    m.signed_by(&m.oracle);
    let flags = report_flags::VERDICT | report_flags::CLIPPED;
    let pay = STORAGE_DAY + 5_000_000;
    let day = u128::from(FULL_MB * DAY);
    published(&m, (deal, day, EGRESS_MB, START_TS + DAY, flags, pay));
    assert_eq!(told(&m), 2, "the clip is told too");
    assert_eq!(m.account(deal)[0], DEPOSIT - pay);
}

#[test]
fn bad_items_of_a_batch_have_their_codes_and_disturb_nobody() {
    let m = Market::new();
    let (one, two) = (m.funded(), m.funded());
    m.at(START_TS + DAY);
    let items = vec![
        &m.env,
        m.item(one, m.days(1)),
        m.item(9, m.days(1)),
        m.item(one, m.days(1)),
        m.item(two, m.days(2)),
        m.item(two, m.days(1)),
    ];
    let books = vec![&m.env, m.book(items.clone()), m.book(items)];
    let codes = m.deals.report_and_settle(&books);
    let second = DealsError::DuplicateBook as u32;
    let expected = vec![
        &m.env,
        0,
        DealsError::NotOnPage as u32,
        DealsError::DuplicateInBatch as u32,
        DealsError::WatermarkTooLate as u32,
        0,
        second,
        second,
        second,
        second,
        second,
    ];
    assert_eq!(codes, expected);
    for deal in [one, two] {
        assert_eq!(m.account(deal)[0], DEPOSIT - DAY_ONE);
    }
}

#[test]
fn a_book_that_comes_twice_leaves_the_page_of_the_first() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    let mut next = m.book(vec![&m.env, m.item(deal, m.days(1))]);
    next.page = 1;
    let first = m.book(vec![&m.env, m.item(deal, m.days(1))]);
    let codes = m.deals.report(&vec![&m.env, first.clone(), next, first]);
    let (absent, twice) = (
        DealsError::NotOnPage as u32,
        DealsError::DuplicateBook as u32,
    );
    assert_eq!(codes, vec![&m.env, 0, absent, twice]);
    assert_eq!(m.meter(deal).through_ts, START_TS + DAY);
}

#[test]
fn an_idle_window_is_reported_and_nothing_is_paid_for_it() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    let idle = Reading {
        storage_mb_secs: 0,
        egress_mb: 0,
        ..m.days(1)
    };
    assert_eq!(m.round(deal, idle), 0);
    assert_eq!(m.account(deal), [DEPOSIT, 0, 0, 0]);
}

#[test]
fn a_deal_that_leaves_in_a_batch_is_paid_once_beside_one_that_stays() {
    let m = Market::new();
    let (leaves, stays) = (m.funded(), m.funded());
    m.at(START_TS + DAY);
    m.deals.close_deal(&m.consumer, &leaves);
    let items = vec![&m.env, m.item(leaves, m.days(1)), m.item(stays, m.days(1))];
    let codes = m.deals.report_and_settle(&vec![&m.env, m.book(items)]);
    assert_eq!(codes, vec![&m.env, 0, 0]);
    let paid = DAY_ONE - FEE_ONE;
    assert_eq!(m.account(leaves), [0, paid, FEE_ONE, DEPOSIT - DAY_ONE]);
    assert_eq!(m.account(stays), [DEPOSIT - DAY_ONE, paid, FEE_ONE, 0]);
    assert_eq!(m.claimable(&m.provider), 2 * paid);
}

#[test]
fn a_batch_has_at_most_60_books_and_100_items() {
    let m = Market::new();
    let books =
        |count| soroban_sdk::Vec::from_iter(&m.env, (0..count).map(|_| m.book(vec![&m.env])));
    assert!(m.deals.try_report(&books(60)).is_ok());
    assert_eq!(
        refused(m.deals.try_report(&books(61))),
        DealsError::BatchTooLarge
    );
    let rounds = |count, deals| {
        let book = BookDeals {
            provider: m.provider.clone(),
            asset: m.asset.clone(),
            page: 0,
            deal_ids: soroban_sdk::Vec::from_iter(&m.env, 0..deals),
        };
        soroban_sdk::Vec::from_iter(&m.env, (0..count).map(|_| book.clone()))
    };
    assert!(m.deals.try_settle(&rounds(60, 1)).is_ok());
    assert_eq!(
        refused(m.deals.try_settle(&rounds(61, 0))),
        DealsError::BatchTooLarge
    );
    assert!(m.deals.try_settle(&rounds(1, 100)).is_ok());
    assert_eq!(
        refused(m.deals.try_settle(&rounds(1, 101))),
        DealsError::BatchTooLarge
    );
}

#[test]
fn the_grace_is_told_in_the_flags_and_ends_the_deal() {
    let m = Market::new();
    let deal = m.funded_with(LEAST);
    m.at(START_TS + 4 * DAY);
    assert_eq!(m.round(deal, m.days(4)), 0);
    let stored = u128::from(FULL_MB * DAY * 4);
    let flags = report_flags::VERDICT | report_flags::GRACE_BEGAN;
    let pay = 13_333_333 + 400_000;
    published(&m, (deal, stored, 4_096, START_TS + 4 * DAY, flags, pay));
    assert_eq!(told(&m), 2, "that the grace began too");
    assert_eq!(m.meter(deal).arrears_since_ts, START_TS + 4 * DAY);
    m.at(START_TS + 4 * DAY + GRACE - 1);
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    m.at(START_TS + 4 * DAY + GRACE);
    assert_eq!(step(&m, deal), Advance::Closed as u32);
    assert_eq!(m.end(deal), (DealStatus::Completed, EndReason::Grace));
    assert_eq!(step(&m, deal), Advance::CapacityFreed as u32);
    assert_eq!(step(&m, deal), Advance::NothingDue as u32, "a tail is open");
    assert_eq!(m.round(deal, m.days(7)), 0);
    assert_eq!(m.end(deal), (DealStatus::Completed, EndReason::Grace));
    assert_eq!(m.meter(deal).owed, 0, "there was money for the grace");
    assert_eq!(step(&m, deal), Advance::OutcomeWritten as u32);
    assert_eq!(m.score(), (50, 50));
    over(&m, deal);
}

#[test]
fn a_top_up_that_is_enough_ends_the_grace() {
    let m = Market::new();
    let deal = m.funded_with(LEAST);
    m.at(START_TS + 2 * DAY);
    assert_eq!(m.round(deal, m.days(2)), 0);
    let locked = m.account(deal)[0];
    m.deals.sponsor_deal(&m.stranger, &deal, &1);
    m.signed_by(&m.stranger);
    assert_eq!(told(&m), 1, "dust");
    let enough = u128::from(10_000_000_u32);
    m.deals
        .deposit_to_deal(&m.consumer, &m.provider, &deal, &enough);
    m.signed_by(&m.consumer);
    assert_eq!(told(&m), 2, "the grace ended");
    assert_eq!(m.meter(deal).arrears_since_ts, 0);
    assert_eq!(m.account(deal)[0], locked + ONE_USD + 1);
}

#[test]
fn arrears_are_told_in_the_flags_and_settling_them_again_changes_nothing() {
    let m = Market::new();
    let deal = m.funded_with(LEAST);
    m.at(START_TS + 8 * DAY);
    let reading = Reading {
        egress_mb: 0,
        ..m.days(8)
    };
    assert_eq!(m.round(deal, reading), 0);
    let stored = u128::from(FULL_MB * DAY * 8);
    let flags = report_flags::VERDICT | report_flags::ARREARS | report_flags::GRACE_BEGAN;
    let pay = 7 * STORAGE_DAY + 2;
    published(&m, (deal, stored, 0, START_TS + 8 * DAY, flags, pay));
    let meter = m.meter(deal);
    assert_eq!((meter.owed, meter.locked), (STORAGE_DAY, 5_000_000));
    assert_eq!(m.settle(deal), DealsError::NothingToSettle as u32);
    assert_eq!(paying(&m), 1, "its keys are named where something is owed");
}

#[test]
fn the_grace_ends_with_a_report_after_which_little_of_the_term_is_left() {
    let m = Market::new();
    let deal = m.funded_with(LEAST);
    m.at(START_TS + 2 * DAY);
    assert_eq!(m.round(deal, m.days(2)), 0);
    assert!(m.meter(deal).arrears_since_ts > 0);
    let through_ts = START_TS + 90 * DAY - 3_600;
    m.at(through_ts);
    let idle = Reading {
        through_ts,
        ..m.days(2)
    };
    assert_eq!(m.report(deal, idle), 0);
    assert_eq!(told(&m), 2, "that the grace ended too");
    assert_eq!(m.meter(deal).arrears_since_ts, 0);
}

#[test]
fn money_is_added_by_anyone_and_reduced_by_the_consumer_down_to_the_need() {
    let m = Market::new();
    let (deal, pending) = (m.funded(), m.created());
    let (p, c) = (&m.provider, &m.consumer);
    let early = m.deals.try_sponsor_deal(&m.stranger, &pending, &1);
    assert_eq!(refused(early), DealsError::NotFunded);
    let early = m.deals.try_reduce_deposit(c, &pending, &1);
    assert_eq!(refused(early), DealsError::NotFunded);
    let none = m.deals.try_deposit_to_deal(c, p, &deal, &0);
    assert_eq!(refused(none), DealsError::AmountOutOfBounds);
    let other = m.deals.try_deposit_to_deal(c, &m.stranger, &deal, &1);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    let other = m.deals.try_reduce_deposit(p, &deal, &1);
    assert_eq!(refused(other), DealsError::PartyMismatch);

    // At first the minimum deposit has to stay.
    let reduce = |amount: u128| m.deals.try_reduce_deposit(c, &deal, &amount);
    assert_eq!(refused(reduce(271_666_668)), DealsError::LeavesTooLittle);
    assert_eq!(refused(reduce(1 << 60)), DealsError::LeavesTooLittle);
    assert_eq!(reduce(1), Ok(Ok(())));
    m.signed_by(c);
    assert_eq!((m.account(deal)[0], m.claimable(c)), (DEPOSIT - 1, 1));
    m.deals.sponsor_deal(&m.stranger, &deal, &1);
    assert_eq!(m.account(deal)[0], DEPOSIT);
    // Then, beside what is owed and the egress to come, the time since the report and a week more.
    m.at(START_TS + DAY);
    assert_eq!(m.report(deal, m.days(1)), 0);
    m.at(START_TS + 6 * DAY);
    let need = 43_333_333 + 100_000 + 4_900_000;
    let spare = u128::try_from(DEPOSIT - need).unwrap();
    assert_eq!(refused(reduce(spare + 1)), DealsError::LeavesTooLittle);
    assert_eq!(reduce(spare), Ok(Ok(())));
    assert_eq!(m.meter(deal).locked, need);
}

// ---- stages ----

#[test]
fn a_staged_window_is_shown_paid_and_gone() {
    let m = Market::new();
    let deal = m.funded();
    let (p, c) = (&m.provider, &m.consumer);
    let consume = |mb: u64, egress: u64| {
        m.deals
            .try_update_deal_consumption(p, c, &deal, &mb, &egress)
    };
    assert_eq!(refused(consume(1, 1)), DealsError::StageEmpty);
    m.at(START_TS + DAY);
    m.deals.update_deal_sla(p, c, &deal, &80, &10_000);
    m.signed_by(&m.oracle);
    let served = m.deals.get_stage(&deal).unwrap();
    assert_eq!((served.from_ts, served.through_ts), (START_TS, 0));
    assert_eq!((served.latency_ms, served.uptime_bps), (80, 10_000));
    let pay = || m.deals.try_pay_pending_consumption(p, c, &deal);
    assert_eq!(refused(pay()), DealsError::NothingStaged, "no consumption");
    assert_eq!(consume(FULL_MB, 1_024), Ok(Ok(())));
    m.signed_by(&m.oracle);
    let stage = m.deals.get_stage(&deal).unwrap();
    assert_eq!(
        (stage.from_ts, stage.through_ts),
        (START_TS, START_TS + DAY)
    );
    assert_eq!((stage.storage_mb, stage.egress_mb), (FULL_MB, 1_024));
    assert_eq!((stage.latency_ms, stage.uptime_bps), (80, 10_000));
    assert_eq!(pay(), Ok(Ok(())));
    m.signed_by(&m.oracle);
    let day = u128::from(FULL_MB * DAY);
    published(
        &m,
        (
            deal,
            day,
            1_024,
            START_TS + DAY,
            report_flags::VERDICT,
            DAY_ONE,
        ),
    );
    assert_eq!(told(&m), 1, "no clip");
    assert_eq!(m.account(deal)[0], DEPOSIT - DAY_ONE);
    assert_eq!(m.claimable(p), 0, "pushed");
    m.at(START_TS + 2 * DAY);
    assert_eq!(consume(0, 0), Ok(Ok(())), "an idle window");
    assert_eq!(pay(), Ok(Ok(())));
    assert_eq!(paying(&m), 0, "the escrow is not called for nothing");
    assert_eq!(m.deals.get_stage(&deal), None);
    assert_eq!(refused(pay()), DealsError::NothingStaged);
}

#[test]
fn what_was_reported_before_is_paid_without_a_stage() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    assert_eq!(m.report(deal, m.days(1)), 0);
    m.deals
        .pay_pending_consumption(&m.provider, &m.consumer, &deal);
    assert_eq!(m.account(deal)[0], DEPOSIT - DAY_ONE);
}

#[test]
fn a_stage_has_bounds_a_deal_and_a_time() {
    let m = Market::new();
    let (p, c, s) = (&m.provider, &m.consumer, &m.stranger);
    let (deal, pending) = (m.funded(), m.created());
    m.at(START_TS + DAY);
    let serve =
        |latency: u32, uptime: u32| m.deals.try_update_deal_sla(p, c, &deal, &latency, &uptime);
    assert!(serve(3_600_000, 10_000).is_ok());
    assert_eq!(
        refused(serve(3_600_001, 10_000)),
        DealsError::ServiceOutOfBounds
    );
    assert_eq!(refused(serve(1, 10_001)), DealsError::ServiceOutOfBounds);
    let early = m.deals.try_update_deal_consumption(p, c, &pending, &1, &1);
    assert_eq!(refused(early), DealsError::NotFunded);
    let early = m.deals.try_pay_pending_consumption(p, c, &pending);
    assert_eq!(refused(early), DealsError::NotFunded);
    let other = m.deals.try_update_deal_consumption(s, c, &deal, &1, &1);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    let other = m.deals.try_pay_pending_consumption(p, s, &deal);
    assert_eq!(refused(other), DealsError::PartyMismatch);

    m.deals.close_deal(c, &deal);
    m.at(START_TS + DAY + FINAL);
    assert!(m
        .deals
        .try_update_deal_consumption(p, c, &deal, &1, &1)
        .is_ok());
    m.at(START_TS + DAY + FINAL + 1);
    let late = m.deals.try_update_deal_consumption(p, c, &deal, &1, &1);
    assert_eq!(refused(late), DealsError::ReportsClosed);
    assert_eq!(step(&m, deal), Advance::Released as u32);
    let late = m.deals.try_update_deal_consumption(p, c, &deal, &1, &1);
    assert_eq!(refused(late), DealsError::ReportsClosed);
}

#[test]
fn a_stage_is_void_after_a_report_and_without_its_oracle() {
    let m = Market::new();
    let (p, c) = (&m.provider, &m.consumer);
    let deal = m.funded();
    m.at(START_TS + DAY);
    m.deals.update_deal_consumption(p, c, &deal, &1_000, &1);
    let earlier = Reading {
        storage_mb_secs: 0,
        through_ts: START_TS + DAY - 1,
        ..m.days(1)
    };
    assert_eq!(m.report(deal, earlier), 0);
    assert_eq!(m.deals.get_stage(&deal), None);
    m.deals.update_deal_consumption(p, c, &deal, &1_000, &1);
    assert!(m.deals.get_stage(&deal).is_some());
    m.deals.schedule_oracle(&m.stranger);
    m.deals.suspend_oracle();
    assert_eq!(m.deals.get_stage(&deal), None);
    m.at(START_TS + 2 * DAY);
    m.deals.update_deal_consumption(p, c, &deal, &1_000, &1);
    m.signed_by(&m.stranger);
    assert!(m.deals.get_stage(&deal).is_some());
}

#[test]
fn a_stage_without_a_second_in_it_is_no_reading() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    let empty = Stage {
        from_ts: START_TS,
        through_ts: START_TS,
        storage_mb: 1,
        egress_mb: 1,
        latency_ms: 1,
        uptime_bps: 1,
    };
    m.env.as_contract(&m.deals.address, || {
        storage::set_stage(&m.env, deal, &empty, 0);
    });
    assert_eq!(m.deals.get_stage(&deal), Some(empty));
    let paid = m
        .deals
        .try_pay_pending_consumption(&m.provider, &m.consumer, &deal);
    assert_eq!(refused(paid), DealsError::NothingStaged);
}

#[test]
fn a_stage_above_what_is_agreed_is_clipped() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    let (p, c) = (&m.provider, &m.consumer);
    m.deals
        .update_deal_consumption(p, c, &deal, &(FULL_MB + 1), &0);
    m.deals.pay_pending_consumption(p, c, &deal);
    let day = u128::from(FULL_MB * DAY);
    published(
        &m,
        (
            deal,
            day,
            0,
            START_TS + DAY,
            report_flags::CLIPPED,
            STORAGE_DAY,
        ),
    );
    assert_eq!(told(&m), 2, "the clip is told too");
}

// ---- closing ----

#[test]
fn the_consumer_closes_and_the_tail_is_held_back_until_the_final_report() {
    let m = Market::new();
    let (p, c) = (&m.provider, &m.consumer);
    let deal = m.funded();
    m.at(START_TS + DAY);
    assert_eq!(m.report(deal, m.days(1)), 0);
    m.at(START_TS + 2 * DAY);
    let other = m.deals.try_close_deal(p, &deal);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    m.deals.close_deal(c, &deal);
    m.signed_by(c);
    assert_eq!(m.end(deal), (DealStatus::Completed, EndReason::Consumer));
    // Two days and all egress, less what is paid.
    let held = 6_666_666 + 5_000_000 - DAY_ONE;
    let refund = DEPOSIT - DAY_ONE - held;
    assert_eq!(m.account(deal), [held, DAY_ONE - FEE_ONE, FEE_ONE, refund]);
    let again = m.deals.try_close_deal(c, &deal);
    assert_eq!(refused(again), DealsError::NotFunded);
    assert_eq!(step(&m, deal), Advance::CapacityFreed as u32);
    let bucket = m.registry.get_bucket(&m.bucket).unwrap();
    assert_eq!(
        (bucket.reserved_storage_mb, bucket.reserved_egress_mb),
        (0, 0)
    );
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    let early = m.deals.try_delete_deal(c, p, &deal);
    assert_eq!(refused(early), DealsError::NotSynced);
    assert_eq!(m.round(deal, m.days(2)), 0);
    let flags = report_flags::VERDICT | report_flags::RELEASED;
    let second = 6_666_666 + 200_000 - DAY_ONE;
    let stored = u128::from(FULL_MB * DAY * 2);
    published(&m, (deal, stored, 2_048, START_TS + 2 * DAY, flags, second));
    let total = 6_866_666;
    let fee = total * 2 / 100;
    assert_eq!(m.account(deal), [0, total - fee, fee, DEPOSIT - total]);
    assert_eq!(m.claimable(c), DEPOSIT - total);
    assert_eq!(m.deals.get_book(p, &m.asset, &0).len(), 0);
    assert_eq!(m.deals.get_deal_page(&deal), None);
    let early = m.deals.try_delete_deal(c, p, &deal);
    assert_eq!(
        refused(early),
        DealsError::NotSynced,
        "its outcome is to come"
    );
    assert_eq!(step(&m, deal), Advance::OutcomeWritten as u32);
    assert_eq!(m.meter(deal).paid_total, total);
    over(&m, deal);
}

#[test]
fn without_a_final_report_the_tail_is_billed_at_the_last_rate() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    assert_eq!(m.round(deal, m.days(1)), 0);
    m.at(START_TS + 2 * DAY);
    m.deals.close_deal(&m.consumer, &deal);
    assert_eq!(step(&m, deal), Advance::CapacityFreed as u32);
    m.at(START_TS + 2 * DAY + FINAL - 1);
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    m.at(START_TS + 2 * DAY + FINAL);
    assert_eq!(step(&m, deal), Advance::Released as u32);
    let total = 6_666_666 + 100_000;
    let fee = total * 2 / 100;
    assert_eq!(m.account(deal), [0, total - fee, fee, DEPOSIT - total]);
    assert_eq!(m.settle(deal), DealsError::NotOnPage as u32);
    assert_eq!(step(&m, deal), Advance::OutcomeWritten as u32);
    over(&m, deal);
}

#[test]
fn money_goes_home_before_the_capacity() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    m.deals.close_deal(&m.consumer, &deal);
    m.at(START_TS + DAY + FINAL);
    let steps = [(); 4].map(|()| step(&m, deal));
    let expected = [
        Advance::Released,
        Advance::CapacityFreed,
        Advance::OutcomeWritten,
        Advance::NothingDue,
    ];
    assert_eq!(steps, expected.map(|step| step as u32));
    assert_eq!(m.account(deal), [0, 0, 0, DEPOSIT], "it was never reported");
}

#[test]
fn a_window_that_is_staged_counts_at_the_close() {
    let m = Market::new();
    let deal = m.funded();
    let (p, c) = (&m.provider, &m.consumer);
    m.at(START_TS + DAY);
    m.deals
        .update_deal_consumption(p, c, &deal, &FULL_MB, &1_024);
    m.deals.close_deal(c, &deal);
    published(
        &m,
        (deal, u128::from(FULL_MB * DAY), 1_024, START_TS + DAY, 0, 0),
    );
    assert_eq!(
        m.account(deal),
        [0, DAY_ONE - FEE_ONE, FEE_ONE, DEPOSIT - DAY_ONE]
    );
    assert_eq!(m.deals.get_stage(&deal), None);
}

#[test]
fn a_final_window_that_is_staged_releases_when_it_is_paid() {
    let m = Market::new();
    let deal = m.funded();
    let (p, c) = (&m.provider, &m.consumer);
    m.at(START_TS + DAY);
    m.deals.close_deal(c, &deal);
    m.deals
        .update_deal_consumption(p, c, &deal, &FULL_MB, &1_024);
    m.deals.pay_pending_consumption(p, c, &deal);
    let day = u128::from(FULL_MB * DAY);
    published(
        &m,
        (
            deal,
            day,
            1_024,
            START_TS + DAY,
            report_flags::RELEASED,
            DAY_ONE,
        ),
    );
    assert_eq!(m.account(deal)[0], 0);
    assert_eq!((m.claimable(p), m.claimable(c)), (0, 0), "pushed");
}

#[test]
fn completing_closes_frees_and_writes_in_one_call() {
    let m = Market::new();
    let (p, c) = (&m.provider, &m.consumer);
    let (reported, silent) = (m.funded(), m.funded());
    m.at(START_TS + DAY);
    assert_eq!(m.round(reported, m.days(1)), 0);
    let other = m.deals.try_set_deal_completed(c, &m.stranger, &reported);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    m.deals.set_deal_completed(c, p, &reported);
    m.signed_by(c);
    assert_eq!(m.account(reported)[0], 0);
    assert_eq!(m.claimable(c), 0, "pushed");
    over(&m, reported);
    m.deals.set_deal_completed(c, p, &silent);
    assert!(m.account(silent)[0] > 0, "held back for its tail");
    assert_eq!(
        m.registry
            .get_bucket(&m.bucket)
            .unwrap()
            .reserved_storage_mb,
        0
    );
    assert_eq!(step(&m, silent), Advance::NothingDue as u32);
    m.at(START_TS + DAY + FINAL);
    assert_eq!(step(&m, silent), Advance::Released as u32);
    assert_eq!(step(&m, silent), Advance::OutcomeWritten as u32);
}

#[test]
fn a_deal_ends_with_its_term_and_not_a_second_before() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + 90 * DAY - 1);
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    m.at(START_TS + 90 * DAY);
    let late = m
        .deals
        .try_set_deal_cancelled(&m.provider, &m.consumer, &deal);
    assert_eq!(refused(late), DealsError::NotFunded, "no notice any more");
    assert_eq!(step(&m, deal), Advance::Closed as u32);
    assert_eq!(m.end(deal), (DealStatus::Completed, EndReason::Term));
}

#[test]
fn a_provider_leaves_after_the_notice() {
    let m = Market::new();
    let (p, c) = (&m.provider, &m.consumer);
    let deal = m.funded();
    m.at(START_TS + SILENCE - 1);
    let other = m.deals.try_set_deal_cancelled(&m.stranger, c, &deal);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    m.deals.set_deal_cancelled(p, c, &deal);
    m.signed_by(p);
    let again = m.deals.try_set_deal_cancelled(p, c, &deal);
    assert_eq!(refused(again), DealsError::NoticeGiven);
    let end_ts = START_TS + SILENCE - 1 + NOTICE;
    assert_eq!(m.meter(deal).end_ts, end_ts);
    m.at(end_ts - 1);
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    m.at(end_ts);
    assert_eq!(step(&m, deal), Advance::Closed as u32);
    assert_eq!(m.end(deal), (DealStatus::Cancelled, EndReason::Notice));
    m.at(end_ts + FINAL);
    (0..3).for_each(|_| assert_ne!(step(&m, deal), Advance::NothingDue as u32));
    assert_eq!(
        m.score().0,
        50,
        "nothing was charged: a notice costs nothing"
    );
}

#[test]
fn a_provider_leaves_at_once_where_nothing_is_reported() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + SILENCE);
    m.deals.set_deal_cancelled(&m.provider, &m.consumer, &deal);
    assert_eq!(m.meter(deal).end_ts, START_TS + SILENCE);
    assert_eq!(step(&m, deal), Advance::Closed as u32);
    assert_eq!(m.end(deal), (DealStatus::Cancelled, EndReason::Silence));
    m.at(START_TS + SILENCE + FINAL);
    (0..3).for_each(|_| assert_ne!(step(&m, deal), Advance::NothingDue as u32));
    assert_eq!(m.score().0, 50, "nobody's fault");
}

#[test]
fn three_outages_in_a_row_are_the_providers_breach() {
    let m = Market::new();
    let deal = m.funded();
    for nth in 1..=3 {
        assert_eq!(step(&m, deal), Advance::NothingDue as u32);
        m.at(START_TS + nth * DAY);
        assert_eq!(m.round(deal, outage(&m, nth)), 0);
    }
    let struck_ts = START_TS + 3 * DAY;
    assert_eq!(m.meter(deal).breach_ts, struck_ts);
    m.at(struck_ts + NOTICE - 1);
    assert_eq!(
        step(&m, deal),
        Advance::NothingDue as u32,
        "data is fetched"
    );
    m.at(struck_ts + NOTICE);
    assert_eq!(step(&m, deal), Advance::Closed as u32);
    assert_eq!(
        m.end(deal),
        (DealStatus::BreachedProvider, EndReason::Strikes)
    );
    assert_eq!(step(&m, deal), Advance::CapacityFreed as u32);
    // Only egress was worth anything before the last day, which is reported after closing.
    let idle = Reading {
        through_ts: struck_ts + NOTICE,
        ..m.days(4)
    };
    assert_eq!(m.report(deal, idle), 0);
    let (paid, fee) = (STORAGE_DAY + 400_000, 74_666);
    assert_eq!(m.account(deal), [0, paid - fee, fee, DEPOSIT - paid]);
    assert_eq!(step(&m, deal), Advance::OutcomeWritten as u32);
    assert_eq!(m.score(), (40, 50));
}

/// Completes a deal of some days with a service each. Its outcome must be published with what it weighs.
fn completed_as(outcome: Outcome, service: &[(u32, u32)]) {
    let m = Market::new();
    let deal = m.funded();
    let days = u64::try_from(service.len()).unwrap();
    for (nth, (latency_ms, uptime_bps)) in (1..).zip(service) {
        m.at(START_TS + nth * DAY);
        let day = Reading {
            latency_ms: *latency_ms,
            uptime_bps: *uptime_bps,
            ..m.days(nth)
        };
        assert_eq!(m.round(deal, day), 0);
    }
    m.at(START_TS + days * DAY);
    m.deals.set_deal_completed(&m.consumer, &m.provider, &deal);
    let address = &m.reputation.address;
    let all = m.env.events().all().filter_by_contract(address);
    let (provider_score, consumer_score) = m.score();
    let expected = OutcomeRecorded {
        provider: m.provider.clone(),
        consumer: m.consumer.clone(),
        deal_id: deal,
        outcome,
        volume: m.meter(deal).paid_total,
        // Five days before SLA credit, of the ten USD of full weight.
        weight_milli: u32::try_from(5 * DAY_ONE * 1_000 / (10 * ONE_USD)).unwrap(),
        provider_score,
        consumer_score,
    };
    assert_eq!(all.events(), [expected.to_xdr(&m.env, address)]);
}

#[test]
fn how_a_deal_was_served_follows_from_its_credit() {
    let unmeasured = (u32::MAX, u32::MAX);
    completed_as(Outcome::CompletedUnmeasured, &[unmeasured; 5]);
    completed_as(Outcome::CompletedClean, &[(80, 10_000); 5]);
    let mut minor = [(80, 10_000); 5];
    minor[2] = (80, 9_900);
    completed_as(Outcome::CompletedMinorCredit, &minor);
    completed_as(Outcome::CompletedMajorCredit, &[(80, 9_500); 5]);
}

#[test]
fn the_health_of_a_deal_says_how_long_its_money_lasts() {
    let m = Market::new();
    let deal = m.funded();
    m.at(START_TS + DAY);
    assert_eq!(m.round(deal, m.days(1)), 0);
    let health = m.deals.get_deal_health(&deal).unwrap();
    assert_eq!(health.level, HealthLevel::Ok);
    assert_eq!(health.egress_left_mb, EGRESS_MB - 1_024);
    let spare = DEPOSIT - DAY_ONE - 4_900_000;
    let secs = spare * 1_024 * 2_592_000 / (i128::from(FULL_MB) * 200_000);
    assert_eq!(i128::from(health.runway_secs), secs);
    assert_eq!((health.arrears, health.grace_until_ts), (0, 0));
    assert_eq!(health.refund_at_close, DEPOSIT - DAY_ONE, "all is reported");
    assert_eq!(m.deals.get_deal_health(&m.created()), None);
}

#[test]
fn nobody_closes_or_steps_before_it_is_due() {
    let m = Market::new();
    let deal = m.funded();
    let reserved = || {
        m.registry
            .get_bucket(&m.bucket)
            .unwrap()
            .reserved_storage_mb
    };
    assert_eq!(step(&m, deal), Advance::NothingDue as u32);
    assert_eq!((m.end(deal).0, reserved()), (DealStatus::Funded, FULL_MB));
    assert_eq!(m.account(deal), [DEPOSIT, 0, 0, 0]);
    let unknown = m.deals.try_advance_deal(&9);
    assert_eq!(refused(unknown), DealsError::DealNotFound);
    std::assert_eq!(m.deals.get_deal_count(), 1);
}
