//! A log that a real S3-compatible server writes while a real client uses it, metered and billed.

use crate::support::{all_up, load, Stage, BUCKET, DAY};
use flash_base_testkit::start_on_free_port;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const MB: u128 = 1 << 20;

/// moto, served by gunicorn; ends with the test.
struct Server {
    process: Child,
    url: String,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM, so that its worker ends with it.
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.process.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3")
}

/// Where `scripts/setup-s3-server.sh` puts programs; `None` where it was not run, a failure in CI.
fn programs() -> Option<PathBuf> {
    let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/s3-server/bin");
    if bin.join("gunicorn").exists() {
        return Some(bin);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the S3 server is missing: scripts/setup-s3-server.sh"
    );
    eprintln!("skipped without an S3 server: scripts/setup-s3-server.sh");
    None
}

impl Server {
    fn start(bin: &Path, folder_of_log: &Path) -> Self {
        let log = folder_of_log.join("access.log");
        let (process, port) = start_on_free_port("the S3 server", |port| {
            let mut command = Command::new(bin.join("gunicorn"));
            command.arg("-c").arg(folder().join("gunicorn.conf.py"));
            command.args(["-b", &format!("127.0.0.1:{port}")]);
            command.env("S3_LOG", &log).stderr(Stdio::null());
            command
        });
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            log,
        }
    }

    /// What the client stored and received, by its own count.
    fn used_by(&self, bin: &Path, bucket: &str) -> serde_json::Value {
        let mut client = Command::new(bin.join("python"));
        client
            .arg(folder().join("client.py"))
            .args([&self.url, bucket]);
        let done = client.output().unwrap();
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{errors}");
        serde_json::from_slice(&done.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_real_s3_server_is_billed_as_its_client_counts() {
    let Some(bin) = programs() else { return };
    let stage = Stage::new().await;
    let deal = stage.deal("repo", 100).await;
    let from = stage.world.now().await;
    let log_folder = stage.world.folder.path().to_owned();
    let (server, counted) = tokio::task::spawn_blocking(move || {
        let server = Server::start(&bin, &log_folder);
        let counted = server.used_by(&bin, BUCKET);
        (server, counted)
    })
    .await
    .unwrap();
    let [stored, sent] =
        ["stored_bytes", "sent_bytes"].map(|name| u128::from(counted[name].as_u64().unwrap()));
    let used_until = stage.world.now().await.max(wall_secs()) + 1;
    let log = server.log.display().to_string();
    let provider = stage.world.provider_text();
    let args = [
        "import",
        &log,
        "--format",
        "s3-log",
        "--provider",
        &provider,
    ];
    let told = stage.daemon.output(&args).await;
    assert!(told.contains("rejected 0"), "{told}");
    // Twice is once.
    let again = stage.daemon.output(&args).await;
    assert!(again.contains("accepted 0"), "{again}");
    let size: i64 = sqlx::query_scalar("SELECT SUM(size_change) FROM object_events")
        .fetch_one(stage.db.pool())
        .await
        .unwrap();
    assert_eq!(u128::try_from(size).unwrap(), stored);
    stage.world.advance(DAY).await;
    let to = stage.world.now().await;
    let probes = load(vec![], all_up(BUCKET, from, to));
    stage.ingest.write(probes).await.unwrap();
    stage.once().await;
    let meter = stage.world.meter(deal).await;
    assert_eq!(u128::from(meter.egress_mb), sent / MB);
    // What lies there since the client went away, and at most what there ever was since the start.
    let since = |ts: u64| u128::from(meter.through_ts - ts);
    let least = stored * since(used_until) / MB;
    let most = (stored + 11 * MB) * since(meter.start_ts) / MB;
    assert!(
        (least..=most).contains(&meter.storage_mb_secs),
        "{least} <= {} <= {most}",
        meter.storage_mb_secs
    );
}

fn wall_secs() -> u64 {
    flash_oracle::time::now_ms() / 1_000
}
