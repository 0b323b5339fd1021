//! The HTTP port of the running daemon.

use crate::support::{digest, request, start, Daemon, Database, Running, World};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// SHA-256 of "node" and "prober".
const NODE: &str = "545ea538461003efdc8c81c244531b003f6f26cfccf6c0073b3239fdedf49446";

#[tokio::test(flavor = "multi_thread")]
async fn nodes_push_and_operators_look() {
    let world = World::new().await;
    let database = Database::sqlite();
    let mut daemon = Daemon::new(&world, &database.url, &world.network.url());
    let text = std::fs::read_to_string(&daemon.config).unwrap();
    let text = format!(
        "{text}\n[[push.node]]\nname = \"node-1\"\nprovider = \"{}\"\ntoken_sha256 = \"{}\"\n\
         [[push.prober]]\nname = \"prober-1\"\ntoken_sha256 = \"{}\"\n",
        world.provider_text(),
        digest("node"),
        digest("prober"),
    );
    std::fs::write(&daemon.config, text).unwrap();
    daemon = daemon.set("log.level=info").set("log.json=true");
    assert_eq!(digest("node"), NODE);
    let running = tokio::task::spawn_blocking(move || {
        let running = start(&daemon);
        pushes(&running.url);
        looks(&running.url);
        running
    });
    let running = running.await.unwrap();
    stops(running);
}

fn pushes(url: &str) {
    let telemetry = format!("{url}/v1/telemetry");
    let sample = |at: u64| {
        json!({ "timestamp": at, "repoId": "r", "bucketId": "b", "upl_bytes": 1, "dwl_bytes": 2,
                "size_change": 3, "latency_ms": 4, "host": "h" })
    };
    let at = 1_700_000_000_000;
    let (status, _) = request("POST", &telemetry, None, "{}");
    assert_eq!(status, 401);
    let (status, _) = request("POST", &telemetry, Some("wrong"), "{}");
    assert_eq!(status, 401);
    let (status, _) = request("POST", &telemetry, Some("prober"), "{}");
    assert_eq!(status, 403, "a prober sends no samples");
    // One object, a list, lines.
    let post = |body: &str| {
        let (status, text) = request("POST", &telemetry, Some("node"), body);
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        ["accepted", "duplicates", "rejected"].map(|name| answer[name].as_u64().unwrap())
    };
    assert_eq!(post(&sample(at).to_string()), [1, 0, 0]);
    assert_eq!(
        post(&serde_json::to_string_pretty(&sample(at)).unwrap()),
        [0, 1, 0]
    );
    assert_eq!(
        post(&json!([sample(at), sample(at + 1)]).to_string()),
        [1, 1, 0]
    );
    let lines = format!("{}\nnonsense\n{}\n", sample(at + 2), sample(1));
    assert_eq!(post(&lines), [1, 0, 2]);
    let (status, _) = request("POST", &telemetry, Some("node"), "[1,");
    assert_eq!(status, 400);
    let status_url = format!("{url}/v1/node-status");
    let probe = json!({ "nodeId": "n", "bucketId": "b", "nodeStatus": "online",
                        "lastUpdated": "2024-01-01T00:00:00Z", "latency_ms": 40 });
    let (status, _) = request("POST", &status_url, Some("node"), &probe.to_string());
    assert_eq!(
        status, 403,
        "a provider's node does not tell how well it serves"
    );
    let (status, _) = request("POST", &status_url, Some("prober"), &probe.to_string());
    assert_eq!(status, 200);
    let (status, text) = request("POST", &telemetry, Some("node"), &"x".repeat(5 << 20));
    assert_eq!(status, 413);
    assert!(text.contains("4194304 bytes"), "{text}");
}

fn looks(url: &str) {
    assert_eq!(
        request("GET", &format!("{url}/healthz"), None, ""),
        (200, "ok".to_owned())
    );
    assert_eq!(request("GET", &format!("{url}/readyz"), None, "").0, 200);
    let (_, status) = request("GET", &format!("{url}/status"), None, "");
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(
        (status["samples"].as_u64(), status["probes"].as_u64()),
        (Some(3), Some(1))
    );
    let (_, metrics) = request("GET", &format!("{url}/metrics"), None, "");
    assert!(
        metrics.contains("oracle_samples_total{result=\"accepted\"} 4"),
        "{metrics}"
    );
    assert!(
        metrics.contains("oracle_outbox_oldest_seconds 0"),
        "{metrics}"
    );
}

/// SIGTERM ends it, and it ends well.
fn stops(mut running: Running) {
    let pid = running.child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &pid])
        .status();
    assert!(sent.unwrap().success());
    let begun = Instant::now();
    loop {
        if let Some(status) = running.child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not stop"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
