//! `make bench-index`: 100_000 buckets and 1_000_000 deals through the index's own ingestion, then
//! searches over HTTP. On SQLite, or on the database that BENCH_ON names: `postgresql` starts a server of
//! its own. Writes what it measured as JSON into the file that BENCH_FILE names.

use anyhow::{bail, Context, Result};
use flash_base::{
    db::Db,
    http::{Limits, Server},
    metrics::Metrics,
    tasks::Stop,
};
use flash_base_testkit::Database;
use flash_index::{
    answers::{Asset, Status},
    api::{self, Settings, Shared},
    event::Event,
    listing, migrations,
    page::ingest,
    place::Place,
    query::Reads,
};
use serde_json::{json, Value};
use std::{
    io::IsTerminal,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

/// Events of one transaction, as the follower reads them.
const PAGE: usize = 1_000;
const SEARCHES: usize = 1_000;
/// One deal in so many is accepted, funded and reported too.
const FUNDED_EACH: u64 = 20;
const FIRST_TS: u64 = 1_767_225_600;
const REGIONS: [(&str, &str); 6] = [
    ("eu-central-1", "DE"),
    ("eu-west-2", "GB"),
    ("us-east-1", "US"),
    ("ap-south-1", "IN"),
    ("sa-east-1", "BR"),
    ("af-south-1", "ZA"),
];
const NAMES: [&str; 8] = [
    "archive", "backup", "media", "research", "frozen", "mirror", "vault", "studio",
];

fn count(name: &str, default: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .with_context(|| format!("{name} is no number: {text}")),
        Err(_) => Ok(default),
    }
}

