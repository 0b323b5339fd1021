//! Search and quotes, on both databases.

use crate::served::{about, settings, Served};
use flash_base_testkit::{databases, Database};
use flash_index::{event::Event, listing, page::ingest, place::Place, query::Reads};
use serde_json::{json, Value};
use tokio::runtime::Runtime;

const ADA: &str = "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7";
const BERT: &str = "CAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD2KM";
const NOBODY: &str = "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF";

/// An index that takes events without a network, served.
struct Market {
    served: Served,
    db: flash_base::db::Db,
    runtime: Runtime,
    nth: i64,
    _database: Database,
}

impl Market {
    fn on(database: Database) -> Self {
        let runtime = Runtime::new().unwrap();
        let db = runtime.block_on(listing::open(&database.url)).unwrap();
        let reads = Reads::new(db.pool().clone(), about());
        let served = Served::start(Runtime::new().unwrap(), reads, &settings());
        Self {
            served,
            db,
            runtime,
            nth: 0,
            _database: database,
        }
    }

    fn event(&mut self, contract: &'static str, name: &str, body: Value) {
        self.nth += 1;
        let (ledger, nth) = (100 + self.nth, self.nth);
        let event = Event {
            event_id: format!("{:019}-{:010}", ledger << 32, 0),
            ledger,
            closed_ts: 1_767_225_600 + nth,
            tx_hash: format!("{nth:064x}"),
            contract,
            name: name.to_owned(),
            body,
        };
        let place = Place {
            event_cursor: event.event_id.clone(),
            ledger,
            ledger_ts: event.closed_ts,
        };
        let stored = self.runtime.block_on(ingest(&self.db, &[event], place));
        assert_eq!(stored.unwrap(), 1);
    }

    fn provider(&mut self, address: &str, name: &str) {
        let body = json!({ "provider_id": address, "description": name });
        self.event("registry", "provider_registered", body);
    }

    fn score(&mut self, address: &str, score: i64) {
        let sql = "UPDATE providers SET reputation = $1 WHERE address = $2";
        let update = sqlx::query(sql).bind(score).bind(address);
        let connection = self.db.pool();
        self.runtime.block_on(update.execute(connection)).unwrap();
    }

    fn bucket(&mut self, bucket_id: u32, change: Value) {
        let mut bucket = json!({
            "bucket_id": bucket_id, "provider_id": ADA, "name": format!("bucket {bucket_id}"),
            "region": "eu-central-1", "country": "DE", "fb_bucket_id": format!("ext-{bucket_id}"),
            "api_compatibility": "S3", "price_per_gb_storage": 20_0000,
            "price_per_gb_egress": 10_0000, "max_storage_gb": 1_000, "max_egress_gb": 1_000,
            "reserved_storage_mb": 0, "reserved_egress_mb": 0, "sla_avg_latency_ms": 100,
            "sla_avg_uptime_pct": 9_990, "versioning_enabled": false, "encryption_at_rest": false,
            "encryption_in_transit": false, "object_locking": false, "auto_accept": false,
            "auto_accept_policy": 0, "endpoint": "", "metering": "Gateway", "offer_revision": 1,
            "access_scope": "private", "tags": [], "status": "Active", "locked": false,
            "created_ts": 1_767_225_600,
        });
        for (name, value) in change.as_object().unwrap() {
            bucket[name] = value.clone();
        }
        let provider = bucket["provider_id"].clone();
        let body = json!({ "bucket_id": bucket_id, "provider_id": provider, "bucket": bucket });
        self.event("registry", "bucket_created", body);
    }

    fn found(&self, query: &str) -> Vec<u64> {
        let page = self
            .served
            .get(&format!("/api/v1/buckets?limit=100&{query}"));
        let page = page.json();
        let items = page["items"].as_array();
        let items = items.unwrap_or_else(|| panic!("{query}: {page}")).iter();
        items
            .map(|item| item["bucket_id"].as_u64().unwrap())
            .collect()
    }

    fn json(&self, path: &str) -> Value {
        self.served.get(&format!("/api/v1{path}")).json()
    }
}

/// Buckets 1 and 3 of Ada, 2 of Bert.
fn three(database: Database) -> Market {
    let mut market = Market::on(database);
    market.provider(ADA, "Ada");
    market.provider(BERT, "Bert's Disks");
    market.score(BERT, 70);
    market.bucket(1, json!({}));
    let tags = json!(["Cold Storage", "a\nb"]);
    market.bucket(
        2,
        json!({ "price_per_gb_storage": 15_0000, "versioning_enabled": true,
            "object_locking": true, "provider_id": BERT, "tags": tags }),
    );
    market.bucket(
        3,
        json!({ "status": "Inactive", "name": "Käse 77", "reserved_storage_mb": 900 * 1_024,
            "region": "EU-Köln" }),
    );
    market
}

