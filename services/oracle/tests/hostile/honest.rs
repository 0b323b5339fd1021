//! A node that reports what was used, the network's prober, and a client of the index's API.

use crate::{
    programs::Programs,
    support::{request, Truth, World, DAY},
    BUCKET,
};
use serde_json::json;
use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// The oracle has a round a second. A report that takes longer than this is not in time.
pub const IN_TIME: Duration = Duration::from_secs(60);
const MB: i64 = 1 << 20;

pub struct Honest {
    pub truth: Truth,
    deal: u32,
    oracle: String,
    /// From when the prober has not told yet.
    probed_to: u64,
    push_times: Vec<Duration>,
    report_times: Vec<Duration>,
    client: Client,
}

/// Times of what the honest did.
pub struct Times {
    pub pushes: Vec<Duration>,
    pub reports: Vec<Duration>,
    pub reads: Vec<Duration>,
}

/// Reads as the page does, five times a second.
struct Client {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Duration>>>,
}

impl Honest {
    pub async fn new(world: &World, programs: &Programs, deal: u32) -> Self {
        Self {
            truth: Truth::default(),
            deal,
            oracle: programs.oracle.url.clone(),
            probed_to: world.meter(deal).await.start_ts,
            push_times: vec![],
            report_times: vec![],
            client: Client::start(&programs.index.url, deal),
        }
    }

    /// A day goes by on the network. What was used is pushed, and waits to be reported.
    pub async fn day(&mut self, world: &World, nth: u64) {
        let from = self.probed_to;
        world.advance(DAY).await;
        let to = world.now().await;
        for hour in 1..24 {
            let at = from + hour * (to - from) / 24;
            let (egress, change) = (1_234_567 * nth + hour, 3 * MB + 11);
            let used = (BUCKET, "honest");
            let sample = self.truth.used(world, used, at, egress, change);
            let sample = json!({ "timestamp": sample.at_ms, "repoId": sample.repo, "bucketId": sample.bucket,
                "upl_bytes": 0, "dwl_bytes": egress, "size_change": change, "host": "honest",
                "seq": nth * 100 + hour });
            self.push("/v1/telemetry", "honest", sample.to_string())
                .await;
        }
        let minutes = (from..to).step_by(1_800).chain([to]);
        let probe = |at: u64| {
            json!({ "nodeId": "node", "bucketId": BUCKET, "nodeStatus": "online",
                "lastUpdated": at * 1_000, "latency_ms": 40 })
        };
        let probes: Vec<_> = minutes.map(|at| probe(at).to_string()).collect();
        self.push("/v1/node-status", "prober", probes.join("\n"))
            .await;
        self.probed_to = to;
        let due = Instant::now();
        while world.meter(self.deal).await.through_ts + DAY / 2 < to {
            assert!(due.elapsed() < IN_TIME, "day {nth} is not reported");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.report_times.push(due.elapsed());
    }

    async fn push(&mut self, path: &str, token: &'static str, body: String) {
        let url = format!("{}{path}", self.oracle);
        let pushed = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            (request("POST", &url, Some(token), &body), begun.elapsed())
        });
        let ((status, answer), time) = pushed.await.unwrap();
        assert_eq!(status, 200, "an honest push: {answer}");
        assert!(answer.contains("\"rejected\":0"), "{answer}");
        self.push_times.push(time);
    }

    pub async fn end(&mut self) -> Times {
        let (stop, thread) = (self.client.stop.clone(), self.client.thread.take());
        stop.store(true, Ordering::Relaxed);
        let reads = tokio::task::spawn_blocking(move || thread.unwrap().join().unwrap());
        Times {
            pushes: self.push_times.clone(),
            reports: self.report_times.clone(),
            reads: reads.await.unwrap(),
        }
    }
}

impl Client {
    fn start(index: &str, deal: u32) -> Self {
        let urls = [
            format!("{index}/api/v1/buckets?q=bucket"),
            format!("{index}/api/v1/deals/{deal}"),
        ];
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        // The index reads what happened before it started.
        while request("GET", &urls[1], None, "").0 != 200 {
            std::thread::sleep(Duration::from_millis(200));
        }
        let thread = std::thread::spawn(move || {
            let mut times = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                for url in &urls {
                    let begun = Instant::now();
                    let (status, answer) = request("GET", url, None, "");
                    times.push(begun.elapsed());
                    assert_eq!(status, 200, "an honest read: {answer}");
                }
                std::thread::sleep(Duration::from_millis(400));
            }
            times
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}
