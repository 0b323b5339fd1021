//! The tasks of a daemon: the end of one is the end of all.

use anyhow::{Context, Result};
use std::future::Future;
use tokio::task::{JoinError, JoinSet};

/// Told to all tasks when it is time to end.
pub use tokio_util::sync::CancellationToken as Stop;

#[derive(Default)]
pub struct Tasks {
    stop: Stop,
    running: JoinSet<(&'static str, Result<()>)>,
}

impl Tasks {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tasks that are told to stop by `stop`.
    pub fn with(stop: Stop) -> Self {
        Self {
            stop,
            running: JoinSet::new(),
        }
    }

    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// A task that watches [`Tasks::stop`] and finishes what is in flight.
    pub fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        self.running.spawn(async move { (name, task.await) });
    }

    /// A task that can be dropped at any moment.
    pub fn spawn_until_stop(
        &mut self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let stop = self.stop();
        self.spawn(name, async move {
            stop.run_until_cancelled(task).await;
            Ok(())
        });
    }

    /// Runs until `shutdown` ends or one of the tasks does; then the others are told to stop, and waited
    /// for.
    ///
    /// # Errors
    /// The first of a task. A panic is one too.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<()> {
        let mut result = tokio::select! {
            () = shutdown => Ok(()),
            Some(ended) = self.running.join_next() => outcome(ended),
        };
        tracing::info!("finishing what is in flight");
        self.stop.cancel();
        while let Some(ended) = self.running.join_next().await {
            result = result.and(outcome(ended));
        }
        result
    }
}

fn outcome(ended: Result<(&'static str, Result<()>), JoinError>) -> Result<()> {
    let (name, result) = ended.context("a task panicked")?;
    result.context(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    #[tokio::test]
    async fn the_end_of_one_task_is_the_end_of_all() {
        let mut tasks = Tasks::new();
        let stop = tasks.stop();
        tasks.spawn_until_stop("idle", pending());
        tasks.spawn("waits", async move {
            stop.cancelled().await;
            Ok(())
        });
        tasks.spawn("fails", async { anyhow::bail!("the disk is gone") });
        let error = tasks.run(pending()).await.unwrap_err();
        assert_eq!(format!("{error:#}"), "fails: the disk is gone");
    }

    #[tokio::test]
    async fn a_panic_ends_the_daemon_with_an_error() {
        let mut tasks = Tasks::new();
        tasks.spawn("panics", async { panic!("a bug") });
        assert!(tasks.run(pending()).await.is_err());
    }

    #[tokio::test]
    async fn what_is_in_flight_is_finished_at_shutdown() {
        let mut tasks = Tasks::new();
        let stop = tasks.stop();
        let (done, finished) = tokio::sync::oneshot::channel();
        tasks.spawn("slow", async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            done.send("finished").unwrap();
            Ok(())
        });
        tasks.run(async {}).await.unwrap();
        assert_eq!(finished.await.unwrap(), "finished");
    }
}