#[test]
fn every_filter_keeps_what_it_says() {
    for database in databases() {
        let kind = database.kind;
        let market = three(database);
        let (of_bert, of_nobody) = (format!("provider={BERT}"), format!("provider={NOBODY}"));
        for (query, expected) in [
            ("", vec![1, 2, 3]),
            ("status=active", vec![1, 2]),
            ("status=inactive", vec![3]),
            ("status=deleted", vec![]),
            ("max_storage_price_stroops=150000", vec![2]),
            ("max_egress_price_stroops=99999", vec![]),
            ("min_uptime_bps=9990", vec![1, 2, 3]),
            ("min_uptime_bps=9991", vec![]),
            ("max_latency_ms=100", vec![1, 2, 3]),
            ("max_latency_ms=99", vec![]),
            ("min_capacity_gb=100", vec![1, 2, 3]),
            ("min_capacity_gb=101", vec![1, 2]),
            ("min_capacity_gb=1073741824", vec![]),
            ("min_reputation=70", vec![2]),
            ("feature=versioning", vec![2]),
            ("feature=versioning&feature=object_locking", vec![2]),
            ("feature=versioning&feature=auto_accept", vec![]),
            (&of_bert, vec![2]),
            (&of_nobody, vec![]),
            ("region=EU-central-1", vec![1, 2]),
            ("region=eu-k%C3%B6LN", vec![3]),
            ("region=eu", vec![]),
            ("country=de&api=s3", vec![1, 2, 3]),
        ] {
            let any = if query.starts_with("status") {
                ""
            } else {
                "&status=any"
            };
            let query = format!("sort=newest&order=asc&{query}{any}");
            assert_eq!(market.found(&query), expected, "{kind}: {query}");
        }
    }
}

#[test]
fn words_are_looked_for_by_their_beginnings_in_every_text() {
    for database in databases() {
        let kind = database.kind;
        let mut market = three(database);
        let found = |market: &Market, words: &str| {
            market.found(&format!("status=any&sort=newest&order=asc&q={words}"))
        };
        for (words, expected) in [
            ("bert", vec![2]),
            ("disks+cold", vec![2]),
            ("COLD,storage", vec![2]),
            ("old", vec![]),
            ("k%C3%A4se+7", vec![3]),
            ("K%C3%84", vec![3]),
            ("kase", vec![]),
            ("ext", vec![1, 2, 3]),
            ("ext-2", vec![2]),
            ("central+s3+de", vec![1, 2]),
            ("bucket+s", vec![1, 2]),
            ("b+a+s", vec![1, 2]),
            ("nowhere", vec![]),
            // No syntax of any database comes through.
            ("%22", vec![1, 2, 3]),
            ("%27+OR+%27*", vec![]),
            ("bert%27:*+%26+disks", vec![2]),
            ("NEAR(bert+disks)", vec![]),
        ] {
            assert_eq!(found(&market, words), expected, "{kind}: {words}");
        }
        // A provider's new name holds for what it listed before; a bucket's old name is forgotten.
        let body = json!({ "provider_id": BERT, "description": "Berta" });
        market.event("registry", "provider_updated", body);
        assert_eq!(found(&market, "disks"), [] as [u64; 0], "{kind}");
        assert_eq!(found(&market, "berta+cold"), [2], "{kind}");
        market.bucket(2, json!({ "provider_id": BERT, "name": "glacier" }));
        assert_eq!(found(&market, "cold"), [] as [u64; 0], "{kind}");
        assert_eq!(found(&market, "berta+glac"), [2], "{kind}");
    }
}

#[test]
fn an_exclusive_bucket_is_free_for_any_size_until_it_is_taken() {
    for database in databases() {
        let mut market = Market::on(database);
        market.provider(ADA, "Ada");
        market.bucket(1, json!({ "max_storage_gb": 0, "max_egress_gb": 0 }));
        assert_eq!(market.found("min_capacity_gb=1073741824"), [1]);
        let taken = json!({ "bucket_id": 1, "deal_id": 1, "reserved_storage_mb": 1,
            "reserved_egress_mb": 0 });
        market.event("registry", "capacity_reserved", taken);
        assert_eq!(market.found("min_capacity_gb=1"), [] as [u64; 0]);
        let shown = market.json("/buckets/1");
        assert_eq!(shown["bucket"]["locked"], true, "{shown}");
        assert_eq!(shown["bucket"]["left_storage_mb"], Value::Null, "{shown}");
    }
}

