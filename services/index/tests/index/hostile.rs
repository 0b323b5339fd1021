//! What comes from the ledger and from RPC servers stops nobody's round.

use crate::{
    stage::Stage,
    world::{assert_same, catch_up, rows, tables, World, DAY},
};
use axum::{body::Bytes, extract::State, routing::post, Json, Router};
use base64::{engine::general_purpose::STANDARD, Engine};
use flash_base_testkit::databases;
use flash_index::rows::{Deal, EventRow, Gap};
use serde_json::{json, Value};
use std::sync::{Arc, Mutex};

type Change = Box<dyn Fn(&str, &mut Value) + Send>;

/// An RPC server that changes what the network answers.
#[derive(Clone)]
struct Server {
    upstream: String,
    change: Arc<Mutex<Change>>,
    methods: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// The server and its URL.
    async fn before(world: &World) -> (Self, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self {
            upstream: world.network.url(),
            change: Arc::new(Mutex::new(Box::new(|_, _| ()))),
            methods: Arc::default(),
        };
        let routes = Router::new().route("/", post(answer));
        let routes = routes.with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (server, url)
    }

    fn answer_with(&self, change: impl Fn(&str, &mut Value) + Send + 'static) {
        *self.change.lock().unwrap() = Box::new(change);
    }
}

async fn answer(State(server): State<Server>, body: Bytes) -> Json<Value> {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let method = request["method"].as_str().unwrap().to_owned();
    server.methods.lock().unwrap().push(method.clone());
    let upstream = server.upstream.clone();
    let ask = move || -> Value {
        let post = ureq::post(&upstream).header("content-type", "application/json");
        let mut answer = post.send(&body[..]).unwrap();
        answer.body_mut().read_json().unwrap()
    };
    let mut answer = tokio::task::spawn_blocking(ask).await.unwrap();
    (server.change.lock().unwrap())(&method, &mut answer);
    Json(answer)
}

/// What the contracts accept, and what another contract's ledger could hold in its place: text on the ledger is bytes.
const TEXTS: [(&[u8], &[u8]); 3] = [
    (b"disks^ of ^ Ada", b"disks\0 of \xff Ada"),
    (b"nul^in its name", b"nul\0in its name"),
    (b"repo^", b"repo\0"),
];

/// Replaces texts in every XDR value of an answer. They keep their lengths, so the values stay readable.
fn spoil(answer: &mut Value) {
    match answer {
        Value::Array(values) => values.iter_mut().for_each(spoil),
        Value::Object(fields) => fields.values_mut().for_each(spoil),
        Value::String(text) => {
            let Ok(mut xdr) = STANDARD.decode(&*text) else {
                return;
            };
            for (accepted, hostile) in TEXTS {
                while let Some(at) = xdr
                    .windows(accepted.len())
                    .position(|part| part == accepted)
                {
                    xdr[at..at + hostile.len()].copy_from_slice(hostile);
                }
            }
            *text = STANDARD.encode(xdr);
        }
        _ => (),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_a_database_refuses_is_made_safe_and_everybody_else_goes_on() {
    let world = World::new().await;
    world.register().await;
    let (server, url) = Server::before(&world).await;
    server.answer_with(|_, answer| spoil(answer));
    let url = format!("network.rpc_url={url}");
    let stage = Stage::of(world, &[&url]).await;
    let world = &stage.world;
    let bucket = world.bucket("nul^in its name").await;
    world.describe("disks^ of ^ Ada").await;
    stage
        .check("a description with NUL, and not of UTF-8")
        .await;
    let deal = world.funded(bucket, "repo^", None).await;
    world.advance(DAY).await;
    world.report(deal, 10 << 10, 100, 10_000).await;
    stage.check("a deal on a bucket with NUL").await;
    for follower in &stage.followers {
        let found = tables(follower).await;
        assert_eq!(
            found.providers[0].description,
            "disks\u{fffd} of \u{fffd} Ada"
        );
        assert_eq!(found.buckets[0].external_id, "nul\u{fffd}in its name");
        let deals = found.deals.iter().map(|deal| &*deal.status);
        assert_eq!(deals.collect::<Vec<_>>(), ["funded"]);
        follower.rebuild(None, &|_, _, _| ()).await.unwrap();
    }
    stage.check("a rebuild").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_asks_for_nothing_that_is_large() {
    let world = World::new().await;
    world.register().await;
    let (server, url) = Server::before(&world).await;
    let url = format!("network.rpc_url={url}");
    let follower = world.follower("sqlite::memory:", &[&*url]).await;
    catch_up(&follower).await;
    server.methods.lock().unwrap().clear();
    world.advance(5).await;
    let round = follower.round().await.unwrap();
    assert!(round.at_tip && round.events == 0);
    assert_eq!(*server.methods.lock().unwrap(), ["getHealth", "getEvents"]);
}

/// Two servers behind one URL: one has all ledgers and answers `getHealth`; the other has forgotten the
/// ledgers after the cursor and answers that there are no events.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_noticed_in_the_answer_that_moves_the_cursor() {
    let world = World::new().await;
    world.register().await;
    for database in databases() {
        let (server, url) = Server::before(&world).await;
        let url = format!("network.rpc_url={url}");
        let follower = world.follower(&database.url, &[&*url]).await;
        catch_up(&follower).await;
        let stored = rows::<EventRow>(&follower).await.len();
        let bucket = world.bucket(database.kind).await;
        world.funded(bucket, database.kind, None).await;
        world.advance(5).await;
        server.answer_with(|method, answer| {
            let result = &mut answer["result"];
            if method == "getEvents" {
                result["events"] = json!([]);
                result["oldestLedger"] = result["latestLedger"].clone();
            }
        });
        follower.round().await.unwrap();
        assert_eq!(rows::<Gap>(&follower).await.len(), 1, "{}", database.kind);
        assert_eq!(rows::<EventRow>(&follower).await.len(), stored);
        assert!(!rows::<Deal>(&follower).await.is_empty());
        assert_same(&follower, "a gap").await;
        server.answer_with(|_, _| ());
        world.describe(database.kind).await;
        catch_up(&follower).await;
        assert!(rows::<EventRow>(&follower).await.len() > stored);
        assert_eq!(rows::<Gap>(&follower).await.len(), 1);
        assert_same(&follower, "what follows the gap").await;
    }
}

/// A server behind the cursor never takes the index back.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_behind_moves_nothing() {
    let world = World::new().await;
    world.register().await;
    let (server, url) = Server::before(&world).await;
    let url = format!("network.rpc_url={url}");
    let follower = world.follower("sqlite::memory:", &[&*url]).await;
    catch_up(&follower).await;
    let before = rows::<flash_index::rows::Cursor>(&follower).await;
    server.answer_with(|method, answer| {
        if method == "getEvents" {
            answer["result"]["latestLedger"] = json!(2);
        }
    });
    let refused = follower.round().await.unwrap_err().to_string();
    assert!(refused.contains("the RPC server is behind"), "{refused}");
    assert_eq!(rows::<flash_index::rows::Cursor>(&follower).await, before);
}
