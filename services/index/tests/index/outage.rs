//! The RPC server or the database goes away while the index follows, and comes back.

use crate::world::{assert_same, rows, World, DAY};
use flash_base_testkit::{databases, PostgresServer};
use flash_index::rows::{EventRow, Gap};
use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A way to the network that can be cut.
struct Line {
    url: String,
    up: watch::Sender<bool>,
    /// Connections that were asked for while it was cut.
    refused: Arc<AtomicU64>,
}

impl Line {
    async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let upstream = url.trim_start_matches("http://").to_owned();
        let (up, is_up) = watch::channel(true);
        let refused = Arc::new(AtomicU64::new(0));
        let counted = refused.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if !*is_up.borrow() {
                    counted.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                let (mut is_up, upstream) = (is_up.clone(), upstream.clone());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(upstream).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = is_up.wait_for(|up| !up) => {}
                    }
                });
            }
        });
        Self {
            url: own,
            up,
            refused,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_waited_out_and_what_happened_meanwhile_is_read() {
    let world = World::new().await;
    world.register().await;
    let bucket = world.bucket("one").await;
    let deal = world.funded(bucket, "repo", None).await;
    for database in databases() {
        let line = Line::to(&world.network.url()).await;
        let url = format!("network.rpc_url={}", line.url);
        let set = [
            &*url,
            "follow.max_pause_secs=1",
            "follow.facts_every_secs=1",
        ];
        let follower = Arc::new(world.follower(&database.url, &set).await);
        let stop = flash_base::tasks::Stop::new();
        let mut told = follower.changes();
        let following = {
            let (follower, stop) = (follower.clone(), stop.clone());
            tokio::spawn(async move { follower.follow(&stop).await })
        };
        let mut ledger = 0;
        while ledger < latest(&world).await {
            ledger = told.recv().await.unwrap().ledger;
        }
        line.up.send_replace(false);
        let cut = Instant::now();
        let known = rows::<EventRow>(&follower).await.len();
        world.advance(DAY).await;
        world.report(deal, 10 << 10, 100, 9_900).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        // 10, 20, 40 ms and so on up to a second: eleven in four seconds, where each takes no time.
        let (tried, longest) = (
            line.refused.load(Ordering::Relaxed),
            cut.elapsed().as_secs(),
        );
        assert!(
            tried >= 3 && tried <= 2 * (8 + longest),
            "{tried} in {longest} s"
        );
        assert_eq!(rows::<EventRow>(&follower).await.len(), known);
        line.up.send_replace(true);
        let end = latest(&world).await;
        while told.recv().await.unwrap().ledger < end {}
        stop.cancel();
        following.await.unwrap().unwrap();
        assert!(rows::<EventRow>(&follower).await.len() > known);
        assert!(rows::<Gap>(&follower).await.is_empty());
        assert_same(&follower, "an outage").await;
    }
}

async fn latest(world: &World) -> i64 {
    let chain = world.follower("sqlite::memory:", &[]).await.chain;
    chain.range().await.unwrap().latest
}

/// The server is gone without a word while the index follows, and comes back with what was committed.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_of_the_database_is_waited_out() {
    let Some(mut server) = PostgresServer::start() else {
        return;
    };
    let world = World::new().await;
    world.register().await;
    let bucket = world.bucket("one").await;
    let deal = world.funded(bucket, "repo", None).await;
    let set = ["follow.max_pause_secs=1", "follow.facts_every_secs=1"];
    let follower = Arc::new(world.follower(&server.create("index"), &set).await);
    let stop = flash_base::tasks::Stop::new();
    let mut commits = follower.changes();
    let following = {
        let (follower, stop) = (follower.clone(), stop.clone());
        tokio::spawn(async move { follower.follow(&stop).await })
    };
    let mut reported_mb = 0;
    for trouble in [Trouble::Connections, Trouble::Power] {
        let end = latest(&world).await;
        while commits.recv().await.unwrap().ledger < end {}
        match trouble {
            Trouble::Connections => server.cut_connections(),
            Trouble::Power => server.cut_power(),
        }
        reported_mb += 100;
        world.advance(DAY).await;
        world.report(deal, 10 << 10, reported_mb, 9_900).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        if trouble == Trouble::Power {
            server.start_again();
        }
    }
    let end = latest(&world).await;
    while commits.recv().await.unwrap().ledger < end {}
    stop.cancel();
    following.await.unwrap().unwrap();
    assert!(rows::<Gap>(&follower).await.is_empty());
    assert_same(&follower, "a power cut").await;
}

#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    Connections,
    Power,
}
