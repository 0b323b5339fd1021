//! The daemon: sources, rounds and the HTTP port side by side; one end is the end of all.

use crate::{
    chain::Chain,
    config::Config,
    http::{self, Health},
    ingest::Ingest,
    keeper::Keeper,
    lease::Lease,
    outbox::Outbox,
    round::{Planned, Rounds},
    sources::{file::Reading, push},
    submitter::{channels, Limits, Submitter},
    watch, MIGRATIONS,
};
use anyhow::{Context, Result};
use flash_base::{db::Db, process};
use flash_deploy::{Client, Deployment};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinSet};

/// Everything that a round needs.
pub struct Oracle {
    pub config: Config,
    pub db: Db,
    pub chain: Chain,
    pub rounds: Rounds,
    pub outbox: Outbox,
    pub stop: Arc<AtomicBool>,
    network_is_known: AtomicBool,
}

/// What a round came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Round {
    pub planned: Planned,
    pub batches: usize,
    pub keeper_batches: usize,
}

impl Oracle {
    /// Opens the database and finds the contracts.
    ///
    /// # Errors
    /// What is missing, by its name.
    pub async fn open(config: Config) -> Result<Self> {
        let db = Db::open(&config.database, MIGRATIONS).await?;
        let deployment = Deployment::load(&config.network.deployment)?;
        let client = Client::new(&config.network.rpc_url, &deployment.network_passphrase)?;
        let chain = Chain {
            client,
            market: deployment.market()?,
            oracle: config.signer()?,
        };
        // Telemetry is taken while the network does not answer; then the first round asks again.
        let asked = match network_of(&chain).await {
            Ok(passphrase) => {
                same_network(&config, &deployment.network_passphrase, &passphrase)?;
                true
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the network does not answer");
                false
            }
        };
        let rounds = Rounds {
            db: db.clone(),
            chain: chain.clone(),
            rules: config.rules(),
            size: config.batch_size(),
        };
        Ok(Self {
            outbox: Outbox::new(db.clone()),
            config,
            db,
            chain,
            rounds,
            stop: Arc::default(),
            network_is_known: AtomicBool::new(asked),
        })
    }

    /// Refuses the network of another deployment.
    async fn know_network(&self) -> Result<()> {
        if self.network_is_known.load(Ordering::Relaxed) {
            return Ok(());
        }
        let passphrase = network_of(&self.chain).await?;
        same_network(&self.config, self.chain.client.passphrase(), &passphrase)?;
        self.network_is_known.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What would be reported now. Nothing is sent and nothing is planned.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn preview(&self) -> Result<Planned> {
        self.know_network().await?;
        let deals = self.rounds.refresh().await?;
        let now = self.chain.tip().await?.close_ts;
        self.rounds.plan(&deals, now).await
    }

    /// One round: what is open, then what is due.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn round(&self, progress: &(dyn Fn(usize) + Send + Sync)) -> Result<Round> {
        self.know_network().await?;
        self.chain.check_oracle().await?;
        let submitter = self.submitter().await?;
        // What was begun comes first: its deals are not planned while it is open.
        submitter.drain(progress).await?;
        let deals = self.rounds.refresh().await?;
        let now = self.chain.tip().await?.close_ts;
        let planned = self.rounds.plan(&deals, now).await?;
        watch::round(&planned, &deals, now);
        watch::ledger_age(now);
        let batches = self.rounds.commit(&self.outbox, planned.clone()).await?;
        submitter.drain(progress).await?;
        let keeper = Keeper {
            db: &self.db,
            chain: &self.chain,
            duties: self.config.duties(),
        };
        let keeper_batches = keeper.plan(&self.outbox, &deals, now).await?;
        submitter.drain(progress).await?;
        crate::retention::forget(&self.db, &self.outbox, &self.config.retention, now).await?;
        watch::look(&self.db, &self.chain, &submitter.channels, now).await?;
        Ok(Round {
            planned,
            batches,
            keeper_batches,
        })
    }

    async fn submitter(&self) -> Result<Submitter> {
        let submit = &self.config.submit;
        let limits = Limits::read(&self.chain.client).await?;
        let channels =
            channels(&self.chain, submit.channels, submit.channel_balance_stroops).await?;
        let terms = self.config.terms();
        let mut submitter =
            Submitter::new(self.db.clone(), self.chain.clone(), terms, limits, channels);
        submitter.stop = self.stop.clone();
        Ok(submitter)
    }

    fn lease(&self) -> Lease {
        let name = self.chain.oracle.account().to_string();
        let holder = format!("{}-{}", std::process::id(), crate::time::now_ms());
        Lease::new(
            self.db.clone(),
            &name,
            &holder,
            self.config.submit.lease_secs,
        )
    }

    /// One round under the lease.
    ///
    /// # Errors
    /// Also where another daemon works with the same key.
    pub async fn once(&self, progress: &(dyn Fn(usize) + Send + Sync)) -> Result<Round> {
        let lease = self.lease();
        anyhow::ensure!(
            lease.hold().await?,
            "another daemon works with this key on this database"
        );
        let kept = self.keep_lease(&lease);
        let done = tokio::select! {
            done = self.round(progress) => done,
            lost = kept => lost.and(Err(anyhow::anyhow!("the lease was lost"))),
        };
        lease.release().await?;
        done
    }

