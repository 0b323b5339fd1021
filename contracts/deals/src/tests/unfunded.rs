//! Before there is money: asking, accepting, leaving again, and every bound of it.

use flash_interfaces::admin::AdminError;
use flash_interfaces::deals::{Advance, DealRequest, DealStatus, DealsError, EndReason};
use soroban_sdk::{symbol_short, vec, Address};

use super::{
    market::{refused, Market, DAY, EGRESS_MB, FULL_MB, POCKET},
    samples::{policy, START_TS},
    std,
};

const WINDOW: u64 = 3 * DAY;
/// Seven days of storage and all egress.
const LEAST: i128 = 28_333_333;

#[test]
fn a_provider_accepts_until_the_last_second_of_the_window() {
    let m = Market::new();
    let (late, deal) = (m.created(), m.created());
    m.signed_by(&m.consumer);
    assert_eq!(m.end(deal), (DealStatus::Pending, EndReason::Open));
    m.at(START_TS + WINDOW);
    assert_eq!(m.deals.advance_deal(&deal), Advance::NothingDue as u32);
    m.deals.set_deal_accepted(&m.provider, &m.consumer, &deal);
    m.signed_by(&m.provider);
    assert_eq!(m.end(deal), (DealStatus::Accepted, EndReason::Open));
    let again = m
        .deals
        .try_set_deal_accepted(&m.provider, &m.consumer, &deal);
    assert_eq!(refused(again), DealsError::NotPending);

    m.at(START_TS + WINDOW + 1);
    let too_late = m
        .deals
        .try_set_deal_accepted(&m.provider, &m.consumer, &late);
    assert_eq!(refused(too_late), DealsError::AcceptWindowPassed);
    assert_eq!(m.deals.advance_deal(&late), Advance::Expired as u32);
    assert_eq!(m.end(late), (DealStatus::Cancelled, EndReason::Expired));
    assert_eq!(m.deals.advance_deal(&late), Advance::NothingDue as u32);
}

#[test]
fn a_consumer_funds_until_the_last_second_of_the_window() {
    let m = Market::new();
    m.at(START_TS + 9);
    let (late, deal) = (m.accepted(), m.accepted());
    m.at(START_TS + 9 + WINDOW);
    assert_eq!(m.deals.advance_deal(&late), Advance::NothingDue as u32);
    m.fund(deal, LEAST);
    m.at(START_TS + 10 + WINDOW);
    let (amount, repo) = (u128::from(10_000_000_u32), m.text("r"));
    let too_late = m
        .deals
        .try_set_deal_funded(&m.consumer, &m.provider, &late, &amount, &repo);
    assert_eq!(refused(too_late), DealsError::FundWindowPassed);
    assert_eq!(m.deals.advance_deal(&late), Advance::Expired as u32);
}

#[test]
fn either_party_leaves_an_unfunded_deal_and_nobody_else_does() {
    let m = Market::new();
    let (p, c, s) = (&m.provider, &m.consumer, &m.stranger);
    let [rejected, withdrawn, cancelled] = [m.created(), m.accepted(), m.created()];
    let mismatch = |answer| assert_eq!(refused(answer), DealsError::PartyMismatch);
    mismatch(m.deals.try_set_deal_rejected(s, c, &rejected));
    mismatch(m.deals.try_set_deal_rejected(p, s, &rejected));
    mismatch(m.deals.try_set_deal_accepted(s, c, &rejected));
    mismatch(m.deals.try_set_deal_cancelled(p, s, &rejected));
    mismatch(m.deals.try_withdraw_deal(p, &withdrawn));

    m.deals.set_deal_rejected(p, c, &rejected);
    m.signed_by(p);
    assert_eq!(
        m.end(rejected),
        (DealStatus::Cancelled, EndReason::Rejected)
    );
    m.deals.withdraw_deal(c, &withdrawn);
    m.signed_by(c);
    assert_eq!(
        m.end(withdrawn),
        (DealStatus::Cancelled, EndReason::Withdrawn)
    );
    m.deals.set_deal_cancelled(p, c, &cancelled);
    m.signed_by(p);
    assert_eq!(
        m.end(cancelled),
        (DealStatus::Cancelled, EndReason::Rejected)
    );
    for ended in [rejected, withdrawn, cancelled] {
        let again = m.deals.try_set_deal_rejected(p, c, &ended);
        assert_eq!(refused(again), DealsError::NotUnfunded);
        let again = m.deals.try_withdraw_deal(c, &ended);
        assert_eq!(refused(again), DealsError::NotUnfunded);
        let again = m.deals.try_set_deal_cancelled(p, c, &ended);
        assert_eq!(refused(again), DealsError::NotFunded);
    }
}

