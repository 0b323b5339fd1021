//! Batches: each item has its own code, and a wrong item disturbs no other.

use flash_integration_tests::{refused, Deal, Usage, World, DAY, GB};
use flash_interfaces::deals::{BookDeals, DealsError, Report};
use soroban_sdk::{vec, Vec};

/// Two deals of Ada on one page of her book, one of Bert's.
fn three_deals(world: &World) -> [Deal; 3] {
    [
        world.deal().days(90).funded(),
        world.deal().consumer(&world.dan).days(90).funded(),
        world.deal().provider(&world.bert).days(90).funded(),
    ]
}

/// The cost of 100 GB for a day.
fn a_day(deal: &Deal) -> i128 {
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 100 * GB, 0, 0);
    bill.charged()
}

#[test]
fn a_round_reports_and_settles_all_deals_of_all_books() {
    let world = World::new();
    let [first, second, third] = three_deals(&world);
    world.advance(DAY);
    let reading = |deal: &Deal| world.reading(deal, Usage::stored_gb(100), world.now());
    let books = [
        world.book(&first, &[reading(&first), reading(&second)]),
        world.book(&third, &[reading(&third)]),
    ];
    assert_eq!(world.report_batch(&books, true), [0, 0, 0]);
    let earned = 2 * first.agreed.earned(a_day(&first));
    assert_eq!(world.claimable(&world.ada), earned);
    assert_eq!(
        world.claimable(&world.bert),
        third.agreed.earned(a_day(&third))
    );
    let again = [DealsError::AlreadyReported as u32; 3];
    assert_eq!(world.report_batch(&books, true), again);
    assert_eq!(world.claimable(&world.ada), earned);
}

#[test]
fn a_wrong_item_has_its_code_and_disturbs_no_other() {
    let world = World::new();
    let [first, second, third] = three_deals(&world);
    world.days(&first, 1, Usage::stored_gb(50).sent_gb(1));
    world.advance(DAY);
    let now = world.now();
    let reading = |deal: &Deal| world.reading(deal, Usage::stored_gb(100), now);
    let good = reading(&first);
    let poisons: [(Report, DealsError); 10] = [
        ((first.id, good.1, 0, 1, 1, now), DealsError::TotalsFell),
        ((first.id, 0, good.2, 1, 1, now), DealsError::TotalsFell),
        (
            (first.id, good.1, good.2, 1, 1, now + 1),
            DealsError::WatermarkTooLate,
        ),
        (
            (first.id, good.1, good.2, 1, 1, u64::MAX),
            DealsError::WatermarkTooLate,
        ),
        (
            (first.id, good.1, good.2, 1, 1, now - DAY),
            DealsError::WatermarkNotAfter,
        ),
        (
            (first.id, good.1, good.2, 1, 1, 0),
            DealsError::WatermarkNotAfter,
        ),
        (
            (first.id, good.1, good.2, 3_600_001, 1, now),
            DealsError::ServiceOutOfBounds,
        ),
        (
            (first.id, good.1, good.2, 1, 10_001, now),
            DealsError::ServiceOutOfBounds,
        ),
        ((third.id, good.1, good.2, 1, 1, now), DealsError::NotOnPage),
        ((99, good.1, good.2, 1, 1, now), DealsError::NotOnPage),
    ];
    let before = world.meter(&first);
    for (poison, error) in poisons {
        let books = [world.book(&first, &[poison])];
        assert_eq!(
            world.report_batch(&books, true),
            [error as u32],
            "{poison:?}"
        );
        assert_eq!(world.meter(&first), before);
    }
    // Between correct items.
    let books = [
        world.book(
            &first,
            &[poisons[0].0, reading(&second), poisons[8].0, good],
        ),
        world.book(&third, &[reading(&third)]),
    ];
    let codes = [
        DealsError::TotalsFell as u32,
        0,
        DealsError::NotOnPage as u32,
        0,
        0,
    ];
    assert_eq!(world.report_batch(&books, true), codes);
    // Only the first deal was reported the day before.
    let mut bill = second.agreed.bill();
    bill.window(2 * DAY, 100 * GB, 0, 0);
    assert_eq!(world.meter(&second).paid_total, bill.charged());
    assert_eq!(world.meter(&third).paid_total, bill.charged());
    let mut bill = first.agreed.bill();
    bill.window(DAY, 50 * GB, GB, 0);
    bill.window(DAY, 100 * GB, 0, 0);
    assert_eq!(world.meter(&first).paid_total, bill.charged());
}

#[test]
fn a_batch_takes_one_report_per_deal() {
    let world = World::new();
    let [first, second, _] = three_deals(&world);
    world.advance(DAY);
    let early = world.reading(&first, Usage::stored_gb(100), world.now() - 1);
    let late = world.reading(&first, Usage::stored_gb(100), world.now());
    let other = world.reading(&second, Usage::stored_gb(100), world.now());
    let books = [
        world.book(&first, &[early, late]),
        world.book(&second, &[other]),
    ];
    let codes = [
        0,
        DealsError::DuplicateInBatch as u32,
        DealsError::DuplicateBook as u32,
    ];
    assert_eq!(world.report_batch(&books, false), codes);
    assert_eq!(world.meter(&first).through_ts, early.5);
    assert_eq!(world.meter(&second).storage_mb_secs, 0);
}

