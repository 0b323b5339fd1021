//! What a daemon does for its operator: it logs to standard error, measures, has enough open files, and ends
//! when it is told to.

use crate::{metrics::Metrics, settings::Log};
use anyhow::Result;
use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
use std::io::IsTerminal;

/// Starts logs, metrics and the limit of open files.
///
/// # Errors
/// Where metrics were started before.
pub fn start(log: &Log) -> Result<Metrics> {
    logs(log);
    raise_open_files();
    Metrics::install()
}

/// Logs of at least a level, or as a filter says, in lines of text or of JSON.
pub fn logs(log: &Log) {
    let filter = tracing_subscriber::EnvFilter::new(&log.level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if log.json {
        logs.json().init();
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

/// Each connection is an open file, and the usual soft limit of 1024 is for programs that use `select`.
fn raise_open_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// How many files this process may open.
pub fn open_files_limit() -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    limit.map_or(usize::MAX, |files| {
        usize::try_from(files).unwrap_or(usize::MAX)
    })
}

/// Returns at SIGTERM or Ctrl-C.
pub async fn told_to_stop() {
    use tokio::signal::unix::{signal, SignalKind};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::error!(%error, "SIGTERM is not heard");
            drop(tokio::signal::ctrl_c().await);
        }
    }
}