#[test]
fn a_deal_that_was_never_funded_is_deleted_once_it_has_ended() {
    let m = Market::new();
    let deal = m.created();
    let delete = || m.deals.try_delete_deal(&m.consumer, &m.provider, &deal);
    assert_eq!(refused(delete()), DealsError::NotSynced);
    m.deals.set_deal_rejected(&m.provider, &m.consumer, &deal);
    let other = m.deals.try_delete_deal(&m.stranger, &m.provider, &deal);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    m.deals.delete_deal(&m.consumer, &m.provider, &deal);
    m.signed_by(&m.owner);
    assert_eq!(refused(delete()), DealsError::DealNotFound);
    assert_eq!(m.deals.get_deal_terms(&deal), None);
    assert_eq!(m.created(), deal + 1, "an id is never used again");
}

fn request(m: &Market) -> DealRequest {
    DealRequest {
        provider_id: m.provider.clone(),
        bucket_id: m.bucket,
        fb_repo_id: m.text(""),
        duration_secs: 90 * DAY,
        agreed_storage_mb: FULL_MB,
        agreed_egress_mb: EGRESS_MB,
        api_compatibility: m.text("S3"),
        max_price_storage: 200_000,
        max_price_egress: 100_000,
        policy_version: 1,
        offer_revision: m.registry.get_bucket(&m.bucket).unwrap().offer_revision,
        succeeds: None,
    }
}

/// Repository ids that are not printable ASCII.
const UNPRINTABLE: [&[u8]; 11] = [
    b"a\0b",
    b"a\nb",
    b"a\x7Fb",
    b"a\x80",
    b"a\xC0\x80",
    b"a\xED\xA0\x80",
    b"a\xE2\x80\xAEb",
    "dépôt".as_bytes(),
    "ap\u{456}".as_bytes(),
    b" ab",
    b"ab ",
];

#[test]
fn a_repository_id_and_an_api_are_printable_ascii_at_creation() {
    let m = Market::new();
    for unprintable in UNPRINTABLE {
        let text = soroban_sdk::String::from_bytes(&m.env, unprintable);
        let mut asked = request(&m);
        asked.fb_repo_id = text.clone();
        let answer = m.deals.try_create_deal_at(&m.consumer, &asked);
        assert_eq!(refused(answer), DealsError::RepoIdNotPrintable);
        // An API equals the bucket's, so it is as printable as that.
        let mut asked = request(&m);
        asked.api_compatibility = text;
        let answer = m.deals.try_create_deal_at(&m.consumer, &asked);
        assert_eq!(refused(answer), DealsError::ApiMismatch);
    }
}

