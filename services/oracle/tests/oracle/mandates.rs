//! Standing top-ups: drawn by the keeper.

use crate::support::{number, Stage, DAY};
use flash_client::{signed_reports, types::BookReports, Call};

/// 10 USD.
const TOP_UP: i128 = 100_000_000;

/// A deal on its minimum deposit, with a standing top-up of 10 USD, a day later.
async fn short_of_money(stage: &Stage) -> u32 {
    let (world, market) = (&stage.world, &stage.world.market);
    let (consumer, size_mb) = (world.consumer.address(), 1_000_000);
    let deal = world.deal(stage.bucket, "large", 30, size_mb, 1_000).await;
    let quote = market
        .deals
        .get_quote(stage.bucket, 30 * DAY, size_mb, 1_000);
    let quote = world.client.read(&quote).await.unwrap();
    let surplus = u128::try_from(quote.price - quote.min_fund).unwrap();
    let reduce = market.deals.reduce_deposit(consumer.clone(), deal, surplus);
    world.client.invoke(&world.consumer, &reduce).await.unwrap();
    let until_ts = world.now().await + 30 * DAY;
    let set = market
        .mandates
        .set_mandate(consumer.clone(), deal, TOP_UP, TOP_UP, until_ts);
    world.client.invoke(&world.consumer, &set).await.unwrap();
    let tip = world.client.rpc().get_latest_ledger().await.unwrap();
    let (spender, until) = (market.mandates.address(), tip.sequence + 10_000);
    let approve = Call::<()>::new(
        &market.asset,
        "approve",
        &[&consumer, &spender, &TOP_UP, &until],
    );
    world
        .client
        .invoke(&world.consumer, &approve)
        .await
        .unwrap();

    world.advance(DAY).await;
    let (meter, now) = (world.meter(deal).await, world.now().await);
    let stored = u128::from(size_mb * (now - meter.start_ts));
    let books = vec![BookReports {
        provider: meter.provider,
        asset: meter.asset,
        page: meter.page,
        reports: vec![(deal, stored, 0, 80, 10_000, now)],
    }];
    let signed = signed_reports(&books);
    let report = market.deals.report_and_settle(books).signed_as(signed);
    world.client.invoke(&world.oracle, &report).await.unwrap();
    deal
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_top_up_is_drawn_once_its_deal_is_short_of_money() {
    let stage = Stage::new().await;
    let deal = short_of_money(&stage).await;
    let locked = stage.world.meter(deal).await.locked;
    let off = stage.daemon.clone().set("keeper.draw=false");
    off.output(&["once"]).await;
    assert_eq!(stage.world.meter(deal).await.locked, locked);

    stage.once().await;
    assert_eq!(stage.world.meter(deal).await.locked, locked + TOP_UP);
    let drawn = stage.world.market.mandates.get_mandate(deal);
    let drawn = stage.world.client.read(&drawn).await.unwrap();
    assert_eq!(drawn.unwrap().drawn, TOP_UP);
    // It has money again, and nobody asks for more.
    let text = stage.once().await;
    assert_eq!(number(&text, "batches of the keeper"), 0, "{text}");
    assert_eq!(stage.world.meter(deal).await.locked, locked + TOP_UP);
}
