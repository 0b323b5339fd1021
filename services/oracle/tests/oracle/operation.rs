//! What operators rely on: fees, keys, lives of entries, clocks.

use crate::support::{all_up, load, number, Fault, Proxy, Stage, World, BUCKET, DAY, MB};
use flash_client::{sign, Job, Signer};
use flash_localnet::{settings::Preset, Config};
use flash_oracle::{chain::deal_of, keeper::entries_of};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use stellar_xdr::{
    AccountId, LedgerEntryData, LedgerKey, LedgerKeyAccount, Limits, ReadXdr, TransactionEnvelope,
};

async fn stroops(world: &World, account: &AccountId) -> i64 {
    let key = LedgerKey::Account(LedgerKeyAccount {
        account_id: account.clone(),
    });
    let found = world.client.entries(&[key]).await.unwrap();
    match &found[0].val {
        LedgerEntryData::Account(account) => account.balance,
        other => panic!("{other:?}"),
    }
}

/// Moves time and ledgers.
async fn advance(world: &World, secs: u64, ledgers: u32) {
    let url = format!("{}/admin/advance", world.network.url());
    let body = json!({ "secs": secs, "ledgers": ledgers });
    let moved = tokio::task::spawn_blocking(move || ureq::post(&url).send_json(body).map(|_| ()));
    moved.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn more_is_offered_for_what_is_stuck_and_the_oracle_pays_it_once() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    let proxy = Proxy::start(&stage.world.network.url()).await;
    stage.daemon = stage
        .daemon
        .clone()
        .set(&format!("network.rpc_url={}", proxy.url))
        .set("submit.channels=1")
        .set("submit.valid_secs=100")
        .set("submit.bump_after_secs=5")
        .set("keeper.advance=false");
    // The channel's account is there before anything goes wrong.
    stage.once().await;
    stage.day(&["r"]).await;
    let swallowed = AtomicBool::new(false);
    proxy.plan(move |method| {
        let first = method == "sendTransaction" && !swallowed.swap(true, Ordering::Relaxed);
        if first {
            Fault::Swallow
        } else {
            Fault::None
        }
    });
    let oracle = stage.world.oracle.account();
    let before = stroops(&stage.world, &oracle).await;
    stage.once().await;
    let (state, channel, hash, envelope, bumps): (String, String, String, String, i64) =
        sqlx::query_as("SELECT state, channel, hash, envelope, bumps FROM outbox")
            .fetch_one(stage.db.pool())
            .await
            .unwrap();
    assert_eq!((&*state, bumps), ("confirmed", 1));
    // The network finds it by the hash of what was signed first, in somebody else's envelope.
    let found = stage
        .world
        .client
        .find(&hash.parse().unwrap())
        .await
        .unwrap();
    let found = found.expect("it is in a ledger");
    assert!(found.succeeded());
    let paid = before - stroops(&stage.world, &oracle).await;
    assert_eq!(paid, found.result.fee_charged, "the oracle paid all of it");
    let channel: AccountId = channel.parse().unwrap();
    assert_eq!(stroops(&stage.world, &channel).await, 100_000_000);
    // The first one comes late.
    let first = TransactionEnvelope::from_xdr_base64(&envelope, Limits::none()).unwrap();
    let late = stage.world.client.send(&first).await.unwrap();
    let seen = format!("{late:?}");
    assert!(
        seen.contains("TxBadSeq") || seen.contains("Pending"),
        "{seen}"
    );
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_somebody_else_reports_nothing_and_sets_nothing_aside() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    let stranger = Signer::named("stranger");
    stage.world.client.fund(&stranger.account()).await.unwrap();
    let wrong = stage.daemon.clone().with_key(&stranger);
    let done = wrong.run(&["once"]).await;
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success());
    let told = [
        format!("the contract's oracle is {}", stage.world.oracle.account()),
        format!("the key is of {}", stranger.account()),
    ];
    assert!(told.iter().all(|told| log.contains(told)), "{log}");
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM set_aside")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(rows, 0);
    // Whoever may report does so at once.
    stage.once().await;
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_the_accounts_that_pay() {
    let stage = Stage::new().await;
    stage.once().await;
    let text = stage.daemon.output(&["status"]).await;
    let oracle = stage.world.oracle.account().to_string();
    assert!(
        text.contains(&oracle) && text.contains("channel-1"),
        "{text}"
    );
    let json = stage.daemon.output(&["status", "--json"]).await;
    let status: serde_json::Value = serde_json::from_str(&json).unwrap();
    let accounts = status["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3);
    let channel = accounts.iter().find(|one| one["name"] == "channel-0");
    assert_eq!(channel.unwrap()["stroops"], 100_000_000);
}

async fn short_lived() -> Stage {
    let config = Config {
        settings: Preset::Fast.settings(),
        ..Config::default()
    };
    let mut stage = Stage::on(World::with(config).await).await;
    // Rent of the contracts' code is in it.
    stage.daemon = stage
        .daemon
        .clone()
        .set("submit.channels=1")
        .set("submit.channel_balance_stroops=20000000000");
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_live_deal_needs_is_kept_from_being_archived() {
    let stage = short_lived().await;
    let deal = stage.deal("r", 100).await;
    let meter = stage.world.meter(deal).await;
    let deal = deal_of(meter, BUCKET.to_owned()).unwrap();
    let keys = entries_of(&stage.world.market, &deal).unwrap();
    let found = stage.world.client.entries(&keys).await.unwrap();
    assert_eq!(
        found.len(),
        keys.len(),
        "every key is one of the contracts'"
    );
    // Nobody touches the deal for most of their lives.
    advance(&stage.world, 60, 15_000).await;
    let daemon = stage
        .daemon
        .clone()
        .set("keeper.min_ttl_ledgers=10000")
        .set("keeper.extend_to_ledgers=17000");
    let text = daemon.output(&["once"]).await;
    assert!(number(&text, "batches of the keeper") > 0, "{text}");
    let tip = stage.world.client.rpc().get_latest_ledger().await.unwrap();
    for entry in stage.world.client.entries(&keys).await.unwrap() {
        let left = entry.live_until_ledger_seq.unwrap() - tip.sequence;
        assert!(left > 16_000, "{left} ledgers left for {:?}", entry.key);
    }
    // Not again before a day is over.
    let text = daemon.output(&["once"]).await;
    assert_eq!(number(&text, "batches of the keeper"), 0, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_archived_is_restored_by_the_report_that_needs_it() {
    let mut stage = short_lived().await;
    let deal = stage.deal("r", 100).await;
    stage.once().await;
    let from = stage.world.now().await;
    advance(&stage.world, DAY, 20_000).await;
    let tip = stage.world.client.rpc().get_latest_ledger().await.unwrap();
    let key = flash_client::instance_key(&stage.world.market.deals.id);
    let entry = stage.world.client.entries(&[key]).await.unwrap().remove(0);
    assert!(
        entry.live_until_ledger_seq.unwrap() < tip.sequence,
        "archived"
    );
    let to = stage.world.now().await;
    let sample = stage
        .truth
        .used(&stage.world, (BUCKET, "r"), from + 10, 5 << 20, 10 * MB);
    let told = load(vec![sample], all_up(BUCKET, from, to));
    stage.ingest.write(told).await.unwrap();
    stage.once().await;
    let meter = stage.world.meter(deal).await;
    assert!(
        meter.storage_mb_secs > 0 && meter.egress_mb == 5,
        "{meter:?}"
    );
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_paid_what_is_left_after_the_last_deal() {
    let mut stage = Stage::new().await;
    stage.deal("r", 2).await;
    stage.day(&["r"]).await;
    stage.day(&["r"]).await;
    // The last deal ends and is released before its money may be sent.
    for _ in 0..5 {
        stage.world.advance(3_700).await;
        stage.once().await;
    }
    let finished: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM deals WHERE finished = 1")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(finished, 1);
    let market = &stage.world.market;
    let left = market
        .escrow
        .get_claimable(stage.world.provider.address(), market.asset_address());
    assert!(stage.world.client.read(&left).await.unwrap() > 0);
    stage.world.advance(3_700).await;
    let paying = stage.daemon.clone().set("keeper.min_push=1");
    paying.output(&["once"]).await;
    assert_eq!(stage.world.client.read(&left).await.unwrap(), 0);
    // From then on nobody asks for it.
    stage.world.advance(3_700).await;
    paying.output(&["once"]).await;
    let open: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM payees WHERE open = 1")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(open, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_answer_count_against_the_networks_limit() {
    let stage = Stage::new().await;
    let market = &stage.world.market;
    let call = market
        .registry
        .update_provider(stage.world.provider.address(), "other disks".to_owned());
    let job = Job::from(&call);
    let prepared = stage
        .world
        .client
        .prepare_measured(&stage.world.provider, &[], &job)
        .await
        .unwrap();
    let envelope = sign(
        &prepared.tx,
        stage.world.client.network_id(),
        &[&stage.world.provider],
    );
    let applied = stage
        .world
        .client
        .submit(&envelope.unwrap(), "update_provider")
        .await
        .unwrap();
    // The same bytes as the ledger has.
    use stellar_xdr::WriteXdr;
    let bytes = |value: &dyn Fn() -> Vec<u8>| value().len();
    let mut expected = bytes(&|| applied.return_value().to_xdr(Limits::none()).unwrap());
    for events in &applied.events.contract_events {
        for event in events {
            expected += bytes(&|| event.to_xdr(Limits::none()).unwrap());
        }
    }
    assert!(expected > 50, "{expected}");
    assert_eq!(prepared.event_bytes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_another_signature_gets_none() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    let proxy = Proxy::start(&stage.world.network.url()).await;
    stage.daemon = stage
        .daemon
        .clone()
        .set(&format!("network.rpc_url={}", proxy.url));
    stage.day(&["r"]).await;
    proxy.plan(|method| match method {
        "simulateTransaction" => Fault::ForgeAuth,
        _ => Fault::None,
    });
    let done = stage.daemon.run(&["once"]).await;
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success(), "whoever watches sees it");
    assert!(log.contains("nothing was signed"), "{log}");
    let signed: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE envelope IS NOT NULL")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(signed, 0);
    // Nothing is lost by it, and no deal is to blame.
    proxy.plan(|_| Fault::None);
    stage.once().await;
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
}