#[test]
fn pages_put_together_are_the_whole_list_in_order_though_buckets_come_meanwhile() {
    for database in databases() {
        let mut market = Market::on(database);
        market.provider(ADA, "Ada");
        market.provider(BERT, "Bert");
        market.score(BERT, 70);
        for id in 1..=20_u32 {
            let provider = if id.is_multiple_of(2) { ADA } else { BERT };
            market.bucket(
                id * 2,
                json!({ "price_per_gb_storage": id % 7, "price_per_gb_egress": id % 3,
                    "max_storage_gb": 10 + id % 5, "provider_id": provider }),
            );
        }
        for sort in [
            "storage_price",
            "egress_price",
            "reputation",
            "capacity",
            "newest",
        ] {
            for order in ["asc", "desc"] {
                let whole = market.found(&format!("sort={sort}&order={order}"));
                assert_eq!(whole.len(), 20);
                assert_eq!(pages(&market, sort, order), whole, "{sort} {order}");
            }
        }
        let by_price = market.found("sort=storage_price");
        assert_eq!(by_price[..3], [14, 28, 2], "equal prices: by id");
        let after = market.json("/buckets?sort=storage_price&limit=10")["next"].clone();
        let rest = |market: &Market| {
            let after = after.as_str().unwrap();
            market.found(&format!("sort=storage_price&after={after}"))
        };
        let before = rest(&market);
        market.bucket(1, json!({ "price_per_gb_storage": 0 }));
        assert_eq!(rest(&market), before);
    }
}

fn pages(market: &Market, sort: &str, order: &str) -> Vec<u64> {
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let query = format!("/buckets?sort={sort}&order={order}&limit=7{after}");
        let page = market.json(&query);
        let ids = page["items"].as_array().unwrap().iter();
        seen.extend(ids.map(|item| item["bucket_id"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return seen,
        }
    }
}

#[test]
fn quotes_are_the_cheapest_of_those_that_would_take_the_wish() {
    for database in databases() {
        let mut market = three(database);
        let policy = json!({
            "accept_window_secs": 1, "fund_window_secs": 1, "notice_secs": 1, "grace_secs": 1,
            "final_window_secs": 1, "silence_secs": 1, "min_runway_secs": 86_400,
            "min_fund": "1", "min_window_secs": 1, "critical_limit": 3, "fee_bps": 200,
            "sla": { "minor_uptime_bps": 90, "minor_latency_bps": 12_000,
                "major_uptime_bps": 490, "minor_credit_bps": 1_000, "major_credit_bps": 2_500,
                "critical_credit_bps": 10_000 },
        });
        let added = json!({ "version": 1, "policy": policy });
        market.event("deals", "policy_added", added);
        let sql = "INSERT INTO market (id, policy_version, asset, oracle_next_from_ts)
            VALUES (1, 1, 'C', 0)";
        let insert = sqlx::query(sql).execute(market.db.pool());
        market.runtime.block_on(insert).unwrap();
        market.bucket(
            4,
            json!({ "price_per_gb_storage": 1, "max_storage_gb": 499 }),
        );
        market.bucket(5, json!({ "price_per_gb_storage": 2, "locked": true }));
        market.bucket(
            6,
            json!({ "price_per_gb_storage": 3, "max_storage_gb": 0,
            "max_egress_gb": 0, "reserved_storage_mb": 1 }),
        );
        market.bucket(7, json!({ "price_per_gb_storage": 15_0000 }));
        let path = "/quotes?gb=500&months=6&egress_gb_per_month=10&status=any";
        let quotes = market.json(path);
        assert_eq!(quotes["matching"], 7);
        let shown: Vec<_> = quotes["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                let id = item["bucket"]["bucket_id"].as_u64().unwrap();
                (
                    id,
                    item["fits"].as_bool().unwrap(),
                    item["reasons"][0].as_str().unwrap_or(""),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (2, true, ""),
                (7, true, ""),
                (1, true, ""),
                (4, false, "not enough storage is left"),
                (5, false, "the bucket is locked by its provider"),
                (6, false, "the bucket is exclusive and taken"),
                (3, false, "the bucket is not listed"),
            ]
        );
        // 500 GB for 6 months and 60 GB.
        let total = 500 * 6 * 15_0000 + 60 * 10_0000;
        assert_eq!(quotes["items"][0]["total_stroops"], total.to_string());
        let cheapest = market.json(&format!("{path}&limit=1"));
        assert_eq!(cheapest["items"][0]["bucket"]["bucket_id"], 2);
        assert_eq!(cheapest["matching"], 7);
    }
}
