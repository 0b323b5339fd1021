//! A real Prometheus scrapes the running daemon: the dashboard's queries and the alert rules work on
//! what it finds.

use crate::support::{start, Stage};
use flash_base_testkit::start_on_free_port;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Queries that find nothing while all is well.
const MAY_BE_EMPTY: [&str; 1] = ["oracle_source_errors_total"];

struct Prometheus {
    process: Child,
    url: String,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ops(file: &str) -> PathBuf {
    let ops = Path::new(env!("CARGO_MANIFEST_DIR")).join("ops");
    ops.join(file)
}

/// `None` where it is not installed; a failure in CI.
fn is_installed() -> bool {
    let found = Command::new("prometheus")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let found = found.is_ok_and(|status| status.success());
    assert!(
        found || std::env::var_os("CI").is_none(),
        "Prometheus is missing: scripts/setup-prometheus.sh"
    );
    found
}

impl Prometheus {
    fn start(folder: &Path, target: &str) -> Self {
        let config = folder.join("prometheus.yml");
        let text = format!(
            "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
             rule_files: [{:?}]\n\
             scrape_configs:\n  - job_name: flash-oracle\n    static_configs: [{{ targets: [{target:?}] }}]\n",
            ops("alerts.yml").display().to_string()
        );
        std::fs::write(&config, text).unwrap();
        let (process, port) = start_on_free_port("Prometheus", |port| {
            let mut command = Command::new("prometheus");
            command.arg(format!("--config.file={}", config.display()));
            command.arg(format!(
                "--storage.tsdb.path={}",
                folder.join("tsdb").display()
            ));
            command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
            command.stderr(Stdio::null());
            command
        });
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    fn get(&self, path: &str, query: Option<&str>) -> Option<Value> {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let mut get = agent.get(format!("{}{path}", self.url));
        if let Some(query) = query {
            get = get.query("query", query);
        }
        let text = get.call().ok()?.body_mut().read_to_string().ok()?;
        serde_json::from_str(&text).ok()
    }

    /// How many series a query finds.
    fn series(&self, query: &str) -> usize {
        let Some(answer) = self.get("/api/v1/query", Some(query)) else {
            return 0;
        };
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        answer["data"]["result"].as_array().map_or(0, Vec::len)
    }

    fn until(&self, query: &str) {
        let begun = Instant::now();
        while self.series(query) == 0 {
            let late = begun.elapsed() > Duration::from_secs(60);
            assert!(!late, "nothing is found by {query}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

fn dashboard() -> Vec<String> {
    let text = std::fs::read_to_string(ops("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap());
    let query = |target: &Value| target["expr"].as_str().unwrap().to_owned();
    targets.map(query).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_and_the_alerts_work_on_what_prometheus_scrapes() {
    if !is_installed() {
        eprintln!("skipped without Prometheus: scripts/setup-prometheus.sh");
        return;
    }
    let mut stage = Stage::new().await;
    stage.deal("r", 100).await;
    stage.day(&["r"]).await;
    let daemon = stage
        .daemon
        .clone()
        .set("log.level=info")
        .set("log.json=true")
        .set("round.every_secs=1");
    let folder = stage.world.folder.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let running = start(&daemon);
        // Nodes tell something, and one is turned away.
        let push = format!("{}/v1/telemetry", running.url);
        assert_eq!(crate::support::request("POST", &push, None, "{}").0, 401);
        let prometheus = Prometheus::start(&folder, running.url.trim_start_matches("http://"));
        // Rates need two looks.
        prometheus.until("sum(rate(oracle_reports_total[1m]))");
        let queries = dashboard();
        assert!(queries.len() >= 16);
        for query in queries {
            let may_be_empty = MAY_BE_EMPTY.iter().any(|name| query.contains(name));
            if may_be_empty {
                prometheus.series(&query);
            } else {
                prometheus.until(&query);
            }
        }
        let rules = prometheus.get("/api/v1/rules", None).unwrap();
        let rules = rules["data"]["groups"][0]["rules"].as_array().unwrap();
        assert!(rules.len() >= 15);
        for rule in rules {
            assert_eq!(rule["health"], "ok", "{rule}");
            assert_ne!(rule["state"], "firing", "all is well: {rule}");
        }
    })
    .await
    .unwrap();
}
