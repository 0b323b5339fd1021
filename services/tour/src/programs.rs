//! The oracle and the index as they are deployed: the real programs, beside this one.

use anyhow::{ensure, Context, Result};
use flash_client::{Client, Signer};
use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};
use tokio::process::Command;

/// The bucket, under the name that telemetry uses.
pub const BUCKET: &str = "tour-bucket";
/// The repository that the deal is about.
pub const REPO: &str = "tour-repo";
/// How often the node is said to have answered, in seconds.
const PROBE_SECS: u64 = 30;
/// How long the index may take until it has read everything.
const READY_WAIT: Duration = Duration::from_secs(180);

/// A program that was built with this one.
fn beside(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    ensure!(
        program.is_file(),
        "{} is missing: cargo build --package flash-{name}",
        program.display()
    );
    Ok(program)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// What a program printed, where it ended well.
fn printed(name: &str, output: &Output) -> Result<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "the {name} ended with {}:\n{text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text)
}

/// The oracle with a configuration and a database of its own.
pub struct Oracle {
    config: PathBuf,
    folder: PathBuf,
    secret: String,
}

impl Oracle {
    /// # Errors
    /// Where the configuration cannot be written.
    pub fn configure(folder: &Path, client: &Client, oracle: &Signer) -> Result<Self> {
        let text = format!(
            r#"
database = "sqlite://{0}/oracle.db"
listen = "127.0.0.1:{1}"
# A network's clock may run ahead of this machine's.
max_ahead_secs = 1_000_000_000
[log]
level = "warn"
[network]
rpc_url = "{2}"
deployment = "{0}/tour.json"
[round]
lateness_secs = 0
final_delay_secs = 0
[submit]
channels = 2
"#,
            folder.display(),
            free_port()?,
            client.rpc().base_url(),
        );
        let config = folder.join("oracle.toml");
        std::fs::write(&config, text)?;
        Ok(Self {
            config,
            folder: folder.to_owned(),
            secret: oracle.secret(),
        })
    }

    async fn run(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(beside("oracle")?);
        command.arg("--config").arg(&self.config).args(args);
        command.env("ORACLE_SECRET_KEY", &self.secret);
        command.stdin(Stdio::null()).kill_on_drop(true);
        printed("oracle", &command.output().await?)
    }

    /// Says that the bucket's node answered from before `start` until after `end`.
    ///
    /// # Errors
    /// Where the oracle does not take it.
    pub async fn import_status(&self, start: u64, end: u64) -> Result<()> {
        let mut lines = String::new();
        let probes = (start.saturating_sub(PROBE_SECS)..=end.saturating_add(2 * PROBE_SECS))
            .step_by(usize::try_from(PROBE_SECS)?)
            .chain([end]);
        for at in probes {
            let line = serde_json::json!({
                "nodeId": "tour-node", "bucketId": BUCKET, "nodeStatus": "online",
                "lastUpdated": at * 1_000, "latency_ms": 20,
            });
            lines.push_str(&format!("{line}\n"));
        }
        let file = self.folder.join("status.ndjson");
        std::fs::write(&file, lines)?;
        let file = file.display().to_string();
        self.run(&["import", &file, "--format", "status"]).await?;
        Ok(())
    }

    /// Says that the deal's repository sent `mb` megabytes at `at`, in seconds since 1970.
    ///
    /// # Errors
    /// Where the oracle does not take it.
    pub async fn import_use(&self, provider: &Signer, at: u64, mb: u64) -> Result<()> {
        let line = serde_json::json!({
            "timestamp": at * 1_000, "repoId": REPO, "bucketId": BUCKET, "upl_bytes": 0,
            "dwl_bytes": mb << 20, "size_change": 0, "latency_ms": 20, "host": "tour-node",
        });
        let file = self.folder.join("samples.ndjson");
        std::fs::write(&file, format!("{line}\n"))?;
        let file = file.display().to_string();
        let provider = provider.account().to_string();
        let args = [
            "import",
            &file,
            "--format",
            "samples",
            "--provider",
            &provider,
        ];
        self.run(&args).await?;
        Ok(())
    }

    /// One round: reports, settlements, and what the keeper has to do.
    ///
    /// # Errors
    /// Where the round fails.
    pub async fn round(&self) -> Result<String> {
        self.run(&["once"]).await
    }
}

/// The index with a configuration and a database of its own.
pub struct Index {
    config: PathBuf,
    port: u16,
}

impl Index {
    /// # Errors
    /// Where the configuration cannot be written.
    pub fn configure(folder: &Path, client: &Client) -> Result<Self> {
        let port = free_port()?;
        let text = format!(
            r#"
database = "sqlite://{0}/index.db"
listen = "127.0.0.1:{port}"
[log]
level = "warn"
[network]
rpc_url = "{1}"
deployment = "{0}/tour.json"
[api]
public_rpc_url = "{1}"
"#,
            folder.display(),
            client.rpc().base_url(),
        );
        let config = folder.join("index.toml");
        std::fs::write(&config, text)?;
        Ok(Self { config, port })
    }

    fn command(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(beside("index")?);
        command.arg("--config").arg(&self.config).args(args);
        command.stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }

    /// Follows the network's events until the index says that it has read them, then ends.
    ///
    /// # Errors
    /// Where it does not get there.
    pub async fn follow(&self) -> Result<()> {
        let mut program = self.command(&["run"])?.spawn()?;
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        let ready = async {
            loop {
                if let Some(status) = program.try_wait()? {
                    anyhow::bail!("the index has ended: {status}");
                }
                let url = url.clone();
                let asked = tokio::task::spawn_blocking(move || ureq::get(&url).call().is_ok());
                if asked.await? {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let outcome = tokio::time::timeout(READY_WAIT, ready).await;
        let outcome = outcome.context("the index is not ready in time");
        if let Some(pid) = program.id() {
            let mut kill = Command::new("kill");
            kill.args(["-TERM", &pid.to_string()]).status().await?;
        }
        tokio::time::timeout(READY_WAIT, program.wait()).await??;
        outcome?
    }

    /// Compares the tables with the contracts' queries. Returns what was printed.
    ///
    /// # Errors
    /// Where the index cannot compare.
    pub async fn check(&self) -> Result<String> {
        let output = self.command(&["rebuild", "--check"])?.output().await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            text.contains("differences"),
            "the index does not compare: {}{text}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(text)
    }

    /// Reads the state anew from the contracts' queries.
    ///
    /// # Errors
    /// Where that fails.
    pub async fn rebuild(&self) -> Result<()> {
        let output = self.command(&["rebuild"])?.output().await?;
        printed("index", &output).map(drop)
    }
}
