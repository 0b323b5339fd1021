//! How fast events are stored, through the path that the follower takes but for the network.
//! `cargo test --release -p flash-index --test index bench -- --ignored --nocapture`

use crate::database::databases;
use flash_base::db::Db;
use flash_index::{
    event::Event,
    follow::{ingest, Place},
    MIGRATIONS,
};
use serde_json::{json, Value};
use std::time::Instant;

const BUCKETS: i64 = 1_000;
const DEALS: i64 = 10_000;
const PAGE: usize = 1_000;

struct Told(Vec<Event>);

impl Told {
    fn tell(&mut self, contract: &'static str, name: &str, body: Value) {
        let nth = self.0.len() as i64;
        let ledger = 10 + nth / 100;
        self.0.push(Event {
            event_id: format!("{:019}-{:010}", ledger << 32, nth),
            ledger,
            closed_ts: 1_800_000_000 + ledger * 5,
            tx_hash: format!("{nth:064x}"),
            contract,
            name: name.to_owned(),
            body,
        });
    }
}

fn provider(bucket: i64) -> String {
    format!("GPROVIDER{:047}", bucket / 10)
}

fn market() -> Vec<Event> {
    let mut told = Told(Vec::new());
    for bucket in 1..=BUCKETS {
        let who = provider(bucket);
        let body = json!({ "provider_id": who, "description": "disks" });
        told.tell("registry", "provider_registered", body);
        let listed = json!({
            "bucket_id": bucket, "provider_id": who, "name": "b", "region": "eu", "country": "DE",
            "fb_bucket_id": "b", "api_compatibility": "S3", "price_per_gb_storage": "200000",
            "price_per_gb_egress": "500000", "max_storage_gb": 1024, "max_egress_gb": 1024,
            "reserved_storage_mb": 0, "reserved_egress_mb": 0, "sla_avg_latency_ms": 200,
            "sla_avg_uptime_pct": 9990, "access_scope": "", "tags": [], "status": "Active",
            "created_ts": 1,
        });
        let body = json!({ "bucket_id": bucket, "provider_id": who, "bucket": listed });
        told.tell("registry", "bucket_created", body);
    }
    for deal in 1..=DEALS {
        let (bucket, consumer) = (deal % BUCKETS + 1, format!("GCONSUMER{:047}", deal / 5));
        let who = provider(bucket);
        let terms = json!({
            "bucket_id": bucket, "asset": "C", "api_compatibility": "S3", "created_ts": 1,
            "duration_secs": 2_592_000, "agreed_storage_mb": 1024, "agreed_egress_mb": 10,
            "price_per_gb_storage": "200000", "price_per_gb_egress": "500000",
            "sla_avg_latency_ms": 200, "sla_avg_uptime_pct": 9990, "policy_version": 1,
        });
        let id = json!({ "deal_id": deal, "consumer": consumer, "provider": who });
        let with = |more: Value| {
            let mut all = id.clone();
            let fields = more.as_object().cloned().unwrap_or_default();
            all.as_object_mut().unwrap().extend(fields);
            all
        };
        let body = with(json!({ "terms": terms, "fb_repo_id": "r", "accepted": true }));
        told.tell("deals", "deal_created", body);
        told.tell(
            "escrow",
            "account_opened",
            with(json!({ "amount": "10000000" })),
        );
        let body = json!({ "bucket_id": bucket, "deal_id": deal,
            "reserved_storage_mb": 1024, "reserved_egress_mb": 10 });
        told.tell("registry", "capacity_reserved", body);
        let body = with(json!({ "fb_repo_id": "r", "start_ts": 2, "end_ts": 2_592_002 }));
        told.tell("deals", "deal_funded", body);
        let item = json!([deal, "1024", 1, 3, 2, "5"]);
        told.tell("deals", "reported", json!({ "items": [item] }));
        let books = json!({ "books": [[who, "C", "4", "1"]] });
        told.tell("escrow", "payments_settled", books);
    }
    told.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn bench_ingestion() {
    let events = market();
    for database in databases() {
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        let begun = Instant::now();
        for page in events.chunks(PAGE) {
            let stored = ingest(&db, page, Place::default()).await.unwrap();
            assert_eq!(stored, page.len());
        }
        let rate = events.len() as f64 / begun.elapsed().as_secs_f64();
        let (kind, count) = (database.kind, events.len());
        println!("{kind}: {count} events at {rate:.0} a second, pages of {PAGE}");
        db.close().await;
    }
}