    /// Renews a lease until it is lost.
    async fn keep_lease(&self, lease: &Lease) -> Result<()> {
        let pause = Duration::from_secs((self.config.submit.lease_secs / 3).max(1));
        loop {
            tokio::time::sleep(pause).await;
            if !lease.hold().await? {
                return Ok(());
            }
        }
    }

    /// Everything, until `shutdown` ends; then what is in flight is finished.
    ///
    /// # Errors
    /// What ended it.
    pub async fn run(
        self: Arc<Self>,
        metrics: PrometheusHandle,
        shutdown: impl std::future::Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let listener = TcpListener::bind(self.config.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.config.listen))?;
        watch::begin_at_zero();
        tracing::info!(address = %listener.local_addr()?, "listening");
        let (ingest, writer) = Ingest::start(self.db.clone(), self.config.push.waiting);
        let health = Arc::new(Health::default());
        let late_ms = self.config.round.every_secs.saturating_mul(3_000) + 60_000;
        health.late_after_ms.store(late_ms, Ordering::Relaxed);
        health.round_ended();
        let tokens = self.config.tokens()?;
        let pushes = push::router(ingest.clone(), tokens, self.config.max_ahead_ms());
        let upkeep = metrics.clone();
        let routes = http::router(self.db.clone(), pushes, health.clone(), metrics);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            process::keep_histograms_small(move || upkeep.run_upkeep()).await;
            Ok(())
        });
        tasks.spawn(async move { axum::serve(listener, routes).await.context("the HTTP port") });
        self.spawn_sources(&ingest, &mut tasks)?;
        let rounds = self.clone();
        let mut rounds = tokio::spawn(async move { rounds.rounds(&health).await });
        let ended = tokio::select! {
            () = shutdown => Ok(()),
            ended = &mut rounds => ended?,
            Some(ended) = tasks.join_next() => ended?,
        };
        tracing::info!("finishing what is in flight");
        self.stop.store(true, Ordering::Relaxed);
        if !rounds.is_finished() {
            rounds.await??;
        }
        tasks.shutdown().await;
        drop(ingest);
        writer.await?;
        self.db.close().await;
        ended
    }

    async fn rounds(&self, health: &Health) -> Result<()> {
        let lease = self.lease();
        let every = Duration::from_secs(self.config.round.every_secs);
        while !self.stop.load(Ordering::Relaxed) {
            if lease.hold().await? {
                self.leased_round(&lease, health).await?;
            } else {
                tracing::info!("another daemon has the lease: idle");
                watch::seen("oracle_idle_timestamp_seconds");
                health.round_ended();
            }
            self.pause(every).await;
        }
        lease.release().await
    }

    async fn leased_round(&self, lease: &Lease, health: &Health) -> Result<()> {
        let begun = std::time::Instant::now();
        let done = tokio::select! {
            done = self.round(&|_| ()) => done,
            lost = self.keep_lease(lease) => {
                lost?;
                tracing::warn!("the lease was lost");
                return Ok(());
            }
        };
        let took = begun.elapsed().as_secs_f64();
        metrics::histogram!("oracle_round_seconds").record(took);
        match done {
            Ok(round) => {
                let Round {
                    planned,
                    batches,
                    keeper_batches,
                } = round;
                let (live, held) = (planned.live, planned.held.len());
                tracing::info!(live, batches, keeper_batches, held, "a round ended");
                health.round_ended();
                watch::seen("oracle_round_last_success_timestamp_seconds");
            }
            // The next round tries again; whoever watches sees that none ends.
            Err(error) => {
                metrics::counter!("oracle_rounds_failed_total").increment(1);
                tracing::error!(error = format!("{error:#}"), "a round failed");
            }
        }
        Ok(())
    }

    /// Waits, but not when it is time to stop.
    async fn pause(&self, time: Duration) {
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < time && !self.stop.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(200).min(time)).await;
        }
    }

    fn spawn_sources(&self, ingest: &Ingest, tasks: &mut JoinSet<Result<()>>) -> Result<()> {
        for file in &self.config.file {
            let (source, db, ingest) = (
                file.source(self.config.max_ahead_ms())?,
                self.db.clone(),
                ingest.clone(),
            );
            let every = Duration::from_secs(file.every_secs.max(1));
            tasks.spawn(async move {
                loop {
                    let read = source.read(&db, &ingest, Reading::Growing, |_, _| ());
                    let name = format!("file:{}", source.path.display());
                    watch::note_read(&name, &read.await.map(|_| ()));
                    tokio::time::sleep(every).await;
                }
            });
        }
        for pull in &self.config.pull {
            let (source, db, ingest) = (
                pull.source(self.config.max_ahead_ms())?,
                self.db.clone(),
                ingest.clone(),
            );
            let every = Duration::from_secs(pull.every_secs.max(1));
            tasks.spawn(async move {
                loop {
                    let read = source.read(&db, &ingest).await.map(|_| ());
                    watch::note_read(&format!("pull:{}", source.url), &read);
                    tokio::time::sleep(every).await;
                }
            });
        }
        Ok(())
    }
}

async fn network_of(chain: &Chain) -> Result<String> {
    let network = chain.client.rpc().get_network().await;
    Ok(network.context("getNetwork")?.passphrase)
}

/// On another network all transactions would be refused, and accounts be missing.
fn same_network(config: &Config, deployed: &str, found: &str) -> Result<()> {
    anyhow::ensure!(
        deployed == found,
        "network.rpc_url {} is of the network {found:?}, network.deployment {} of {deployed:?}",
        config.network.rpc_url,
        config.network.deployment.display()
    );
    Ok(())
}