/// Numbers without a pattern, the same in every run.
fn mixed(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn address(kind: &str, nth: u64) -> String {
    format!("G{kind}{nth:054}")
}

/// What is written, page by page.
struct Writer {
    db: Db,
    page: Vec<Event>,
    written: u64,
    all: u64,
    begun: Instant,
}

impl Writer {
    async fn event(&mut self, contract: &'static str, name: &str, body: Value) -> Result<()> {
        let nth = self.written + self.page.len() as u64;
        let ledger = 1_000 + i64::try_from(nth / 100)?;
        self.page.push(Event {
            event_id: format!("{:019}-{:010}", ledger << 32 | 4_096, nth % 100),
            ledger,
            closed_ts: i64::try_from(FIRST_TS + nth / 20)?,
            tx_hash: format!("{:064x}", mixed(nth)),
            contract,
            name: name.to_owned(),
            body,
        });
        if self.page.len() >= PAGE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let Some(last) = self.page.last() else {
            return Ok(());
        };
        let place = Place {
            event_cursor: last.event_id.clone(),
            ledger: last.ledger,
            ledger_ts: last.closed_ts,
        };
        ingest(&self.db, &self.page, place).await?;
        self.written += self.page.len() as u64;
        self.page.clear();
        if std::io::stderr().is_terminal() && self.written.is_multiple_of(20_000) {
            let secs = self.begun.elapsed().as_secs_f64();
            let rate = self.written as f64 / secs;
            eprint!(
                "\r{:>9} of about {} events, {rate:.0}/s ",
                self.written, self.all
            );
        }
        Ok(())
    }
}

fn bucket(id: u64, providers: u64) -> Value {
    let random = mixed(id);
    let (region, country) = REGIONS[usize::try_from(random % 6).unwrap_or(0)];
    let name = NAMES[usize::try_from(random / 6 % 8).unwrap_or(0)];
    json!({
        "bucket_id": id, "name": format!("{name}-{id}"), "region": region, "country": country,
        "provider_id": address("P", id % providers), "fb_bucket_id": format!("ext-{id}"),
        "price_per_gb_storage": 50_000 + random / 48 % 400_000,
        "price_per_gb_egress": random / 99 % 900_000,
        "max_storage_gb": 100 + random % 100_000, "max_egress_gb": 100 + random % 50_000,
        "versioning_enabled": random.is_multiple_of(2), "encryption_at_rest": random.is_multiple_of(3),
        "encryption_in_transit": true, "object_locking": random.is_multiple_of(5),
        "api_compatibility": if random.is_multiple_of(10) { "SFTP" } else { "S3" },
        "sla_avg_latency_ms": 20 + random % 300, "sla_avg_uptime_pct": 9_900 + random % 100,
        "access_scope": "private", "tags": ["cold", format!("tier-{}", random % 20)],
        "created_ts": FIRST_TS, "status": "Active", "locked": false, "auto_accept": false,
        "auto_accept_policy": 0, "endpoint": "", "metering": "Gateway", "offer_revision": 1,
        "reserved_storage_mb": 0, "reserved_egress_mb": 0,
    })
}

fn policy() -> Value {
    json!({
        "accept_window_secs": 259_200, "fund_window_secs": 259_200, "notice_secs": 604_800,
        "grace_secs": 259_200, "final_window_secs": 259_200, "silence_secs": 259_200,
        "min_runway_secs": 604_800, "min_fund": "10000000", "min_window_secs": 43_200,
        "critical_limit": 3, "fee_bps": 200,
        "sla": { "minor_uptime_bps": 90, "minor_latency_bps": 12_000, "major_uptime_bps": 490,
            "minor_credit_bps": 1_000, "major_credit_bps": 2_500, "critical_credit_bps": 10_000 },
    })
}

async fn fill(writer: &mut Writer, buckets: u64, deals: u64) -> Result<()> {
    let people = (buckets / 10).max(1);
    let added = json!({ "version": 1, "policy": policy() });
    writer.event("deals", "policy_added", added).await?;
    for nth in 0..people {
        for (role, kind) in [("provider", "P"), ("consumer", "C")] {
            let mut body = json!({ "description": format!("{role} {nth} of storage") });
            body[format!("{role}_id")] = json!(address(kind, nth));
            let name = format!("{role}_registered");
            writer.event("registry", &name, body).await?;
        }
    }
    for id in 1..=buckets {
        let provider_id = address("P", id % people);
        let body =
            json!({ "bucket_id": id, "provider_id": provider_id, "bucket": bucket(id, people) });
        writer.event("registry", "bucket_created", body).await?;
    }
    for id in 1..=deals {
        deal(writer, id, buckets, people).await?;
    }
    writer.flush().await
}

async fn deal(writer: &mut Writer, id: u64, buckets: u64, people: u64) -> Result<()> {
    let random = mixed(id ^ 0xdea1);
    let bucket_id = 1 + random % buckets;
    let (provider, consumer) = (
        address("P", bucket_id % people),
        address("C", random / 7 % people),
    );
    let terms = json!({
        "consumer_id": consumer, "provider_id": provider, "bucket_id": bucket_id,
        "api_compatibility": "S3", "duration_secs": 2_592_000,
        "agreed_storage_mb": 102_400, "agreed_egress_mb": 10_240,
        "price_per_gb_storage": 200_000, "price_per_gb_egress": 100_000,
        "sla_avg_latency_ms": 200, "sla_avg_uptime_pct": 9_990, "asset": "CASSET",
        "policy_version": 1, "created_ts": FIRST_TS, "metering": "Gateway", "offer_revision": 1,
    });
    let created = json!({ "deal_id": id, "consumer": consumer, "provider": provider,
        "terms": terms, "fb_repo_id": format!("repo-{id}"), "accepted": false });
    writer.event("deals", "deal_created", created).await?;
    if !id.is_multiple_of(FUNDED_EACH) {
        return Ok(());
    }
    let accepted = json!({ "deal_id": id, "fund_until_ts": FIRST_TS + 259_200 });
    writer.event("deals", "deal_accepted", accepted).await?;
    let opened = json!({ "deal_id": id, "consumer": consumer, "provider": provider,
        "asset": "CASSET", "page": 0, "fee_bps": 200, "amount": "30000000" });
    writer.event("escrow", "account_opened", opened).await?;
    let funded = json!({ "deal_id": id, "consumer": consumer, "provider": provider,
        "amount": "30000000", "fb_repo_id": format!("repo-{id}"), "page": 0,
        "start_ts": FIRST_TS, "end_ts": FIRST_TS + 2_592_000 });
    writer.event("deals", "deal_funded", funded).await?;
    let item = json!([id, "8847360000", 100, FIRST_TS + 86_400, 2, "600000"]);
    writer
        .event("deals", "reported", json!({ "items": [item] }))
        .await
}

/// What people look for: words, places, prices, service, capacity, features, in every order.
fn search(nth: usize, with_words: bool) -> String {
    let random = mixed(nth as u64);
    let pick = |all: &[&str], by: u64| all[usize::try_from(by).unwrap_or(0) % all.len()].to_owned();
    let mut query = "limit=20".to_owned();
    if with_words {
        query.push_str(&format!("&q={}", pick(&NAMES, random)));
    }
    if with_words && random.is_multiple_of(3) {
        query.push_str(&format!("+tier-{}", random % 20));
    }
    if random.is_multiple_of(2) {
        let region = REGIONS[usize::try_from(random / 5 % 6).unwrap_or(0)].0;
        query.push_str(&format!("&region={region}"));
    }
    query.push_str(&format!(
        "&max_storage_price_stroops={}",
        100_000 + random % 300_000
    ));
    query.push_str(&format!("&min_uptime_bps={}", 9_900 + random / 11 % 90));
    query.push_str(&format!("&min_capacity_gb={}", random / 13 % 50_000));
    if random.is_multiple_of(5) {
        query.push_str("&feature=versioning&feature=encryption_in_transit");
    }
    let sorts = [
        "storage_price",
        "egress_price",
        "reputation",
        "capacity",
        "newest",
    ];
    format!("{query}&sort={}", pick(&sorts, random / 17))
}

/// Milliseconds of each request, in order.
fn times(url: &str, paths: &[String]) -> Result<Vec<f64>> {
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let mut times = Vec::new();
    for path in paths {
        let begun = Instant::now();
        let text = agent
            .get(format!("{url}{path}"))
            .call()?
            .body_mut()
            .read_to_string()?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        anyhow::ensure!(text.starts_with('{'), "{path}: {text}");
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn at(times: &[f64], percent: usize) -> f64 {
    let place = times.len() * percent / 100;
    let value = times.get(place.min(times.len().saturating_sub(1)));
    (value.copied().unwrap_or(0.0) * 100.0).round() / 100.0
}

fn rss_mib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .context("VmRSS")?;
    Ok(kib.parse::<u64>()? / 1_024)
}

fn database() -> Result<Database> {
    match std::env::var("BENCH_ON").as_deref() {
        Err(_) | Ok("sqlite") => Ok(Database::sqlite()),
        Ok("postgresql") => Database::postgres().context("PostgreSQL is not installed"),
        Ok(other) => bail!("BENCH_ON is {other}, expected sqlite or postgresql"),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let (buckets, deals) = (
        count("BENCH_BUCKETS", 100_000)?,
        count("BENCH_DEALS", 1_000_000)?,
    );
    let database = database()?;
    let mut writer = Writer {
        db: listing::open(&database.url).await?,
        page: Vec::new(),
        written: 0,
        all: buckets + buckets / 5 + deals + 4 * (deals / FUNDED_EACH),
        begun: Instant::now(),
    };
    fill(&mut writer, buckets, deals).await?;
    let secs = writer.begun.elapsed().as_secs_f64();
    eprintln!();
    let per_s = (writer.written as f64 / secs).round();
    println!("{}, {buckets} buckets, {deals} deals", database.kind);
    println!(
        "ingested {} events in {secs:.1} s: {per_s} events/s",
        writer.written
    );
    let market = "INSERT INTO market (id, policy_version, asset, oracle_next_from_ts)
        VALUES (1, 1, 'CASSET', 0)";
    let mut write = writer.db.write().await?;
    write.run(sqlx::query(market)).await?;
    write.commit().await?;
    let (stop, url) = serve(&database.url).await?;
    let p95_ms = tokio::task::spawn_blocking(move || measure(&url, deals)).await??;
    stop.cancel();
    let rss = rss_mib()?;
    println!("memory {rss} MiB");
    let result = json!({
        "database": database.kind,
        "search_p95_ms": p95_ms,
        "ingest_events_per_s": per_s,
        "rss_mib": rss,
    });
    println!("{result}");
    if let Ok(file) = std::env::var("BENCH_FILE") {
        std::fs::write(&file, format!("{result}\n")).with_context(|| file.clone())?;
    }
    Ok(())
}

async fn serve(database: &str) -> Result<(Stop, String)> {
    let about = Status {
        network: "bench".to_owned(),
        network_passphrase: String::new(),
        rpc_url: String::new(),
        contracts: Default::default(),
        asset: Asset {
            id: "CASSET".to_owned(),
            code: None,
            issuer: None,
            decimals: 7,
        },
        ledger: 0,
        ledger_ts: 0,
        lag_secs: 0,
        heard_secs: None,
        deployment: Value::Null,
        friendbot_url: None,
        dev_wallet: false,
    };
    let many = NonZeroU32::new(1_000_000).context("many")?;
    let settings = Settings {
        rate_per_sec: many,
        rate_burst: many,
        connect: Vec::new(),
    };
    let db = Db::open_read_only(database, migrations(database)).await?;
    let reads = Arc::new(Reads::new(db.pool().clone(), about));
    let stop = Stop::new();
    let server = Server::bind("127.0.0.1:0".parse()?, Limits::default()).await?;
    let url = format!("http://{}", server.address()?);
    let begun = Instant::now();
    let shared = Shared::new(reads, &settings, Metrics::detached(), stop.clone());
    tokio::spawn(api::serve(server, shared));
    let ready = format!("{url}/readyz");
    loop {
        let ready = ready.clone();
        let asked = tokio::task::spawn_blocking(move || ureq::get(&ready).call().is_ok());
        if asked.await? {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("ready after {:.1} s", begun.elapsed().as_secs_f64());
    Ok((stop, url))
}

/// Prints how long requests take; returns the 95th percentile of searches.
fn measure(url: &str, deals: u64) -> Result<f64> {
    let path = |with_words| move |nth| format!("/api/v1/buckets?{}", search(nth, with_words));
    let searches: Vec<_> = (0..SEARCHES).map(path(true)).collect();
    let filters: Vec<_> = (0..SEARCHES).map(path(false)).collect();
    let quotes: Vec<_> = (1..200)
        .map(|gb| format!("/api/v1/quotes?gb={gb}&months=6&egress_gb_per_month=5"))
        .collect();
    let pages: Vec<_> = (0..200)
        .map(|nth| format!("/api/v1/deals/{}", 1 + mixed(nth) % deals))
        .collect();
    let lists: Vec<_> = (0..200)
        .map(|nth| format!("/api/v1/deals?bucket={}&limit=20", 1 + mixed(nth) % 1_000))
        .collect();
    let mut p95_ms = 0.0;
    for (what, paths) in [
        ("a deal", pages),
        ("deals of a bucket", lists),
        ("quotes", quotes),
        ("without words", filters),
        ("searches", searches),
    ] {
        let times = times(url, &paths)?;
        p95_ms = at(&times, 95);
        println!(
            "{what:<18} p50 {:>7} ms, p95 {p95_ms:>7} ms, p99 {:>7} ms",
            at(&times, 50),
            at(&times, 99)
        );
    }
    Ok(p95_ms)
}
