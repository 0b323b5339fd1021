//! Writes telemetry into the database: many sources, one writer, one commit for many callers.

mod check;
mod load;
mod objects;
mod probes;
mod rejects;
mod samples;
mod series;
mod statement;
mod write;

pub use check::{Action, Incoming, ObjectEvent, Probe, Reject, Sighting, MAX_BYTES};
pub use load::{Cursor, Load, Rejects, Written};
pub use series::series_id;
pub use write::set_cursor;

use anyhow::Result;
use flash_base::db::Db;
use tokio::sync::{mpsc, oneshot};

/// The maximum number of rows per commit.
const ROWS_PER_COMMIT: usize = 20_000;
/// The default limit of series (repos in buckets) per source.
pub const MAX_SERIES: u64 = 10_000;

struct Job {
    load: Load,
    done: oneshot::Sender<Result<Written>>,
}

/// A handle to the writer. The writer ends when the last handle is dropped.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
}

/// Why a load was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("too much is waiting to be written: try again later")]
    Full,
    #[error("the writer has ended")]
    Stopped,
    #[error(transparent)]
    Database(#[from] anyhow::Error),
}

impl Ingest {
    /// Starts the writer. At most `waiting` loads may wait for it.
    pub fn start(db: Db, waiting: usize) -> (Self, tokio::task::JoinHandle<()>) {
        Self::start_with(db, waiting, MAX_SERIES)
    }

    /// The same, with a limit of `max_series` series per source.
    pub fn start_with(
        db: Db,
        waiting: usize,
        max_series: u64,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(waiting.max(1));
        let writer = write::Writer::new(db, max_series);
        (Self { queue }, tokio::spawn(serve(writer, jobs)))
    }

    /// Writes a load, or refuses it at once if too many wait. For nodes that push.
    ///
    /// # Errors
    /// [`Refused`]
    pub async fn offer(&self, load: Load) -> Result<Written, Refused> {
        let (done, told) = oneshot::channel();
        match self.queue.try_send(Job { load, done }) {
            Ok(()) => Ok(told.await.map_err(|_| Refused::Stopped)??),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Refused::Full),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Refused::Stopped),
        }
    }

    /// Writes a load after those that wait. For files.
    ///
    /// # Errors
    /// [`Refused`]
    pub async fn write(&self, load: Load) -> Result<Written, Refused> {
        let (done, told) = oneshot::channel();
        let job = Job { load, done };
        self.queue.send(job).await.map_err(|_| Refused::Stopped)?;
        Ok(told.await.map_err(|_| Refused::Stopped)??)
    }
}

async fn serve(mut writer: write::Writer, mut jobs: mpsc::Receiver<Job>) {
    let mut next = jobs.recv().await;
    while let Some(job) = next.take() {
        let mut rows = job.load.rows();
        let mut batch = vec![job];
        while rows < ROWS_PER_COMMIT {
            let Ok(more) = jobs.try_recv() else { break };
            rows += more.load.rows();
            batch.push(more);
        }
        commit(&mut writer, batch).await;
        next = jobs.recv().await;
    }
}

/// Writes all loads in one commit. If that fails, each by itself, so that a bad load fails alone.
async fn commit(writer: &mut write::Writer, mut batch: Vec<Job>) {
    if batch.len() > 1 {
        let loads: Vec<_> = batch.iter().map(|job| &job.load).collect();
        if let Ok(written) = writer.commit(&loads).await {
            for (job, written) in batch.into_iter().zip(written) {
                tell(job.done, Ok(written));
            }
            return;
        }
    }
    for job in batch.drain(..) {
        let written = writer.commit(&[&job.load]).await;
        let one = written.map(|all| all.first().copied().unwrap_or_default());
        tell(job.done, one);
    }
}

fn tell(done: oneshot::Sender<Result<Written>>, written: Result<Written>) {
    if let Ok(written) = &written {
        metrics::counter!("oracle_samples_total", "result" => "accepted")
            .increment(written.accepted);
        metrics::counter!("oracle_samples_total", "result" => "duplicate")
            .increment(written.duplicates);
        metrics::counter!("oracle_samples_total", "result" => "rejected")
            .increment(written.rejected);
        metrics::counter!("oracle_sample_conflicts_total").increment(written.conflicts);
        metrics::counter!("oracle_lines_not_understood_total")
            .increment(written.alerting.saturating_sub(written.conflicts));
    }
    // A caller that disconnected gets its answer when it sends again.
    drop(done.send(written));
}
