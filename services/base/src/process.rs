//! What a daemon does for whoever runs it: it logs to standard error, and ends when it is told to.

use std::{io::IsTerminal, time::Duration};

/// Logs of at least `level`, or as a filter says, in lines of text or of JSON.
pub fn logs(level: &str, json: bool) {
    let filter = tracing_subscriber::EnvFilter::new(level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        logs.json().init();
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).init();
    }
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

/// Has what was measured summed up every few seconds: until then histograms keep each value, and where
/// nobody looks at them they would grow for ever.
pub async fn keep_histograms_small(sum_up: impl Fn()) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        sum_up();
    }
}
