//! Telemetry over the network into the running daemon: pull with a cursor, pushes under pressure,
//! clocks that are wrong.

use crate::support::{databases, digest, request, start, Daemon, Database, Running, World};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
    Json, Router,
};
use flash_base::db::Db;
use flash_oracle::{
    config::Pull,
    ingest::Ingest,
    sources::{
        pull::Token,
        quota::{Limits, Quota},
    },
    time::now_ms,
    MIGRATIONS,
};
use serde_json::{json, Value};
use std::{
    collections::HashMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    time::{Duration, Instant},
};

const PAGE: usize = 3;

/// A stats endpoint: samples in pages, the cursor is how many were given.
#[derive(Clone, Default)]
struct Stats {
    samples: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
    broken: Arc<Mutex<bool>>,
}

impl Stats {
    async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/stats", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/stats", get(page))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    fn add(&self, from: u64, count: u64) {
        let mut samples = self.samples.lock().unwrap();
        for nth in from..from + count {
            samples.push(sample(1_700_000_000_000 + nth));
        }
    }
}

async fn page(
    State(stats): State<Stats>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    if headers.get("authorization").map(|one| one.as_bytes()) != Some(b"Bearer stats") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    if *stats.broken.lock().unwrap() {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let cursor = query.get("cursor").cloned().unwrap_or_default();
    stats.asked.lock().unwrap().push(cursor.clone());
    let from: usize = cursor.parse().unwrap_or(0);
    let samples = stats.samples.lock().unwrap();
    let some: Vec<_> = samples.iter().skip(from).take(PAGE).cloned().collect();
    let next = (from + some.len()).to_string();
    Ok(Json(json!({ "data": some, "cursor": next })))
}

fn sample(at_ms: u64) -> Value {
    json!({ "timestamp": at_ms, "repoId": "r", "bucketId": "b", "upl_bytes": 1, "dwl_bytes": 2,
            "size_change": 3, "latency_ms": 4, "host": "h" })
}

async fn count(db: &Db) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM samples");
    count.fetch_one(db.pool()).await.unwrap()
}