#[test]
fn a_request_is_held_to_its_limits_and_bounds() {
    let m = Market::new();
    let ask = |change: &dyn Fn(&mut DealRequest)| {
        let mut request = request(&m);
        change(&mut request);
        m.deals.try_create_deal_at(&m.consumer, &request)
    };
    assert_eq!(ask(&|_| ()), Ok(Ok(1)), "at its limits");
    m.signed_by(&m.consumer);
    let longest = m.text(&"r".repeat(128));
    assert_eq!(ask(&|r| r.fb_repo_id = longest.clone()), Ok(Ok(2)));
    let long = m.text(&"r".repeat(129));
    type Change<'a> = &'a dyn Fn(&mut DealRequest);
    let rows: [(Change, DealsError); 10] = [
        (&|r| r.fb_repo_id = long.clone(), DealsError::RepoIdLength),
        (
            &|r| r.max_price_storage = 199_999,
            DealsError::StoragePriceAboveLimit,
        ),
        (
            &|r| r.max_price_egress = 99_999,
            DealsError::EgressPriceAboveLimit,
        ),
        (&|r| r.policy_version = 2, DealsError::PolicyVersionMismatch),
        (
            &|r| r.offer_revision += 1,
            DealsError::OfferRevisionMismatch,
        ),
        (
            &|r| r.offer_revision -= 1,
            DealsError::OfferRevisionMismatch,
        ),
        (
            &|r| r.api_compatibility = m.text("FTP"),
            DealsError::ApiMismatch,
        ),
        (
            &|r| r.duration_secs = 3_599,
            DealsError::DurationOutOfBounds,
        ),
        (
            &|r| (r.agreed_storage_mb, r.agreed_egress_mb) = (0, 0),
            DealsError::SizeOutOfBounds,
        ),
        (
            &|r| r.provider_id = m.consumer.clone(),
            DealsError::SelfDeal,
        ),
    ];
    for (change, error) in rows {
        assert_eq!(refused(ask(change)), error);
    }
    assert_eq!(m.deals.get_deal_count(), 2);
}

#[test]
fn no_contract_of_the_system_is_a_party() {
    let m = Market::new();
    let own = [
        &m.deals.address,
        &m.registry.address,
        &m.escrow.address,
        &m.reputation.address,
        &m.asset,
    ];
    for contract in own {
        m.registry.register_consumer(contract, &m.text("c"));
        let asked = m.deals.try_create_deal_at(contract, &request(&m));
        assert_eq!(refused(asked), DealsError::PartyNotAllowed);
    }
    m.registry.register_provider(&m.asset, &m.text("p"));
    let texts = ["b", "eu", "fb", "S3"].map(|text| m.text(text));
    let [name, region, fb, api] = &texts;
    let bucket = m.registry.create_bucket(
        &m.asset, name, region, fb, api, &200_000, &100_000, &100, &9_990,
    );
    let asked = DealRequest {
        provider_id: m.asset.clone(),
        bucket_id: bucket,
        offer_revision: 1,
        succeeds: None,
        ..request(&m)
    };
    let asked = m.deals.try_create_deal_at(&m.consumer, &asked);
    assert_eq!(refused(asked), DealsError::PartyNotAllowed);
}

#[test]
fn the_most_that_a_deal_can_cost_fits_the_money() {
    let m = Market::new();
    let texts = ["b", "eu", "fb2", "S3"].map(|text| m.text(text));
    let [name, region, fb, api] = &texts;
    // A GB of egress costs 2^22: 2^40 MB of it 2^62, which is the most.
    let bucket = m.registry.create_bucket(
        &m.provider,
        name,
        region,
        fb,
        api,
        &1,
        &(1 << 32),
        &100,
        &9_990,
    );
    let ask = |egress_mb| DealRequest {
        bucket_id: bucket,
        agreed_storage_mb: 0,
        agreed_egress_mb: egress_mb,
        max_price_egress: u128::MAX,
        offer_revision: 1,
        succeeds: None,
        ..request(&m)
    };
    let most = m.deals.try_create_deal_at(&m.consumer, &ask(1 << 40));
    assert!(most.is_ok(), "2^62 exactly: {most:?}");
    let beyond = DealRequest {
        agreed_storage_mb: 1 << 40,
        max_price_storage: 1,
        ..ask(1 << 40)
    };
    let beyond = m.deals.try_create_deal_at(&m.consumer, &beyond);
    assert_eq!(refused(beyond), DealsError::QuoteTooLarge);
}

