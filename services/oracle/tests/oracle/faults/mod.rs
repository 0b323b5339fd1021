//! Whatever breaks on the way, every window is billed once.

mod database;
mod network;

use crate::support::{all_up, load, Daemon, Database, Fault, Proxy, Truth, World, DAY};
use flash_base::db::Db;
use flash_oracle::ingest::{Ingest, Load};
use flash_oracle::MIGRATIONS;
use std::time::{Duration, Instant};

const BUCKET: &str = "bucket-1";
/// A run in which so many starts of the program do not suffice is stuck.
const MAX_STARTS: u32 = 60;
const MB: i64 = 1 << 20;
/// How long a daemon may take to go on by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// A world with deals, whose oracle sees the network through a proxy.
struct Stage {
    world: World,
    proxy: Proxy,
    daemon: Daemon,
    ingest: Ingest,
    db: Db,
    truth: Truth,
    deals: Vec<u32>,
    _database: Database,
}

impl Stage {
    async fn new(deals: u32, database: Database) -> Self {
        let world = World::new().await;
        let proxy = Proxy::start(&world.network.url()).await;
        let daemon = Daemon::new(&world, &database.url, &proxy.url);
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        let (ingest, _) = Ingest::start(db.clone(), 8);
        let bucket = world.bucket(BUCKET).await;
        let mut ids = Vec::new();
        for nth in 0..deals {
            ids.push(
                world
                    .deal(bucket, &format!("repo-{nth}"), 1_500, 1_000, 100_000)
                    .await,
            );
        }
        Self {
            world,
            proxy,
            daemon,
            ingest,
            db,
            truth: Truth::default(),
            deals: ids,
            _database: database,
        }
    }

    /// A day goes by, in which every deal is used in a way that follows from the seed.
    async fn day(&mut self, seed: u64) {
        let from = self.world.now().await;
        self.world.advance(DAY).await;
        let to = self.world.now().await;
        let mut random = Random(seed);
        let mut samples = Vec::new();
        for nth in 0..self.deals.len() {
            let repo = format!("repo-{nth}");
            for _ in 0..1 + random.below(4) {
                let at = from + random.below(to - from);
                let size = i64::try_from(random.below(20)).unwrap() * MB - 5 * MB + 123;
                let sent = random.below(50_000_000);
                samples.push(
                    self.truth
                        .used(&self.world, (BUCKET, &repo), at, sent, size),
                );
            }
        }
        // A sample that is sent twice counts once.
        let again = samples.clone();
        self.write(|| load(samples.clone(), all_up(BUCKET, from, to)))
            .await;
        self.write(|| load(again.clone(), vec![])).await;
        let twice = self.ingest.write(load(again.clone(), vec![])).await;
        assert!(twice.map_or(0, |twice| twice.accepted) == 0);
    }

    /// Sends until it is taken, as nodes do.
    async fn write(&self, load: impl Fn() -> Load) {
        let begun = Instant::now();
        while let Err(error) = self.ingest.write(load()).await {
            assert!(begun.elapsed() < PATIENCE, "no sample is taken: {error}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Starts the program until it comes to its own good end. How often that was.
    async fn until_done(&self) -> u32 {
        for start in 1..=MAX_STARTS {
            // The lease of a dead daemon has run out by now.
            sqlx::query("DELETE FROM leases")
                .execute(self.db.pool())
                .await
                .unwrap();
            if self.daemon.once(&self.proxy.victim).await {
                return start;
            }
        }
        panic!("the oracle is stuck: {:?}", self.proxy.seen());
    }

    /// Everything that was known is reported, and to the unit.
    async fn assert_done(&self) {
        self.proxy.plan(|_| Fault::None);
        self.until_done().await;
        self.assert_billed().await;
    }

    async fn assert_billed(&self) {
        let now = self.world.now().await;
        for deal in &self.deals {
            let meter = self.world.meter(*deal).await;
            assert!(meter.through_ts + DAY / 2 > now, "deal {deal} is behind");
        }
        self.truth
            .assert_billed(&self.world, BUCKET, &self.deals)
            .await;
    }
}

/// SplitMix64: the same seed plays the same run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }
}