async fn until_there_are(db: &Db, samples: i64) {
    let begun = Instant::now();
    while count(db).await != samples {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{} samples instead of {samples}",
            count(db).await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until the metrics have more than zero of what begins with `name`.
fn until_counted(url: &str, name: &str) {
    let begun = Instant::now();
    loop {
        let metrics = request("GET", url, None, "").1;
        let count = metrics.lines().find_map(|line| line.strip_prefix(name));
        if count.is_some_and(|count| count != "0") {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{metrics}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

async fn run(daemon: &Daemon) -> Running {
    let daemon = daemon.clone();
    tokio::task::spawn_blocking(move || start(&daemon))
        .await
        .unwrap()
}

fn with(daemon: &Daemon, more: &str) {
    let text = std::fs::read_to_string(&daemon.config).unwrap();
    std::fs::write(&daemon.config, format!("{text}\n{more}")).unwrap();
}

async fn daemon(world: &World, database: &Database) -> Daemon {
    Daemon::new(world, &database.url, &world.network.url())
        .set("log.level=info")
        .set("log.json=true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stats_endpoint_is_read_on_from_where_it_was() {
    let world = World::new().await;
    let database = Database::sqlite();
    let daemon = daemon(&world, &database).await;
    let stats = Stats::default();
    let url = stats.serve().await;
    let token = world.folder.path().join("stats-token");
    std::fs::write(&token, "stats\n").unwrap();
    let provider = world.provider_text();
    with(
        &daemon,
        &format!(
            "[[pull]]\nurl = \"{url}\"\nprovider = \"{provider}\"\ntoken_file = \"{}\"\nevery_secs = 1\n",
            token.display()
        ),
    );
    stats.add(0, 7);
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let first = run(&daemon).await;
    until_there_are(&db, 7).await;
    // While it fails nothing is lost, and it is seen.
    *stats.broken.lock().unwrap() = true;
    stats.add(7, 4);
    let at = format!("{}/metrics", first.url);
    let errors = format!("oracle_source_errors_total{{source=\"pull:{url}\"}} ");
    let seen = tokio::task::spawn_blocking(move || until_counted(&at, &errors));
    seen.await.unwrap();
    *stats.broken.lock().unwrap() = false;
    until_there_are(&db, 11).await;
    // kill -9, and on from the cursor: nothing is asked for twice.
    drop(first);
    stats.asked.lock().unwrap().clear();
    stats.add(11, 2);
    let _second = run(&daemon).await;
    until_there_are(&db, 13).await;
    let asked = stats.asked.lock().unwrap().clone();
    assert_eq!(asked.first().map(String::as_str), Some("11"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cursor_of_an_endpoint_shows_no_secret_and_its_quota_holds() {
    for database in databases() {
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        let (ingest, _) = Ingest::start(db.clone(), 4);
        let stats = Stats::default();
        stats.add(0, 9);
        let url = stats.serve().await + "?key=hunter2";
        let pull = Pull {
            url: url.as_str().into(),
            name: None,
            provider: "P".to_owned(),
            token_file: None,
            every_secs: 1,
        };
        let mut source = pull.source(0).unwrap();
        source.token = Some(Token("stats".to_owned()));
        let few = Quota::new(Limits {
            bytes: u64::MAX,
            lines: 6,
        });
        let over = source.read(&db, &ingest, &few).await.unwrap().unwrap();
        assert!(over.reason.contains("6 lines"), "{over}");
        assert_eq!(count(&db).await, 6);
        let many = Quota::new(Limits {
            bytes: u64::MAX,
            lines: u64::MAX,
        });
        assert_eq!(source.read(&db, &ingest, &many).await.unwrap(), None);
        assert_eq!(count(&db).await, 9);
        let name = sqlx::query_scalar("SELECT source FROM cursors");
        let name: String = name.fetch_one(db.pool()).await.unwrap();
        assert!(
            name.contains("127.0.0.1") && !name.contains("hunter2"),
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_under_pressure_are_told_to_come_back_and_lose_nothing() {
    let world = World::new().await;
    let database = Database::sqlite();
    let daemon = daemon(&world, &database).await.set("push.waiting=1");
    let provider = world.provider_text();
    with(
        &daemon,
        &format!(
            "[[push.node]]\nname = \"n\"\nprovider = \"{provider}\"\ntoken_sha256 = \"{}\"\n",
            digest("node")
        ),
    );
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let running = run(&daemon).await;
    // The disk is slow: somebody holds the database.
    let mut slow = db.pool().acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *slow)
        .await
        .unwrap();
    let url = format!("{}/v1/telemetry", running.url);
    let refusals = Arc::new(AtomicUsize::new(0));
    let pushes: Vec<_> = (0..8)
        .map(|nth| {
            let (url, refusals) = (url.clone(), refusals.clone());
            std::thread::spawn(move || {
                let body = sample(1_700_000_000_000 + nth).to_string();
                let first = push(&url, &body);
                // As a node does: again, after what it was told.
                let mut last = first.0;
                while last == 429 {
                    refusals.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(300));
                    last = push(&url, &body).0;
                }
                (first, last)
            })
        })
        .collect();
    let begun = Instant::now();
    while refusals.load(Ordering::Relaxed) == 0 && begun.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sqlx::query("ROLLBACK").execute(&mut *slow).await.unwrap();
    drop(slow);
    let answers = tokio::task::spawn_blocking(move || {
        let joined = pushes.into_iter().map(|push| push.join().unwrap());
        joined.collect::<Vec<_>>()
    });
    let answers = answers.await.unwrap();
    let refused: Vec<_> = answers.iter().filter(|one| one.0 .0 == 429).collect();
    assert!(!refused.is_empty(), "{answers:?}");
    for answer in &refused {
        assert_eq!(answer.0 .1.as_deref(), Some("2"), "Retry-After");
    }
    assert!(answers.iter().all(|one| one.1 == 200), "{answers:?}");
    assert_eq!(count(&db).await, 8);
}

/// Status and Retry-After.
fn push(url: &str, body: &str) -> (u16, Option<String>) {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let post = agent.post(url).header("authorization", "Bearer node");
    let answer = post.send(body).unwrap();
    let after = answer.headers().get("retry-after");
    let after = after.map(|after| after.to_str().unwrap().to_owned());
    (answer.status().as_u16(), after)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_little_wrong_is_believed_and_one_that_is_far_off_is_not() {
    let world = World::new().await;
    let database = Database::sqlite();
    let daemon = daemon(&world, &database).await.set("max_ahead_secs=300");
    let provider = world.provider_text();
    with(
        &daemon,
        &format!(
            "[[push.node]]\nname = \"n\"\nprovider = \"{provider}\"\ntoken_sha256 = \"{}\"\n",
            digest("node")
        ),
    );
    let running = run(&daemon).await;
    let url = format!("{}/v1/telemetry", running.url);
    let told = tokio::task::spawn_blocking(move || {
        let push = |ahead_secs: i64| {
            let at = now_ms().checked_add_signed(ahead_secs * 1_000).unwrap();
            let (status, text) = request("POST", &url, Some("node"), &sample(at).to_string());
            assert_eq!(status, 200, "{text}");
            let answer: Value = serde_json::from_str(&text).unwrap();
            (answer["accepted"].as_u64().unwrap(), text)
        };
        [-86_400, -300, 0, 200, 400, 86_400].map(push)
    });
    let told = told.await.unwrap();
    let accepted = told.each_ref().map(|one| one.0);
    assert_eq!(accepted, [1, 1, 1, 1, 0, 0]);
    assert!(told[5].1.contains("max_ahead_secs"), "{}", told[5].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_over_its_quota_is_told_so_and_the_others_do_not_notice() {
    let world = World::new().await;
    let database = Database::sqlite();
    let daemon = daemon(&world, &database).await;
    let daemon = daemon
        .set("quota.lines_a_minute=100")
        .set("quota.max_series=5");
    let provider = world.provider_text();
    for name in ["node", "other"] {
        let digest = digest(name);
        let token = format!("provider = \"{provider}\"\ntoken_sha256 = \"{digest}\"\n");
        with(
            &daemon,
            &format!("[[push.node]]\nname = \"{name}\"\n{token}"),
        );
    }
    let running = run(&daemon).await;
    let url = format!("{}/v1/telemetry", running.url);
    let lines = |from: u64, count: u64| {
        let lines = (from..from + count).map(|nth| sample(1_700_000_000_000 + nth).to_string());
        lines.collect::<Vec<_>>().join("\n")
    };
    let (bodies, many) = ([lines(0, 60), lines(60, 60)], lines(500, 90));
    let repos = (0..9).map(|nth| {
        let mut sample = sample(1_700_000_000_000);
        sample["repoId"] = json!(format!("r{nth}"));
        sample.to_string() + "\n"
    });
    let repos: String = repos.collect();
    tokio::task::spawn_blocking(move || {
        assert_eq!(push(&url, &bodies[0]).0, 200);
        let (status, after) = push(&url, &bodies[1]);
        assert_eq!(status, 429);
        let after: u64 = after.unwrap().parse().unwrap();
        assert!((1..=61).contains(&after), "{after}");
        let answer = request("POST", &url, Some("other"), &many);
        assert_eq!(answer.0, 200, "{}", answer.1);
        let answer = request("POST", &url, Some("other"), &repos);
        assert_eq!(answer.0, 429, "{}", answer.1);
        assert!(
            answer.1.contains("\"accepted\":5") && answer.1.contains("quota.max_series"),
            "{}",
            answer.1
        );
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_token_is_not_read() {
    use std::io::{Read, Write};
    let world = World::new().await;
    let database = Database::sqlite();
    let running = run(&daemon(&world, &database).await).await;
    let address = running.url.trim_start_matches("http://").to_owned();
    tokio::task::spawn_blocking(move || {
        for token in ["", "authorization: Bearer wrong\r\n"] {
            let mut stream = std::net::TcpStream::connect(&address).unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(30)))
                .unwrap();
            // Not one byte of the eight million is sent, and the answer is there.
            let head = format!(
                "POST /v1/telemetry HTTP/1.1\r\nhost: x\r\n{token}content-length: 8000000\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 401");
        }
    })
    .await
    .unwrap();
}
