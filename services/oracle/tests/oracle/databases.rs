//! The same suite on SQLite and on PostgreSQL.

use crate::support::{deal, of_samples, on_each, sample, Database, MB, START};
use flash_base::db::Db;
use flash_meter::totals::Basis;
use flash_oracle::MIGRATIONS;
use flash_oracle::{
    deal::Deal,
    ingest::{Incoming, Ingest, Load, Probe, Refused, Reject},
    metering::Metering,
    outbox::{Kind, Outbox, State},
    plan::Item,
    retention, status,
};
use std::{collections::BTreeSet, time::Duration};

fn item(deal_id: u32) -> Item {
    Item {
        deal_id,
        provider: "P".to_owned(),
        asset: "A".to_owned(),
        page: 0,
        storage_mb_secs: u128::MAX,
        egress_mb: 1,
        latency_ms: 2,
        uptime_bps: 3,
        through_ts: 4,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_that_comes_twice_is_there_once() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let samples: Vec<_> = (0..2_345)
            .map(|nth| sample(START + nth % 50, &nth.to_string(), 1, 0))
            .collect();
        let first = ingest.write(of_samples(samples.clone())).await.unwrap();
        assert_eq!((first.accepted, first.duplicates), (2_345, 0));
        let again = ingest.write(of_samples(samples)).await.unwrap();
        assert_eq!((again.accepted, again.duplicates), (0, 2_345));
        assert_eq!(status::read(&db).await.unwrap().samples, 2_345);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loads_at_once_are_all_answered() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db, 64);
        let mut tasks = tokio::task::JoinSet::new();
        for nth in 0..40 {
            let ingest = ingest.clone();
            let origin = format!("{}", nth % 20);
            tasks.spawn(async move {
                ingest
                    .write(of_samples(vec![sample(START, &origin, 1, 0)]))
                    .await
            });
        }
        let mut accepted = 0;
        while let Some(done) = tasks.join_next().await {
            accepted += done.unwrap().unwrap().accepted;
        }
        assert_eq!(accepted, 20);
    })
    .await;
}

