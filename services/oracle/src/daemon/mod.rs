//! What the oracle does: one round after the other. `run` is the daemon around it.

mod run;

use crate::{
    chain::Chain,
    config::Config,
    keeper::Keeper,
    outbox::Outbox,
    round::{Planned, Rounds},
    submitter::{channels, Limits, Submitter},
    watch, MIGRATIONS,
};
use anyhow::{Context, Result};
use flash_base::{clock::now_ms, db::Db, lease::Lease, tasks::Stop};
use flash_client::{Client, Deployment};
use std::time::Duration;

/// Everything that a round needs.
pub struct Oracle {
    pub config: Config,
    pub db: Db,
    pub chain: Chain,
    pub rounds: Rounds,
    pub outbox: Outbox,
    /// Ends what is begun.
    pub stop: Stop,
}

/// What a round came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Round {
    pub planned: Planned,
    pub batches: usize,
    pub keeper_batches: usize,
}

impl Oracle {
    /// Opens the database and finds the contracts. The network is not asked: telemetry is taken while it
    /// does not answer.
    ///
    /// # Errors
    /// What is missing, by its name.
    pub async fn open(config: Config) -> Result<Self> {
        let db = Db::open(config.database.expose(), MIGRATIONS).await?;
        let deployment = Deployment::load(&config.network.deployment)?;
        let client = Client::new(
            config.network.rpc_url.expose(),
            &deployment.network_passphrase,
        )?;
        let chain = Chain {
            client,
            market: deployment.market()?,
            oracle: config.signer()?,
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
            stop: Stop::new(),
        })
    }

    /// Refuses the network of another deployment.
    async fn know_network(&self) -> Result<()> {
        let network = &self.config.network;
        self.chain.client.check_network().await.with_context(|| {
            let (url, deployment) = (&network.rpc_url, network.deployment.display());
            format!("network.rpc_url {url}, network.deployment {deployment}")
        })
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
        let keep = &self.config.retention;
        let forgotten = crate::retention::forget(&self.db, &self.outbox, keep, now).await;
        if let Err(error) = forgotten {
            metrics::counter!("oracle_retention_failed_total").increment(1);
            tracing::error!(error = format!("{error:#}"), "old samples were not deleted");
        }
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
        let holder = format!("{}-{}", std::process::id(), now_ms());
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
}
