//! Whatever breaks on the way, every window is billed once.

use crate::support::{all_up, load, Daemon, Database, Fault, Proxy, Truth, World, DAY};
use flash_base::db::Db;
use flash_oracle::ingest::Ingest;
use flash_oracle::MIGRATIONS;
use std::collections::BTreeMap;

const BUCKET: &str = "bucket-1";
/// A run in which so many starts of the program do not suffice is stuck.
const MAX_STARTS: u32 = 60;
const MB: i64 = 1 << 20;

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
    async fn new(deals: u32) -> Self {
        let world = World::new().await;
        let proxy = Proxy::start(&world.network.url()).await;
        let database = Database::sqlite();
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
        // What is told twice counts once.
        let again = samples.clone();
        self.ingest
            .write(load(samples, all_up(BUCKET, from, to)))
            .await
            .unwrap();
        let twice = self.ingest.write(load(again, vec![])).await.unwrap();
        assert_eq!(twice.accepted, 0);
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

/// The first requests of a kind meet a fault, the others do not.
fn first(method: &'static str, fault: Fault, mut times: u32) -> impl FnMut(&str) -> Fault + Send {
    move |asked| {
        if asked == method && times > 0 {
            times -= 1;
            return fault;
        }
        Fault::None
    }
}

/// One day in which the first requests of a kind meet a fault.
async fn survives(stage: &mut Stage, method: &'static str, fault: Fault, times: u32) {
    stage.day(u64::from(times)).await;
    stage.proxy.plan(first(method, fault, times));
    stage.until_done().await;
    let happened = stage.proxy.seen();
    let happened = happened
        .get(&(method.to_owned(), fault))
        .copied()
        .unwrap_or(0);
    assert!(happened > 0, "{fault:?} never happened to {method}");
    stage.assert_done().await;
}

/// Each named case of the design, one after the other on one network.
#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_fault_bills_every_window_once() {
    let mut stage = Stage::new(2).await;
    for (method, fault, times) in [
        // Lost replies: the transaction is in a ledger, and nobody said so.
        ("sendTransaction", Fault::LoseAnswer, 1),
        ("sendTransaction", Fault::LoseRequest, 2),
        ("getTransaction", Fault::LoseAnswer, 3),
        ("simulateTransaction", Fault::LoseAnswer, 3),
        // Taken, and dropped: it expires and is built anew.
        ("sendTransaction", Fault::AcceptThenDrop, 1),
        // Not found, then success.
        ("getTransaction", Fault::NotFound, 4),
        // A storm.
        ("sendTransaction", Fault::TryAgainLater, 6),
        // Malformed replies.
        ("sendTransaction", Fault::Malformed, 1),
        ("getTransaction", Fault::Malformed, 2),
        ("getTransaction", Fault::WrongShape, 2),
        ("simulateTransaction", Fault::Malformed, 2),
        ("getHealth", Fault::WrongShape, 1),
        // kill -9 before and after each step of a batch.
        ("simulateTransaction", Fault::KillBefore, 1),
        ("simulateTransaction", Fault::KillAfter, 1),
        ("sendTransaction", Fault::KillBefore, 1),
        ("sendTransaction", Fault::KillAfter, 1),
        ("getTransaction", Fault::KillBefore, 1),
        ("getTransaction", Fault::KillAfter, 1),
    ] {
        survives(&mut stage, method, fault, times).await;
    }
}

/// Random faults and kills at once: `FAULT_RUNS` days, `FAULT_SEED` to play one again.
#[tokio::test(flavor = "multi_thread")]
async fn random_faults_bill_every_window_once() {
    let number = |name: &str, default: u64| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse().unwrap())
    };
    let (runs, seed) = (number("FAULT_RUNS", 6), number("FAULT_SEED", 1));
    let mut stage = Stage::new(3).await;
    let mut starts = 0;
    for run in 0..runs {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(run);
        stage.day(seed).await;
        stage.proxy.plan(weather(seed));
        starts += stage.until_done().await;
        stage.assert_done().await;
    }
    show(&stage, runs, starts);
}

/// Half of the runs aim at the steps that a batch takes; in the others anything breaks anywhere.
/// After so many faults the weather clears.
fn weather(seed: u64) -> impl FnMut(&str) -> Fault + Send {
    const AIMS: [&str; 3] = ["sendTransaction", "getTransaction", "simulateTransaction"];
    let mut random = Random(seed);
    let aim = AIMS.get(usize::try_from(random.below(6)).unwrap()).copied();
    let mut left = 1 + random.below(10);
    move |method| {
        let percent = match aim {
            Some(aim) if aim == method => 60,
            Some(_) => 2,
            None => 30,
        };
        if left == 0 || random.below(100) >= percent {
            return Fault::None;
        }
        left -= 1;
        fault(method, &mut random)
    }
}

fn fault(method: &str, random: &mut Random) -> Fault {
    let mut kinds = vec![
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::Malformed,
        Fault::WrongShape,
        Fault::KillBefore,
        Fault::KillAfter,
    ];
    match method {
        "sendTransaction" => kinds.extend([Fault::TryAgainLater, Fault::AcceptThenDrop]),
        "getTransaction" => kinds.push(Fault::NotFound),
        _ => {}
    }
    let nth = usize::try_from(random.below(kinds.len() as u64)).unwrap();
    kinds[nth]
}

fn show(stage: &Stage, runs: u64, starts: u32) {
    let mut by_kind = BTreeMap::<Fault, u64>::new();
    for ((method, fault), times) in stage.proxy.seen() {
        *by_kind.entry(fault).or_default() += times;
        if matches!(fault, Fault::KillBefore | Fault::KillAfter) {
            println!("{fault:?} {method}: {times}");
        }
    }
    println!("{starts} starts, faults by kind: {by_kind:?}");
    println!(
        "faults: {runs} runs, {} deals, billed = metered",
        stage.deals.len()
    );
}
