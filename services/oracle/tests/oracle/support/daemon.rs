//! The real program, as a process of its own.

use super::World;
use std::{
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// How long transactions are valid. The network refuses one that expires within ten seconds, and a busy machine
/// needs some to build it.
pub const VALID_SECS: u64 = 60;

/// What it is started with.
#[derive(Clone)]
pub struct Daemon {
    pub config: PathBuf,
    pub settings: Vec<String>,
    secret: String,
}

/// A process that others may kill.
pub type Victim = Arc<Mutex<Option<Child>>>;

impl Daemon {
    /// A configuration for this world and database; the network is reached at `rpc_url`.
    pub fn new(world: &World, database: &str, rpc_url: &str) -> Self {
        let config = world.folder.path().join("oracle.toml");
        // Where ledgers take time, extensions of the keeper would move what the tests place to the second.
        let in_rhythm = std::env::var_os(flash_localnet::LIKE_TESTNET).is_some();
        let min_ttl_ledgers = if in_rhythm { 1_000 } else { 518_400 };
        let text = format!(
            r#"
database = "{database}"
listen = "127.0.0.1:0"
max_ahead_secs = 1_000_000_000
[log]
level = "warn"
[network]
rpc_url = "{rpc_url}"
deployment = "{}"
[round]
report_every_secs = 43_200
lateness_secs = 0
final_delay_secs = 60
[submit]
channels = 2
valid_secs = {VALID_SECS}
bump_after_secs = 4
poll_ms = 10
[keeper]
min_push = 1_000_000_000_000
min_ttl_ledgers = {min_ttl_ledgers}
[retention]
samples_days = 0
"#,
            world.deployment_file().display()
        );
        std::fs::write(&config, text).unwrap();
        Self {
            config,
            settings: vec![],
            secret: world.oracle.secret(),
        }
    }

    /// With the key of somebody else.
    pub fn with_key(mut self, signer: &flash_client::Signer) -> Self {
        self.secret = signer.secret();
        self
    }

    pub fn set(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oracle"));
        command.arg("--config").arg(&self.config);
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command.args(args).env("ORACLE_SECRET_KEY", &self.secret);
        command.env("RUST_BACKTRACE", "0");
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(args);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// Runs a command whose writes all fail: no file may have any size.
    pub async fn with_full_disk(&self, args: &[&str]) -> Output {
        let command = self.command(args);
        let mut limited = Command::new("sh");
        // The signal is ignored, so that writing fails as on a full disk.
        limited.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]);
        limited.arg(command.get_program()).args(command.get_args());
        limited.env("ORACLE_SECRET_KEY", &self.secret);
        limited.stdout(Stdio::piped()).stderr(Stdio::piped());
        tokio::task::spawn_blocking(move || limited.spawn().unwrap().wait_with_output().unwrap())
            .await
            .unwrap()
    }

    /// Runs a command that has to succeed; what it printed.
    pub async fn output(&self, args: &[&str]) -> String {
        let done = self.run(args).await;
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{args:?}: {errors}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Runs `once` where it may be killed at any time. `true` where it came to its own good end.
    pub async fn once(&self, victim: &Victim) -> bool {
        let mut command = self.command(&["once"]);
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        *victim.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        loop {
            let ended = {
                let mut child = victim.lock().unwrap_or_else(PoisonError::into_inner);
                child.as_mut().map(|child| child.try_wait().unwrap())
            };
            match ended {
                Some(Some(status)) => return status.success(),
                Some(None) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
                None => return false,
            }
        }
    }
}

/// kill -9, now.
pub fn kill(victim: &Victim) {
    let child = victim.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(mut child) = child {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