#[test]
fn a_first_deposit_is_the_minimum_or_more() {
    let m = Market::new();
    let (c, p) = (&m.consumer, &m.provider);
    let pending = m.created();
    let deal = m.accepted();
    let repo = m.text("r");
    let fund = |amount: u128| m.deals.try_set_deal_funded(c, p, &deal, &amount, &repo);
    assert_eq!(refused(fund(0)), DealsError::AmountOutOfBounds);
    assert_eq!(refused(fund(u128::MAX)), DealsError::AmountOutOfBounds);
    assert_eq!(refused(fund(28_333_332)), DealsError::BelowMinimum);
    let early = m
        .deals
        .try_set_deal_funded(c, p, &pending, &28_333_333, &repo);
    assert_eq!(refused(early), DealsError::NotAccepted);
    let other = m
        .deals
        .try_set_deal_funded(c, &m.stranger, &deal, &28_333_333, &repo);
    assert_eq!(refused(other), DealsError::PartyMismatch);
    for unprintable in UNPRINTABLE {
        let repo = soroban_sdk::String::from_bytes(&m.env, unprintable);
        let funded = m.deals.try_set_deal_funded(c, p, &deal, &28_333_333, &repo);
        assert_eq!(refused(funded), DealsError::RepoIdNotPrintable);
    }
    for (len, fits) in [(0, false), (129, false), (128, true)] {
        let repo = m.text(&"r".repeat(len));
        let funded = m.deals.try_set_deal_funded(c, p, &deal, &28_333_333, &repo);
        assert_eq!(funded.is_ok(), fits, "{len} bytes");
    }
    m.signed_by(c);
    assert_eq!(m.end(deal), (DealStatus::Funded, EndReason::Open));
    assert_eq!(m.account(deal), [LEAST, 0, 0, 0]);
    let balance = soroban_sdk::token::TokenClient::new(&m.env, &m.asset).balance(c);
    assert_eq!(balance, POCKET - LEAST);
    let bucket = m.registry.get_bucket(&m.bucket).unwrap();
    let reserved = (bucket.reserved_storage_mb, bucket.reserved_egress_mb);
    assert_eq!(reserved, (FULL_MB, EGRESS_MB));
    assert_eq!(m.deals.get_book(p, &m.asset, &0), vec![&m.env, deal]);
    let meter = m.meter(deal);
    assert_eq!((meter.page, meter.locked), (0, LEAST));
    assert_eq!(
        (meter.start_ts, meter.end_ts),
        (START_TS, START_TS + 90 * DAY)
    );
}

#[test]
fn a_full_page_is_followed_by_the_next() {
    let m = Market::new();
    let last = (0..17).map(|_| {
        let deal = m.sized(1, 0);
        m.deals.set_deal_accepted(&m.provider, &m.consumer, &deal);
        m.fund(deal, LEAST);
        deal
    });
    let deals: std::vec::Vec<u32> = last.collect();
    let page = |deal: &u32| m.deals.get_deal_page(deal).unwrap().page;
    let pages: std::vec::Vec<u32> = deals.iter().map(page).collect();
    let per_page = u32::try_from(flash_common::book::SLOTS_PER_PAGE).unwrap();
    let expected: std::vec::Vec<u32> = (0..17).map(|nth| nth / per_page).collect();
    assert_eq!(pages, expected);
}

#[test]
fn while_paused_nothing_is_asked_for_accepted_or_funded() {
    let m = Market::new();
    let (pending, accepted) = (m.created(), m.accepted());
    let (pause, none) = (symbol_short!("pause"), vec![&m.env]);
    m.env.invoke_contract::<()>(&m.deals.address, &pause, none);
    m.signed_by(&m.owner);
    let (p, c) = (&m.provider, &m.consumer);
    let accept = m.deals.try_set_deal_accepted(p, c, &pending);
    assert_eq!(refused(accept), DealsError::Paused);
    let fund = m
        .deals
        .try_set_deal_funded(c, p, &accepted, &10_000_000, &m.text("r"));
    assert_eq!(refused(fund), DealsError::Paused);
    let ask = m.deals.try_create_deal_at(c, &request(&m));
    assert_eq!(refused(ask), DealsError::Paused);
    m.deals.set_deal_rejected(p, c, &pending);
}