#[tokio::test]
async fn too_much_at_once_is_refused_and_not_kept() {
    let database = Database::sqlite();
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let (ingest, _) = Ingest::start(db.clone(), 1);
    // The writer waits for this one.
    let turn = db.write().await.unwrap();
    let mut offers = Vec::new();
    for nth in 0..4_u64 {
        let ingest = ingest.clone();
        let load = of_samples(vec![sample(START, &nth.to_string(), 1, 0)]);
        offers.push(tokio::spawn(async move { ingest.offer(load).await }));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(turn);
    let mut full = 0;
    for offer in offers {
        match offer.await.unwrap() {
            Ok(written) => assert_eq!(written.accepted, 1),
            Err(Refused::Full) => full += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(full >= 1);
    assert_eq!(status::read(&db).await.unwrap().samples, 4 - full);
}

async fn totals(db: &Db, basis: &Basis, to: u64) -> u128 {
    let metering = Metering { db };
    let (state, _) = metering.totals(&deal(), basis, to).await.unwrap();
    metering.keep(&[(7, basis.clone(), state)]).await.unwrap();
    state.totals(basis).storage_mb_secs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_sample_voids_the_checkpoint() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let basis = deal().basis(vec![]);
        ingest
            .write(of_samples(vec![sample(START, "a", 0, 10 * MB)]))
            .await
            .unwrap();
        assert_eq!(totals(&db, &basis, START + 100).await, 1_000);
        assert_eq!(totals(&db, &basis, START + 200).await, 2_000);
        ingest
            .write(of_samples(vec![sample(START + 50, "b", 0, 10 * MB)]))
            .await
            .unwrap();
        assert_eq!(totals(&db, &basis, START + 300).await, 10 * 300 + 10 * 250);
        // Other terms, another sum.
        let excluded = Basis {
            excluded: vec![(START + 40, START + 60)],
            ..basis
        };
        assert_eq!(totals(&db, &excluded, START + 300).await, 10 * 300);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_samples_than_a_page_add_up_the_same() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        // A second with more samples than a page, and seconds around it.
        let many = (0..20_500).map(|nth| sample(START + 10, &format!("m{nth}"), 0, 1 << 10));
        let few = (0..500).map(|nth| sample(START + nth, &format!("f{nth}"), 0, 1 << 10));
        ingest
            .write(of_samples(few.chain(many).collect()))
            .await
            .unwrap();
        let basis = deal().basis(vec![]);
        let (state, _) = Metering { db: &db }
            .totals(&deal(), &basis, START + 1_000)
            .await
            .unwrap();
        let expected: u64 =
            (0..500).map(|nth| (1_000 - nth) << 10).sum::<u64>() + ((20_500 * 990) << 10);
        assert_eq!(state.byte_secs, u128::from(expected));
        assert_eq!(state.samples, 21_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_a_node_counts_and_silence_of_all_is_down() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let probe = |minute: u64, node: &str, up, latency_ms| Probe {
            bucket: "b".to_owned(),
            node: node.to_owned(),
            at_ms: (START / 60 + minute) * 60_000,
            up,
            latency_ms,
        };
        let probes = vec![
            probe(1, "n1", true, 30),
            probe(1, "n2", false, 0),
            probe(2, "n1", false, 0),
            probe(3, "n1", true, 50),
            // Two probes in a minute: it answered in it.
            probe(4, "n1", false, 0),
            probe(4, "n1", true, 70),
            // Minute 5: nobody looked.
        ];
        let load = Load {
            probes,
            ..Load::default()
        };
        ingest.write(load).await.unwrap();
        let metering = Metering { db: &db };
        let from = START / 60 * 60;
        let service = metering.service("b", from, from + 600).await.unwrap();
        assert_eq!((service.uptime_bps, service.latency_ms), (7_500, 50));
        let known = metering.known_through("b", from + 600).await.unwrap();
        assert_eq!(known, Some(from + 5 * 60));
        assert_eq!(
            metering.known_through("other", from + 600).await.unwrap(),
            None
        );
        let nothing = metering.service("other", from, from + 600).await.unwrap();
        assert_eq!(nothing, flash_meter::service::NONE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_kept_with_its_reason_and_does_not_stop_the_rest() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let mut load = of_samples(vec![sample(START, "a", 0, 0)]);
        let line = "é\0".repeat(1_000);
        load.rejects.add(Reject::new("s\0", &line, "no\0 time"));
        let written = ingest.write(load).await.unwrap();
        assert_eq!((written.accepted, written.rejected), (1, 1));
        let line: String = sqlx::query_scalar("SELECT line FROM rejects")
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert!(line.len() <= 1_024);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_changes_only_for_who_read_it_last() {
    on_each(|db, url| async move {
        let outbox = Outbox::new(db);
        outbox
            .plan(&[Kind::Report(vec![item(1), item(2)]), Kind::Advance(9)])
            .await
            .unwrap();
        let batch = outbox
            .next_planned(&BTreeSet::new())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(batch.kind.items().len(), 2, "reports come before steps");
        assert_eq!(batch.kind.items()[0].storage_mb_secs, u128::MAX);
        let mut built = batch.clone();
        built.state = State::Built;
        built.hash = Some("ab".to_owned());
        built.envelope = Some("AAAA".to_owned());
        built.max_time = 77;
        let built = outbox.swap(&batch, built).await.unwrap();
        // Somebody who read it before is too late.
        let mut other = batch.clone();
        other.state = State::Failed;
        assert!(outbox.swap(&batch, other).await.is_err());
        // What is committed is there for whoever comes after.
        let after = Outbox::new(Db::open(&url, MIGRATIONS).await.unwrap());
        let found = after
            .open()
            .await
            .unwrap()
            .into_iter()
            .find(|one| one.id == batch.id)
            .unwrap();
        assert_eq!(found, built);
        let mut sent = found.clone();
        sent.state = State::Sent;
        let sent = after.swap(&found, sent).await.unwrap();
        let mut planned = sent.clone();
        planned.state = State::Planned;
        let planned = after.swap(&sent, planned).await.unwrap();
        let parts = [vec![item(1)], vec![item(2)]].map(Kind::Report);
        after.split(&planned, &parts, "too large").await.unwrap();
        let open = outbox.open().await.unwrap();
        assert_eq!(open.len(), 3);
        assert!(open.iter().all(|one| one.state == State::Planned));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_batch_goes_a_way_that_is_none() {
    on_each(|db, _| async move {
        let outbox = Outbox::new(db);
        outbox.plan(&[Kind::Advance(1)]).await.unwrap();
        let batch = outbox
            .next_planned(&BTreeSet::new())
            .await
            .unwrap()
            .unwrap();
        let mut sent = batch.clone();
        sent.state = State::Sent;
        assert!(
            outbox.swap(&batch, sent).await.is_err(),
            "planned was never built"
        );
        let mut done = batch.clone();
        done.state = State::Confirmed;
        let done = outbox.swap(&batch, done).await.unwrap();
        for next in State::ALL {
            let mut again = done.clone();
            again.state = next;
            assert!(
                outbox.swap(&done, again).await.is_err(),
                "what is done is done"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_is_shown_as_set_aside_only_while_it_is() {
    on_each(|db, _| async move {
        let now = i64::try_from(flash_oracle::time::now_ms() / 1_000).unwrap();
        for (deal, until) in [(1, now - 1), (2, now + 600), (3, i64::from(u32::MAX))] {
            sqlx::query(
                "INSERT INTO set_aside (deal_id, code, reason, until_secs) VALUES ($1, 1, 'x', $2)",
            )
            .bind(deal)
            .bind(until)
            .execute(db.pool())
            .await
            .unwrap();
        }
        let shown = |status: status::Status| {
            let asides = status.set_aside.into_iter();
            asides.map(|aside| aside.deal_id).collect::<Vec<_>>()
        };
        assert_eq!(shown(status::read(&db).await.unwrap()), [2, 3]);
        // All of its money is settled: nobody has to look at it.
        sqlx::query(
            "INSERT INTO deals (deal_id, first_seen_secs, finished, synced, checked_secs, \
             limit_secs) VALUES (3, 0, 1, 0, 0, 0)",
        )
        .execute(db.pool())
        .await
        .unwrap();
        assert_eq!(shown(status::read(&db).await.unwrap()), [2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_makes_and_changes_nothing() {
    on_each(|db, url| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let looked = Db::open_read_only(&url, MIGRATIONS).await.unwrap();
        ingest
            .write(of_samples(vec![sample(START, "a", 1, 0)]))
            .await
            .unwrap();
        // Beside the program that runs, and when it is gone.
        assert_eq!(status::read(&looked).await.unwrap().samples, 1);
        looked.close().await;
        db.close().await;
        let looked = Db::open_read_only(&url, MIGRATIONS).await.unwrap();
        assert_eq!(status::read(&looked).await.unwrap().samples, 1);
        looked.close().await;
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oracle.db");
    let url = format!("sqlite://{}", path.display());
    for url in [url.clone(), format!("{url}?mode=rwc")] {
        let error = Db::open_read_only(&url, MIGRATIONS).await.err().unwrap();
        assert!(error.to_string().contains(&url), "{error}");
        assert!(!path.exists());
    }
}

/// What a deal comes to.
async fn comes_to(db: &Db, deal: &Deal, to_secs: u64) -> (u128, u128) {
    let basis = deal.basis(vec![]);
    let metering = Metering { db };
    let (state, _) = metering.totals(deal, &basis, to_secs).await.unwrap();
    (state.byte_secs, state.egress_bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_changes_no_total_and_comes_back_in_no_total() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let day = 86_400;
        let of = |repo: &str, at: u64, nth: u64| Incoming {
            repo: repo.to_owned(),
            ..sample(at, &nth.to_string(), 1_000, 5 * MB)
        };
        let mut told = Vec::new();
        for nth in 0..40 {
            told.push(of("over", START + nth * day, nth));
            told.push(of("live", START + nth * day, nth));
        }
        ingest.write(of_samples(told.clone())).await.unwrap();
        // One deal is over, one lives, and one begins later where the first one was.
        let over = Deal {
            repo: "over".to_owned(),
            released: true,
            ..deal()
        };
        let live = Deal {
            deal_id: 8,
            repo: "live".to_owned(),
            ..deal()
        };
        let next = Deal {
            deal_id: 9,
            repo: "over".to_owned(),
            start_ts: START + 35 * day,
            end_ts: START + 60 * day,
            ..deal()
        };
        for deal in [&over, &live] {
            let put =
                "INSERT INTO deals (deal_id, first_seen_secs, finished, synced, checked_secs, \
                       limit_secs, meter) VALUES ($1, 0, $2, 0, 0, 0, $3)";
            let put = sqlx::query(put).bind(i64::from(deal.deal_id));
            let put = put.bind(i64::from(deal.released));
            let put = put.bind(serde_json::to_string(deal).unwrap());
            put.execute(db.pool()).await.unwrap();
        }
        let to = START + 50 * day;
        let before = [
            comes_to(&db, &live, to).await,
            comes_to(&db, &next, to).await,
        ];
        let cut = START + 20 * day;
        let forgotten = retention::samples(&db, cut * 1_000).await.unwrap();
        assert_eq!(forgotten, 20, "those of the deal that is over");
        let after = [
            comes_to(&db, &live, to).await,
            comes_to(&db, &next, to).await,
        ];
        assert_eq!(before, after);
        // Everything is told again, and some more that is late.
        told.push(of("over", START + 3 * day + 1, 99));
        let again = ingest.write(of_samples(told)).await.unwrap();
        assert_eq!(
            (again.accepted, again.duplicates, again.rejected),
            (0, 60, 21)
        );
        let again = [
            comes_to(&db, &live, to).await,
            comes_to(&db, &next, to).await,
        ];
        assert_eq!(before, again);
        // Again and later, what is left of them goes too.
        retention::samples(&db, cut * 1_000).await.unwrap();
        retention::samples(&db, (cut + day) * 1_000).await.unwrap();
        assert_eq!(before[1], comes_to(&db, &next, to).await);
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM samples WHERE host = 'forgotten'")
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert_eq!(rows, 1);
    })
    .await;
}
