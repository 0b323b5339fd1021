//! Rounds against the real contracts on a local network.

use crate::support::{all_up, load, number, Database, Stage, BUCKET, DAY, MB};
use flash_base::db::Db;
use flash_client::Signer;
use flash_oracle::MIGRATIONS;
use flash_oracle::{
    daemon::Oracle,
    ingest::{Ingest, Probe},
    outbox::{Kind, Outbox},
    plan::Item,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_is_billed_from_its_first_day_to_its_last() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 3).await;
    stage.day(&["r"]).await;
    // What would be done is shown, and nothing is done.
    let preview = stage.daemon.output(&["once", "--dry-run"]).await;
    assert!(
        preview.lines().count() == 2 && preview.contains("9990") | preview.contains("10000"),
        "{preview}"
    );
    assert_eq!(stage.world.meter(deal).await.storage_mb_secs, 0);
    stage.once().await;
    let meter = stage.world.meter(deal).await;
    assert!(meter.storage_mb_secs > 0 && meter.egress_mb == 5);
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
    // Nothing is due twice.
    assert_eq!(number(&stage.once().await, "batches "), 0);
    stage.day(&["r"]).await;
    stage.once().await;
    stage.day(&["r"]).await;
    stage.world.advance(120).await;
    // Status is known by the minute: it has to go beyond the last second of the deal.
    let end_ts = stage.world.meter(deal).await.end_ts;
    let status = all_up(BUCKET, end_ts - DAY, end_ts + 60);
    stage.ingest.write(load(vec![], status)).await.unwrap();
    stage.once().await;
    // The end: the rest is reported, the keeper closes and releases, frees and writes.
    for _ in 0..4 {
        stage.world.advance(60).await;
        stage.once().await;
    }
    let meter = stage.world.meter(deal).await;
    assert_eq!(meter.through_ts, meter.end_ts, "{meter:?}");
    assert!(meter.released, "{meter:?}");
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
    let outcome = stage.world.market.reputation.get_record(
        stage.world.provider.address(),
        flash_client::types::Role::Provider,
    );
    let record = stage.world.client.read(&outcome).await.unwrap();
    assert!(record.is_some(), "the outcome is written");
    // The owner deletes its record while batches of it are planned: they end, and keep nobody waiting.
    let next = stage.deal("next", 100).await;
    let outbox = Outbox::new(stage.db.clone());
    let report = Item {
        deal_id: deal,
        provider: meter.provider.to_string(),
        asset: meter.asset.to_string(),
        page: meter.page,
        storage_mb_secs: meter.storage_mb_secs + 1,
        egress_mb: meter.egress_mb,
        latency_ms: 40,
        uptime_bps: 10_000,
        through_ts: meter.through_ts + 1,
    };
    let planned = [Kind::Report(vec![report]), Kind::Advance(deal)];
    outbox.plan(&planned).await.unwrap();
    let parties = (
        stage.world.consumer.address(),
        stage.world.provider.address(),
    );
    let delete = stage
        .world
        .market
        .deals
        .delete_deal(parties.0, parties.1, deal);
    let owner = Signer::named("deployer");
    stage.world.client.invoke(&owner, &delete).await.unwrap();
    stage.day(&["next"]).await;
    stage.once().await;
    assert_eq!(outbox.open().await.unwrap(), []);
    assert!(stage.world.meter(next).await.storage_mb_secs > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_and_an_old_backup_bill_nothing_twice() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    stage.once().await;
    let file = stage
        .database
        .url
        .trim_start_matches("sqlite://")
        .to_owned();
    // The backup: consistent, of the first day.
    let backup = format!("{file}.backup");
    let copy = format!("VACUUM INTO '{backup}'");
    sqlx::query(&copy).execute(stage.db.pool()).await.unwrap();
    stage.day(&["r"]).await;
    stage.once().await;
    let before = stage.world.meter(deal).await;
    stage.db.close().await;
    for name in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{file}{name}"));
    }
    std::fs::copy(&backup, &file).unwrap();
    // With the old samples only, totals would fall: they are held.
    stage.world.advance(DAY).await;
    let now = stage.world.now().await;
    stage.db = Db::open(&stage.database.url, MIGRATIONS).await.unwrap();
    (stage.ingest, _) = Ingest::start(stage.db.clone(), 8);
    let probes = all_up(BUCKET, before.through_ts, now);
    stage.ingest.write(load(vec![], probes)).await.unwrap();
    let text = stage.once().await;
    let after = stage.world.meter(deal).await;
    assert!(after.through_ts > before.through_ts);
    assert_eq!(after.egress_mb, before.egress_mb, "{text}");
    assert!(after.storage_mb_secs >= before.storage_mb_secs);
    // The nodes tell again what was lost: all is as if nothing had happened.
    let again = stage.truth.all();
    stage.ingest.write(load(again, vec![])).await.unwrap();
    stage.day(&["r"]).await;
    stage.once().await;
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_with_two_databases_bill_once() {
    let mut stage = Stage::new().await;
    let deals = [stage.deal("a", 100).await, stage.deal("b", 100).await];
    stage.day(&["a", "b"]).await;
    // The other one has the same telemetry and the same key.
    let other = Database::sqlite();
    let db = Db::open(&other.url, MIGRATIONS).await.unwrap();
    let (ingest, _) = Ingest::start(db, 8);
    let to = stage.world.now().await;
    let samples = stage.truth.all();
    ingest
        .write(load(samples, all_up(BUCKET, to - DAY, to)))
        .await
        .unwrap();
    let second = stage.daemon.clone().set(&format!("database={}", other.url));
    let (first, second) = tokio::join!(stage.daemon.run(&["once"]), second.run(&["once"]));
    assert!(first.status.success() || second.status.success());
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &deals)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_one_database_is_idle() {
    let stage = Stage::new().await;
    let held = flash_base::lease::Lease::new(
        stage.db.clone(),
        &stage.world.oracle.account().to_string(),
        "the first",
        60,
    );
    assert!(held.hold().await.unwrap());
    let second = stage.daemon.run(&["once"]).await;
    let errors = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        !second.status.success() && errors.contains("another daemon"),
        "{errors}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_status_of_the_nodes_nothing_advances() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    let from = stage.world.now().await;
    stage.world.advance(DAY).await;
    let sample = stage
        .truth
        .used(&stage.world, (BUCKET, "r"), from + 5, 0, 10 * MB);
    stage
        .ingest
        .write(load(vec![sample], vec![]))
        .await
        .unwrap();
    assert_eq!(number(&stage.once().await, "without node status"), 1);
    assert_eq!(
        stage.world.meter(deal).await.through_ts,
        stage.world.meter(deal).await.start_ts
    );
    // Down is something else than unknown: it is reported, and the provider is not paid for it.
    let now = stage.world.now().await;
    let down = (from..now).step_by(1_800).map(|at| Probe {
        bucket: BUCKET.to_owned(),
        node: "node".to_owned(),
        at_ms: at * 1_000,
        up: false,
        latency_ms: 0,
    });
    let probes: Vec<_> = down.collect();
    stage.ingest.write(load(vec![], probes)).await.unwrap();
    stage.once().await;
    let meter = stage.world.meter(deal).await;
    assert!(meter.storage_mb_secs > 0);
    assert_eq!((meter.strikes, meter.payable_mb_secs_bps), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_batch_is_cut_until_it_fits_and_all_of_it_is_billed() {
    let mut stage = Stage::new().await;
    let repos: Vec<String> = (0..9).map(|nth| format!("r{nth}")).collect();
    let names: Vec<&str> = repos.iter().map(String::as_str).collect();
    let mut deals = Vec::new();
    for repo in &names {
        deals.push(stage.deal(repo, 100).await);
    }
    stage.day(&names).await;
    // As if a transaction might need next to nothing.
    let config = stage.oracle(&["submit.max_share_percent=1"]);
    std::env::set_var("ORACLE_SECRET_KEY", stage.world.oracle.secret());
    let oracle = Oracle::open(config).await.unwrap();
    let round = oracle.once(&|_| ()).await.unwrap();
    assert_eq!(round.batches, 1);
    let split: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE state = 'split'")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert!(split > 0);
    for deal in &deals {
        assert!(stage.world.meter(*deal).await.storage_mb_secs > 0);
    }
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &deals)
        .await;
}

/// Samples name a provider's bucket by its external id: two listings of it would share them.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_cannot_list_a_bucket_twice_and_share_its_samples() {
    let stage = Stage::new().await;
    let provider = stage.world.provider.address();
    let again = stage.world.market.registry.create_bucket(
        provider,
        "twin".to_owned(),
        "eu".to_owned(),
        BUCKET.to_owned(),
        "S3".to_owned(),
        1,
        1,
        200,
        9_990,
    );
    let client = &stage.world.client;
    let error = client.invoke(&stage.world.provider, &again).await;
    let error = error.map(|done| done.answer).unwrap_err();
    assert_eq!(
        error.contract_error(),
        Some(flash_client::types::RegistryError::ExternalIdTaken)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_small_is_reported_and_not_settled() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    stage.once().await;
    let meter = stage.world.meter(deal).await;
    // 5 MB of egress and 10 MB for a day: far below 0.05 USD.
    assert!(meter.owed > 0 && meter.paid_total == 0, "{meter:?}");
    stage.day(&["r"]).await;
    let settling = stage.daemon.clone().set("round.min_settle=1");
    settling.output(&["once"]).await;
    let meter = stage.world.meter(deal).await;
    assert!(meter.owed == 0 && meter.paid_total > 0, "{meter:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_sent_to_its_owner() {
    let mut stage = Stage::new().await;
    stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    let daemon = stage
        .daemon
        .clone()
        .set("round.min_settle=1")
        .set("keeper.min_push=1");
    let text = daemon.output(&["once"]).await;
    assert_eq!(number(&text, "batches of the keeper"), 1);
    let provider = stage.world.provider.address();
    let asset = stage.world.market.asset_address();
    let left = stage
        .world
        .market
        .escrow
        .get_claimable(provider.clone(), asset);
    assert_eq!(stage.world.client.read(&left).await.unwrap(), 0);
    let balance =
        flash_client::Call::<i128>::new(&stage.world.market.asset, "balance", &[&provider]);
    assert!(stage.world.client.read(&balance).await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_oracle_stops_and_goes_on_with_the_next_day() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    let deployer = flash_client::Signer::named("deployer");
    let suspend = stage.world.market.deals.suspend_oracle();
    stage
        .world
        .client
        .invoke(&deployer, &suspend)
        .await
        .unwrap();
    stage.day(&["r"]).await;
    stage.once().await;
    let status = stage.daemon.output(&["status"]).await;
    assert!(status.contains("is set aside"), "{status}");
    assert_eq!(stage.world.meter(deal).await.storage_mb_secs, 0);
    let other = flash_client::Signer::named("other");
    let back = stage.world.market.deals.schedule_oracle(other.address());
    stage.world.client.invoke(&deployer, &back).await.unwrap();
    let back = stage
        .world
        .market
        .deals
        .schedule_oracle(stage.world.oracle.address());
    stage.world.client.invoke(&deployer, &back).await.unwrap();
    stage.day(&["r"]).await;
    stage.day(&["r"]).await;
    stage.once().await;
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM set_aside")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(rows, 0, "what is reported is set aside no more");
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_cannot_pay_stops_no_round_and_is_named() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    let mut poor = stage.daemon.clone();
    for setting in [
        "submit.channels=1",
        // It is given up after three transactions that expired.
        "submit.valid_secs=20",
        // The reserve of an account and next to nothing.
        "submit.channel_balance_stroops=10000100",
        "keeper.advance=false",
    ] {
        poor = poor.set(setting);
    }
    let done = poor.run(&["once"]).await;
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "the round ends: {log}");
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT state, channel, outcome FROM outbox WHERE kind LIKE 'report%'")
            .fetch_all(stage.db.pool())
            .await
            .unwrap();
    let [(state, channel, outcome)] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(state, "failed");
    let told = format!("channel {channel} has 10000100 stroops");
    for text in [&log, outcome] {
        assert!(
            text.contains(&told) && text.contains("send XLM to it"),
            "{text}"
        );
    }
    // Nothing was taken, and nothing is set aside: with money it is billed once.
    assert_eq!(stage.world.meter(deal).await.storage_mb_secs, 0);
    let to = channel.parse().unwrap();
    let pay = flash_client::Job::pay(&stellar_xdr::Asset::Native, &to, 100_000_000);
    let consumer = &stage.world.consumer;
    stage.world.client.run(consumer, &[], &pay).await.unwrap();
    assert!(poor.run(&["once"]).await.status.success());
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_that_no_channel_can_pay_keeps_no_report_waiting() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    // Everything is due, and the code of the contracts for so long costs hundreds of XLM.
    stage.daemon = stage
        .daemon
        .clone()
        .set("keeper.min_ttl_ledgers=3000000")
        .set("keeper.extend_to_ledgers=3100000");
    stage.once().await;
    assert!(stage.world.meter(deal).await.storage_mb_secs > 0);
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT state, COALESCE(outcome, '') FROM outbox WHERE kind = 'extend'")
            .fetch_all(stage.db.pool())
            .await
            .unwrap();
    let count = |state| rows.iter().filter(|row| row.0 == state).count();
    assert!(
        count("split") > 0,
        "what costs too much is divided: {rows:?}"
    );
    assert!(count("failed") > 0, "code alone costs too much: {rows:?}");
    assert!(count("confirmed") > 0, "the rest is extended: {rows:?}");
    assert_eq!(
        count("split") + count("failed") + count("confirmed"),
        rows.len()
    );
    let failed = rows.iter().filter(|row| row.0 == "failed");
    for (_, outcome) in failed {
        assert!(outcome.contains("the extension costs up to"), "{outcome}");
    }
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_of_another_deployment_is_refused() {
    let stage = Stage::new().await;
    let file = stage.world.deployment_file();
    let text = std::fs::read_to_string(&file).unwrap();
    let passphrase = stage.world.client.passphrase();
    let other = "Public Global Stellar Network ; September 2015";
    assert!(text.contains(passphrase));
    std::fs::write(&file, text.replace(passphrase, other)).unwrap();
    for command in [["once"].as_slice(), &["once", "--dry-run"], &["run"]] {
        let done = stage.daemon.run(command).await;
        let log = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success());
        for told in [passphrase, other, "local.json", "network.rpc_url"] {
            assert!(log.contains(told), "{log}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_oracle_before_it_sends() {
    let mut stage = Stage::new().await;
    let deal = stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    stage.once().await;
    stage.day(&["r"]).await;
    let before = stage.world.meter(deal).await;
    // No file can grow any more.
    let full = stage.daemon.with_full_disk(&["once"]).await;
    assert!(!full.status.success());
    assert_eq!(
        stage.world.meter(deal).await.through_ts,
        before.through_ts,
        "nothing was sent"
    );
    stage.once().await;
    stage
        .truth
        .assert_billed(&stage.world, BUCKET, &[deal])
        .await;
}

/// The provider need not bear it: after three such windows in a row its notice is neutral.
#[tokio::test(flavor = "multi_thread")]
async fn use_above_the_agreed_is_reported_as_such_and_costs_nothing() {
    let mut stage = Stage::new().await;
    let (agreed_mb, agreed_egress_mb) = (8, 12);
    let deal = stage
        .world
        .deal(stage.bucket, "r", 100, agreed_mb, agreed_egress_mb)
        .await;
    // 10 MB more each day, and 5 sent: the first windows have room for a few seconds.
    for (day, clipped) in [(1, 0), (2, 1), (3, 2)] {
        stage.day(&["r"]).await;
        // A report that is planned and never sent changes nothing.
        stage.daemon.output(&["once", "--dry-run"]).await;
        stage.once().await;
        let meter = stage.world.meter(deal).await;
        assert_eq!(meter.clipped_windows, clipped, "day {day}: {meter:?}");
        stage
            .truth
            .assert_billed(&stage.world, BUCKET, &[deal])
            .await;
    }
    let meter = stage.world.meter(deal).await;
    assert_eq!(meter.egress_mb, agreed_egress_mb);
    assert!(meter.storage_mb_secs < u128::from(3 * DAY * agreed_mb));
}