#[test]
fn a_wrong_page_fails_its_own_items_only() {
    let world = World::new();
    let [first, _, third] = three_deals(&world);
    world.advance(DAY);
    let reading = |deal: &Deal| world.reading(deal, Usage::stored_gb(100), world.now());
    let right = world.book(&third, &[reading(&third)]);
    let mut wrong_page = world.book(&first, &[reading(&first)]);
    wrong_page.page += 1;
    let mut wrong_asset = world.book(&first, &[reading(&first)]);
    wrong_asset.asset = world.at.escrow.clone();
    let mut wrong_provider = world.book(&first, &[reading(&first)]);
    wrong_provider.provider = world.mallory.address.clone();
    let miss = DealsError::NotOnPage as u32;
    let books = [wrong_page, wrong_asset, wrong_provider, right];
    assert_eq!(world.report_batch(&books, true), [miss, miss, miss, 0]);
    assert_eq!(world.claimable(&world.ada), 0);
    assert_eq!(world.claimable(&world.mallory), 0);
}

#[test]
fn extreme_usage_is_capped_at_the_agreed_size() {
    let world = World::new();
    let deal = world.deal().days(90).funded();
    world.advance(DAY);
    let absurd = (deal.id, u128::MAX, u64::MAX, 1, 10_000, world.now());
    let books = [world.book(&deal, &[absurd])];
    assert_eq!(world.report_batch(&books, true), [0]);
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 100 * GB, 50 * GB, 0);
    assert_eq!(world.meter(&deal).paid_total, bill.charged());
}

#[test]
fn anyone_settles_a_page_and_gets_one_code_per_item() {
    let world = World::new();
    let [first, second, third] = three_deals(&world);
    world.advance(DAY);
    for deal in [&first, &third] {
        assert_eq!(world.report(deal, Usage::stored_gb(100)), 0);
    }
    let page = |deal: &Deal, ids: &[u32]| {
        let page = world.deals().get_deal_page(&deal.id).expect("funded");
        BookDeals {
            provider: page.provider,
            asset: page.asset,
            page: page.page,
            deal_ids: Vec::from_slice(&world.env, ids),
        }
    };
    let books = vec![
        &world.env,
        page(&first, &[first.id, second.id, first.id, third.id]),
        page(&third, &[third.id]),
    ];
    let codes: Vec<u32> = world.unsigned().deals("settle", (books,)).expect("codes");
    let nothing = DealsError::NothingToSettle as u32;
    let expected = [0, nothing, nothing, DealsError::NotOnPage as u32, 0];
    assert_eq!(codes, Vec::from_slice(&world.env, &expected));
    assert_eq!(
        world.claimable(&world.ada),
        first.agreed.earned(a_day(&first))
    );
    assert_eq!(
        world.claimable(&world.bert),
        third.agreed.earned(a_day(&third))
    );
}

#[test]
fn an_oversized_batch_is_refused_as_a_whole() {
    let world = World::new();
    let deal = world.deal().days(90).funded();
    world.advance(DAY);
    let reading = world.reading(&deal, Usage::stored_gb(1), world.now());
    let report = |books: &[_]| world.report_by(&world.oracle, "report", books);
    let refusal = refused(DealsError::BatchTooLarge);
    assert_eq!(report(&[world.book(&deal, &[reading; 101])]), refusal);
    let book = world.book(&deal, &[]);
    assert_eq!(report(&std::vec![book.clone(); 61]), refusal);
    assert_eq!(report(&[book]), Ok(std::vec![]));
    let codes = report(&[world.book(&deal, &[reading; 100])]).expect("a hundred");
    assert_eq!(codes.len(), 100);
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1);
}

#[test]
fn a_full_page_is_followed_by_another() {
    let world = World::new();
    let bucket = world
        .bucket(&world.ada)
        .shared(100, 100)
        .auto_accept()
        .listed();
    let deals: std::vec::Vec<_> = (0..18)
        .map(|_| {
            world
                .deal()
                .bucket(bucket)
                .storage_gb(1)
                .egress_gb(1)
                .funded()
        })
        .collect();
    let page = |deal: &Deal| world.deals().get_deal_page(&deal.id).expect("funded").page;
    assert_eq!(page(&deals[0]), page(&deals[15]));
    assert_eq!(page(&deals[16]), page(&deals[15]) + 1);
    world.advance(DAY);
    let reading = |deal: &Deal| world.reading(deal, Usage::stored_gb(1), world.now());
    let all: std::vec::Vec<_> = deals.iter().map(reading).collect();
    let books = [
        world.book(&deals[0], &all[..16]),
        world.book(&deals[16], &all[16..]),
    ];
    assert_eq!(world.report_batch(&books, true), [0; 18]);
    // Deals that leave make room on their own page only; the others stay where they are.
    for deal in &deals[..3] {
        world.complete(deal).expect("live");
    }
    assert_eq!(page(&deals[15]) + 1, page(&deals[17]));
    world.days(&deals[15], 1, Usage::stored_gb(1));
    assert_eq!(
        world
            .deals()
            .get_book(
                &world.ada.address,
                &world.asset.address(),
                &page(&deals[15])
            )
            .len(),
        13
    );
}