#[test]
fn a_policy_is_for_deals_after_it_and_within_bounds() {
    let m = Market::new();
    let mut next = policy();
    next.fee_bps = 300;
    assert_eq!(m.deals.add_policy(&next), 2);
    m.signed_by(&m.owner);
    assert_eq!(m.deals.get_config().policy_version, 2);
    assert_eq!(m.deals.get_policy(&2), Some(next.clone()));
    next.fee_bps = 1_001;
    let refusal = refused(m.deals.try_add_policy(&next));
    assert_eq!(refusal, DealsError::PolicyOutOfBounds);
    assert_eq!(
        m.deals.get_deal_terms(&m.created()).unwrap().policy_version,
        2
    );
}

#[test]
fn there_is_nothing_to_migrate_in_a_new_contract() {
    let m = Market::new();
    let (migrate, none) = (symbol_short!("migrate"), vec![&m.env]);
    let deals = &m.deals.address;
    let answer = m
        .env
        .try_invoke_contract::<(), AdminError>(deals, &migrate, none);
    assert_eq!(answer, Err(Ok(AdminError::NothingToMigrate)));
}

// ---- who reports ----

fn acting(m: &Market) -> Option<Address> {
    m.deals.get_config().oracle.acting
}

#[test]
fn the_next_oracle_acts_a_day_after_it_was_named() {
    let m = Market::new();
    assert_eq!(acting(&m), Some(m.oracle.clone()));
    let same = m.deals.try_schedule_oracle(&m.oracle);
    assert_eq!(refused(same), DealsError::OracleUnchanged);
    let from_ts = m.deals.schedule_oracle(&m.stranger);
    m.signed_by(&m.owner);
    assert_eq!(from_ts, START_TS + DAY);
    let config = m.deals.get_config().oracle;
    assert_eq!(
        (config.next, config.next_from_ts),
        (Some(m.stranger.clone()), from_ts)
    );
    let empty = vec![&m.env];
    m.at(from_ts - 1);
    m.deals.report(&empty);
    m.signed_by(&m.oracle);
    m.at(from_ts);
    m.deals.report(&empty);
    m.signed_by(&m.stranger);
    m.deals.report_and_settle(&empty);
    m.signed_by(&m.stranger);
    let config = m.deals.get_config().oracle;
    assert_eq!((config.next, config.next_from_ts), (None, 0));
}

#[test]
fn a_suspended_oracle_leaves_nobody_until_its_successor_comes() {
    let m = Market::new();
    let from_ts = m.deals.schedule_oracle(&m.stranger);
    m.deals.suspend_oracle();
    m.signed_by(&m.owner);
    assert_eq!(acting(&m), None);
    let empty = vec![&m.env];
    let report = refused(m.deals.try_report(&empty));
    assert_eq!(report, DealsError::OracleSuspended);
    assert_eq!(refused(m.deals.try_suspend_oracle()), DealsError::NoOracle);
    m.at(from_ts);
    assert_eq!(acting(&m), Some(m.stranger.clone()));
}

#[test]
fn the_owner_reports_until_an_oracle_was_ever_named() {
    let m = Market::with(false, policy());
    assert_eq!(acting(&m), Some(m.owner.clone()));
    m.deals.report(&vec![&m.env]);
    m.signed_by(&m.owner);
    assert_eq!(m.deals.schedule_oracle(&m.oracle), START_TS, "at once");
    assert_eq!(acting(&m), Some(m.oracle.clone()));
    m.deals.suspend_oracle();
    assert_eq!(acting(&m), None, "not the owner again");
}
