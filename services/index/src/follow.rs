//! Follows the network: page after page while there are some, then every `follow.poll_ms`.

use crate::{
    chain::Chain, config::Config, listing::open, rows::Cursor, status::Heard, table::upsert,
};
use anyhow::{ensure, Context, Result};
use flash_base::{db::Db, retry::Pauses, tasks::Stop};
use flash_client::{count_rpc_errors_from_zero, Deployment};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::broadcast;

/// Told after each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub ledger: i64,
    pub ledger_ts: i64,
    pub events: usize,
    pub rebuilt: bool,
}

/// A round's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub events: usize,
    /// Nothing is left to read for now.
    pub at_tip: bool,
}

/// The follower.
pub struct Follower {
    pub db: Db,
    pub chain: Chain,
    pub config: Config,
    deployment: Deployment,
    pub heard: Arc<Heard>,
    changes: broadcast::Sender<Committed>,
}

impl Follower {
    /// Opens the database.
    ///
    /// # Errors
    /// Where it cannot be opened, or follows something else.
    pub async fn open(config: Config) -> Result<Self> {
        let db = open(config.database.expose()).await?;
        let deployment = Deployment::load(&config.network.deployment)?;
        let network = &config.network;
        let chain = Chain::new(
            network.rpc_url.expose(),
            &deployment,
            config.follow.queries_at_once,
        )?;
        let follower = Self {
            db,
            chain,
            config,
            deployment,
            heard: Arc::default(),
            changes: broadcast::channel(1_024).0,
        };
        follower.own().await?;
        Ok(follower)
    }

    /// Told after each commit from now on.
    pub fn changes(&self) -> broadcast::Receiver<Committed> {
        self.changes.subscribe()
    }

    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Refuses the database of another network or other contracts.
    async fn own(&self) -> Result<()> {
        let mut write = self.db.write().await?;
        let passphrase = &self.deployment.network_passphrase;
        let contracts = self.chain.contract_ids().join(" ");
        let Some(found) = Cursor::read(write.connection()).await? else {
            let first = Cursor {
                id: 1,
                network_passphrase: passphrase.clone(),
                contracts,
                ..Cursor::default()
            };
            upsert(write.connection(), &[first]).await?;
            return write.commit().await;
        };
        let (database, deployment) = (&self.config.database, &self.config.network.deployment);
        ensure!(
            found.network_passphrase == *passphrase && found.contracts == contracts,
            "the database {database} follows the contracts {} of the network {:?}, and {} has {} of \
             {passphrase:?}: use a database of its own for each deployment",
            found.contracts,
            found.network_passphrase,
            deployment.display(),
            contracts
        );
        Ok(())
    }

    /// Refuses an RPC server of another network.
    ///
    /// # Errors
    /// Also where none answers.
    pub async fn know_network(&self) -> Result<()> {
        let network = &self.config.network;
        self.chain.client.check_network().await.with_context(|| {
            let (url, deployment) = (&network.rpc_url, network.deployment.display());
            format!("network.rpc_url {url}, network.deployment {deployment}")
        })
    }

    /// Until `stop`: a page at once after a full one, else after `follow.poll_ms`; after a failure
    /// later and later.
    ///
    /// # Errors
    /// None that passes by itself.
    pub async fn follow(&self, stop: &Stop) -> Result<()> {
        count_from_zero();
        let poll = self.config.follow.poll();
        let longest = Duration::from_secs(self.config.follow.max_pause_secs);
        let mut pauses = Pauses::new(poll, longest);
        while !stop.is_cancelled() {
            let begun = Instant::now();
            let pause = match self.round().await {
                Ok(round) => {
                    pauses.reset();
                    metrics::counter!("index_rounds_total").increment(1);
                    metrics::histogram!("index_round_seconds")
                        .record(begun.elapsed().as_secs_f64());
                    if !round.at_tip {
                        continue;
                    }
                    poll
                }
                Err(error) => {
                    metrics::counter!("index_rounds_failed_total").increment(1);
                    let pause = pauses.next_pause();
                    let retry_secs = pause.as_secs_f64();
                    tracing::warn!(error = format!("{error:#}"), retry_secs, "a round failed");
                    pause
                }
            };
            stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
        Ok(())
    }

    pub(crate) fn tell(&self, ledger: i64, ledger_ts: i64, events: usize, rebuilt: bool) {
        // Nobody listening is no fault.
        drop(self.changes.send(Committed {
            ledger,
            ledger_ts,
            events,
            rebuilt,
        }));
    }
}

/// A counter that begins with its first fault has never risen, for who watches how it rises.
fn count_from_zero() {
    metrics::counter!("index_rounds_total").increment(0);
    metrics::counter!("index_rounds_failed_total").increment(0);
    metrics::counter!("index_gaps_total").increment(0);
    metrics::counter!("index_events_not_understood_total").increment(0);
    metrics::counter!("index_api_refused_total").increment(0);
    count_rpc_errors_from_zero(&["getHealth", "getEvents", "read"]);
}
