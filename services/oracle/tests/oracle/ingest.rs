//! What hostile rows do to the database, on both: nothing to anybody else.

use crate::support::{databases, deal, of_samples, on_each, sample, MB, START};
use flash_base::db::Db;
use flash_oracle::{
    deal::Deal,
    ingest::{Ingest, Load, Reject, Written},
    metering::Metering,
    retention,
    sources::ndjson,
    status, MIGRATIONS,
};
use serde_json::json;
use sqlx::migrate::Migrator;
use std::borrow::Cow;

const DAY: u64 = 86_400;
const LATEST_MS: u64 = 1_900_000_000_000;

fn push(body: &str) -> Load {
    ndjson::samples(body, &"P".into(), "node-1", LATEST_MS).unwrap()
}

fn told(more: serde_json::Value) -> String {
    let mut sample =
        json!({ "timestamp": START * 1_000, "repoId": "r", "bucketId": "b", "host": "h" });
    for (name, value) in more.as_object().unwrap() {
        sample[name] = value.clone();
    }
    sample.to_string()
}

async fn egress(db: &Db) -> u128 {
    let basis = deal().basis(vec![]);
    let metering = Metering { db };
    let state = metering.totals(&deal(), &basis, START + DAY).await;
    state.unwrap().0.egress_bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn two_downloads_by_one_host_in_one_second_both_count() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let two = told(json!({ "dwl_bytes": 10 })) + "\n" + &told(json!({ "dwl_bytes": 20 }));
        assert_eq!(ingest.write(push(&two)).await.unwrap().accepted, 2);
        // Told again they are the same two.
        let again = ingest.write(push(&two)).await.unwrap();
        assert_eq!((again.accepted, again.duplicates), (0, 2));
        assert_eq!(egress(&db).await, 30);
        // Two that are alike are two where the host numbers them.
        let three = told(json!({ "dwl_bytes": 5, "seq": 1 }))
            + "\n"
            + &told(json!({ "dwl_bytes": 5, "seq": 2 }));
        assert_eq!(ingest.write(push(&three)).await.unwrap().accepted, 2);
        assert_eq!(ingest.write(push(&three)).await.unwrap().duplicates, 2);
        assert_eq!(egress(&db).await, 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_with_other_content_is_a_conflict_that_is_counted_and_kept() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let first = told(json!({ "dwl_bytes": 10, "seq": 7 }));
        assert_eq!(ingest.write(push(&first)).await.unwrap().accepted, 1);
        let others = [
            json!({ "dwl_bytes": 11, "seq": 7 }),
            json!({ "dwl_bytes": 10, "seq": 7, "timestamp": START * 1_000 + 1 }),
            json!({ "dwl_bytes": 10, "seq": 7, "repoId": "other" }),
        ];
        for other in others {
            let written = ingest.write(push(&told(other))).await.unwrap();
            let expected = Written {
                rejected: 1,
                conflicts: 1,
                alerting: 1,
                ..Written::default()
            };
            assert_eq!(written, expected);
        }
        // Another host and another provider have numbers of their own.
        let host = told(json!({ "dwl_bytes": 1, "seq": 7, "host": "h2" }));
        assert_eq!(ingest.write(push(&host)).await.unwrap().accepted, 1);
        let load = ndjson::samples(&first, &"Q".into(), "node-2", LATEST_MS).unwrap();
        assert_eq!(ingest.write(load).await.unwrap().accepted, 1);
        assert_eq!(egress(&db).await, 11);
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM rejects WHERE alerts = 1")
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert_eq!(kept, 3);
        // In one load too.
        let both = told(json!({ "dwl_bytes": 1, "seq": 8 }))
            + "\n"
            + &told(json!({ "dwl_bytes": 2, "seq": 8 }));
        let written = ingest.write(push(&both)).await.unwrap();
        assert_eq!((written.accepted, written.conflicts), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_in_any_field_of_a_push_costs_its_line_and_no_other() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let fields = ["repoId", "bucketId", "host", "timestamp"];
        let mut lines: Vec<_> = fields.map(|name| told(json!({ name: "a\0b" }))).into();
        lines.push("no\0sense".to_owned());
        lines.push(told(json!({ "dwl_bytes": 9 })));
        let written = ingest.write(push(&lines.join("\n"))).await.unwrap();
        assert_eq!((written.accepted, written.rejected), (1, 5));
        let probe =
            json!({ "nodeId": "n\0", "bucketId": "b", "nodeStatus": "up\0", "lastUpdated": 1 });
        let load = ndjson::probes(&probe.to_string(), "prober\0", LATEST_MS).unwrap();
        assert_eq!(ingest.write(load).await.unwrap().rejected, 1);
        assert_eq!(egress(&db).await, 9);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rejects_the_first_thousand_are_kept_and_all_are_counted() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let junk = (0..5_000)
            .map(|nth| format!("{nth} x\n"))
            .collect::<String>();
        let written = ingest.write(push(&junk)).await.unwrap();
        assert_eq!(written.rejected, 5_000);
        let counted: String =
            sqlx::query_scalar("SELECT reason FROM rejects WHERE reason LIKE '%more lines%'")
                .fetch_one(db.pool())
                .await
                .unwrap();
        assert!(counted.starts_with("4000 more"), "{counted}");
        assert_eq!(status::read(&db).await.unwrap().rejected_lines, 1_001);
        // A source that goes on and on fills no disk.
        for round in 0..12 {
            let junk = (0..1_000)
                .map(|nth| format!("{round} {nth}\n"))
                .collect::<String>();
            assert_eq!(ingest.write(push(&junk)).await.unwrap().rejected, 1_000);
        }
        assert!(status::read(&db).await.unwrap().rejected_lines <= 10_020);
        // Those of others are kept as before.
        let mut load = Load::of("node-2");
        load.rejects.add(Reject::new("node-2", "x", "no JSON"));
        let before = status::read(&db).await.unwrap().rejected_lines;
        ingest.write(load).await.unwrap();
        assert_eq!(status::read(&db).await.unwrap().rejected_lines, before + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_begins_only_so_many_series_and_the_others_do_not_notice() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start_with(db.clone(), 4, 3);
        let repos = (0..10).map(|nth| told(json!({ "repoId": format!("r{nth}") })) + "\n");
        let written = ingest
            .write(push(&repos.collect::<String>()))
            .await
            .unwrap();
        assert_eq!(
            (written.accepted, written.rejected, written.over_quota),
            (3, 7, 7)
        );
        // What it began goes on, also after a restart; others begin theirs.
        let (ingest, _) = Ingest::start_with(db.clone(), 4, 3);
        let more = told(json!({ "repoId": "r0", "dwl_bytes": 1 }))
            + "\n"
            + &told(json!({ "repoId": "new" }));
        let written = ingest.write(push(&more)).await.unwrap();
        assert_eq!((written.accepted, written.over_quota), (1, 1));
        let load = ndjson::samples(&told(json!({})), &"Q".into(), "node-2", LATEST_MS).unwrap();
        assert_eq!(ingest.write(load).await.unwrap().accepted, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_beyond_63_bits_are_forgotten_and_metered_as_any_other() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        // 2015-06-01.
        let at = 1_433_116_800;
        let many = (0..8_200).map(|nth| sample(at + nth, &nth.to_string(), 0, 1 << 50));
        ingest.write(of_samples(many.collect())).await.unwrap();
        let ended = Deal {
            released: true,
            ..deal()
        };
        let size = |db: Db, deal: Deal| async move {
            let basis = deal.basis(vec![]);
            let metering = Metering { db: &db };
            metering
                .totals(&deal, &basis, START + 1)
                .await
                .unwrap()
                .0
                .size_bytes
        };
        let expected = 8_200_i128 << 50;
        assert_eq!(size(db.clone(), ended.clone()).await, expected);
        assert_eq!(retention::samples(&db, START * 1_000).await.unwrap(), 8_200);
        assert_eq!(size(db.clone(), ended.clone()).await, expected);
        // And what is left of them again.
        retention::samples(&db, (START + 1) * 1_000).await.unwrap();
        assert_eq!(size(db.clone(), ended).await, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tallies_say_what_a_count_would() {
    on_each(|db, _| async move {
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let probe = |minute: u64, up| flash_oracle::ingest::Probe {
            bucket: "b".to_owned(),
            node: "n".to_owned(),
            at_ms: (START + minute * 60) * 1_000,
            up,
            latency_ms: 1,
        };
        let samples = (0..500).map(|nth| sample(START + nth % 90, &(nth % 400).to_string(), 1, MB));
        let mut load = of_samples(samples.collect());
        load.probes = vec![probe(1, false), probe(2, true)];
        load.rejects.add(Reject::new("s", "x", "y"));
        ingest.write(load).await.unwrap();
        let mut load = Load::of("prober");
        load.probes = vec![probe(1, true), probe(2, true), probe(3, true)];
        let written = ingest.write(load).await.unwrap();
        assert_eq!((written.accepted, written.duplicates), (2, 1));
        retention::samples(&db, (START + 50) * 1_000).await.unwrap();
        let status = status::read(&db).await.unwrap();
        for (table, told) in [
            ("samples", status.samples),
            ("probes", status.probes),
            ("rejects", status.rejected_lines),
            ("object_events", status.object_events),
        ] {
            let counted: i64 = sqlx::query_scalar(&format!("SELECT COUNT(*) FROM {table}"))
                .fetch_one(db.pool())
                .await
                .unwrap();
            assert_eq!(u64::try_from(counted).unwrap(), told, "{table}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_that_an_older_version_knew_are_the_same_after_the_migration() {
    for database in databases() {
        let old = MIGRATIONS.iter().take(2).cloned().collect();
        let old = Box::leak(Box::new(Migrator {
            migrations: Cow::Owned(old),
            ..Migrator::DEFAULT
        }));
        let db = Db::open(&database.url, old).await.unwrap();
        let series = flash_oracle::ingest::series_id("P", "b", "r");
        let at = i64::try_from(START).unwrap() * 1_000;
        for sql in [
            format!("INSERT INTO series (series_id, provider, bucket, repo) VALUES ({series}, 'P', 'b', 'r')"),
            format!(
                "INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, host)
                 VALUES ({series}, {at}, 1, 0, 5, {}, 's3'), ({series}, {at} + 10000, 2, 0, 0, {}, 's3')",
                10 * MB,
                -4 * MB
            ),
            format!("INSERT INTO objects VALUES ({series}, 'r/a', {}, {at} + 10000), ({series}, 'r/b', 0, {at})", 6 * MB),
        ] {
            sqlx::query(&sql).execute(db.pool()).await.unwrap();
        }
        db.close().await;
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        let basis = deal().basis(vec![]);
        let metering = Metering { db: &db };
        let (state, _) = metering.totals(&deal(), &basis, START + 20).await.unwrap();
        assert_eq!(state.totals(&basis).storage_mb_secs, 10 * 10 + 6 * 10);
        assert_eq!(
            (state.size_bytes, state.egress_bytes),
            (i128::from(6 * MB), 5)
        );
        let status = status::read(&db).await.unwrap();
        assert_eq!((status.samples, status.object_events), (3, 1));
    }
}
