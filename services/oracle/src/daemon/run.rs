//! The daemon: sources, rounds and the HTTP port side by side; the end of one is the end of all.

use super::{Oracle, Round};
use crate::{
    http::{self, Health},
    ingest::Ingest,
    sources::{
        push,
        quota::{Over, Quota},
    },
    watch,
};
use anyhow::Result;
use flash_base::{http::Server, lease::Lease, metrics::Metrics, tasks::Tasks};
use std::{
    future::Future,
    sync::{atomic::Ordering, Arc},
    time::{Duration, Instant},
};

fn is_of_another_network(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<flash_client::Error>();
    matches!(error, Some(flash_client::Error::WrongNetwork { .. }))
}

impl Oracle {
    /// Everything, until `shutdown` ends; then what is in flight is finished.
    ///
    /// # Errors
    /// What ended it.
    pub async fn run(
        self: Arc<Self>,
        metrics: Metrics,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        let server = Server::bind(self.config.listen, self.config.http).await?;
        let server = server.max_body_bytes(push::MAX_READ_BYTES);
        watch::begin_at_zero();
        let (waiting, limits) = (self.config.push.waiting, &self.config.quota);
        let (ingest, writer) = Ingest::start_with(self.db.clone(), waiting, limits.max_series);
        let health = Arc::new(Health::default());
        let late_ms = self.config.round.every_secs.saturating_mul(3_000) + 60_000;
        health.late_after_ms.store(late_ms, Ordering::Relaxed);
        health.round_ended();
        let tokens = self.config.tokens()?;
        let quota = Quota::new(limits.limits());
        let max_ahead_ms = self.config.max_ahead_ms();
        let pushes = push::router(ingest.clone(), tokens, quota.clone(), max_ahead_ms);
        let routes = http::router(self.db.clone(), pushes, health.clone(), metrics.clone());
        let mut tasks = Tasks::with(self.stop.clone());
        tasks.spawn_until_stop("metrics", metrics.upkeep());
        tasks.spawn("the HTTP port", server.serve(routes, self.stop.clone()));
        self.spawn_sources(&ingest, &quota, &mut tasks)?;
        let rounds = self.clone();
        tasks.spawn("rounds", async move { rounds.rounds(&health).await });
        let ended = tasks.run(shutdown).await;
        drop(ingest);
        writer.await?;
        self.db.close().await;
        ended
    }

    async fn rounds(&self, health: &Health) -> Result<()> {
        let lease = self.lease();
        let every = Duration::from_secs(self.config.round.every_secs);
        // The lease of a daemon that was killed runs out soon.
        let lease_time = Duration::from_secs(self.config.submit.lease_secs);
        while !self.stop.is_cancelled() {
            let mut pause = every;
            match self.round_of_many(&lease).await {
                Ok(Some(round)) => ended_well(&round, health),
                Ok(None) => {
                    tracing::info!("another daemon has the lease: idle");
                    watch::seen("oracle_idle_timestamp_seconds");
                    health.round_ended();
                    pause = every.min(lease_time);
                }
                // It does not pass by itself.
                Err(error) if is_of_another_network(&error) => return Err(error),
                // The next round tries again; whoever watches sees that none ends.
                Err(error) => {
                    metrics::counter!("oracle_rounds_failed_total").increment(1);
                    tracing::error!(error = format!("{error:#}"), "a round failed");
                }
            }
            self.stop
                .run_until_cancelled(tokio::time::sleep(pause))
                .await;
        }
        lease.release().await
    }

    /// A round, where this daemon has the lease or gets it.
    async fn round_of_many(&self, lease: &Lease) -> Result<Option<Round>> {
        if !lease.hold().await? {
            return Ok(None);
        }
        let begun = Instant::now();
        let done = tokio::select! {
            done = self.round(&|_| ()) => done.map(Some),
            lost = self.keep_lease(lease) => {
                lost.and(Err(anyhow::anyhow!("another daemon took the lease")))
            }
        };
        metrics::histogram!("oracle_round_seconds").record(begun.elapsed().as_secs_f64());
        done
    }

    fn spawn_sources(&self, ingest: &Ingest, quota: &Arc<Quota>, tasks: &mut Tasks) -> Result<()> {
        for file in &self.config.file {
            let source = file.source(self.config.max_ahead_ms())?;
            let (db, ingest, quota) = (self.db.clone(), ingest.clone(), quota.clone());
            let every = Duration::from_secs(file.every_secs.max(1));
            tasks.spawn_until_stop("a file", async move {
                loop {
                    let followed = source.follow(&db, &ingest, &quota).await;
                    let over = followed.map(|followed| followed.over);
                    rest(&source.name(), over, every).await;
                }
            });
        }
        for pull in &self.config.pull {
            let source = pull.source(self.config.max_ahead_ms())?;
            let (db, ingest, quota) = (self.db.clone(), ingest.clone(), quota.clone());
            let every = Duration::from_secs(pull.every_secs.max(1));
            tasks.spawn_until_stop("a pull", async move {
                loop {
                    let over = source.read(&db, &ingest, &quota).await;
                    rest(&source.name, over, every).await;
                }
            });
        }
        Ok(())
    }
}

/// Waits for the next look at a source. One that is over its quota has more to read as soon as it may.
async fn rest(source: &str, read: Result<Option<Over>>, every: Duration) {
    watch::note_read(source, &read);
    let over = read.ok().flatten();
    let soonest = over.map(|over| Duration::from_secs(over.retry_secs));
    tokio::time::sleep(soonest.map_or(every, |soonest| soonest.min(every))).await;
}

fn ended_well(round: &Round, health: &Health) {
    let (live, held) = (round.planned.live, round.planned.held.len());
    let (batches, keeper_batches) = (round.batches, round.keeper_batches);
    tracing::info!(live, batches, keeper_batches, held, "a round ended");
    health.round_ended();
    watch::seen("oracle_round_last_success_timestamp_seconds");
}
