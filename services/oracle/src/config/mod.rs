//! Configuration: a file, over it the environment, over that what the command line sets.
//!
//! A setting `submit.valid_secs` is `ORACLE_SUBMIT__VALID_SECS` in the environment and
//! `--set submit.valid_secs=30` on the command line. Secrets come from a file or the environment and
//! from nowhere else.

mod groups;

use crate::{
    keeper::Duties,
    plan::Rules,
    round::BatchSize,
    sources::push::{Caller, Tokens},
    submitter::Terms,
};
use anyhow::{bail, ensure, Context, Result};
use flash_base::{
    http::Limits,
    secret_url::SecretUrl,
    settings::{Layers, Log, Settings},
};
use flash_client::Signer;
use serde::Deserialize;
use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use groups::is_address;
pub use groups::{
    File, FileFormat, Keeper, Network, Node, Prober, Pull, Push, Quota, Retention, Round, Submit,
};

/// Longer than any sample is late, and than a deal takes to end.
const MIN_SAMPLES_DAYS: u64 = 30;
/// The oracle's secret key, in the environment.
pub const SECRET_KEY: &str = "ORACLE_SECRET_KEY";
/// Everything that can be set. `services/oracle/oracle.example.toml` explains each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default = "defaults::database")]
    pub database: SecretUrl,
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    /// Times of telemetry may be ahead of this machine's clock by so much.
    #[serde(default = "defaults::max_ahead_secs")]
    pub max_ahead_secs: u64,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub http: Limits,
    pub network: Network,
    #[serde(default)]
    pub round: Round,
    #[serde(default)]
    pub submit: Submit,
    #[serde(default)]
    pub keeper: Keeper,
    #[serde(default)]
    pub retention: Retention,
    #[serde(default)]
    pub push: Push,
    #[serde(default)]
    pub quota: Quota,
    #[serde(default)]
    pub pull: Vec<Pull>,
    #[serde(default)]
    pub file: Vec<File>,
}

mod defaults {
    pub fn database() -> flash_base::secret_url::SecretUrl {
        "sqlite://oracle.db".into()
    }
    pub fn listen() -> std::net::SocketAddr {
        std::net::SocketAddr::from(([127, 0, 0, 1], 9_090))
    }
    pub fn max_ahead_secs() -> u64 {
        300
    }
    pub fn every_secs() -> u64 {
        30
    }
}

impl Settings for Config {
    const LAYERS: Layers = Layers {
        prefix: "ORACLE_",
        // The command line has the file's path.
        others: &[SECRET_KEY, "ORACLE_CONFIG_FILE"],
        least: "[network]\nrpc_url = \"\"\ndeployment = \"\"\n",
    };

    fn check(&self) -> Result<()> {
        self.http.check()?;
        let submit = &self.submit;
        ensure!(
            (1..=64).contains(&submit.channels),
            "submit.channels must be 1 to 64"
        );
        ensure!(
            // The network refuses a transaction that expires within two ledgers.
            (20..=300).contains(&submit.valid_secs),
            "submit.valid_secs must be 20 to 300"
        );
        ensure!(
            (1..=100).contains(&submit.max_share_percent),
            "submit.max_share_percent must be 1 to 100"
        );
        ensure!(
            (1..=60).contains(&submit.max_books),
            "submit.max_books must be 1 to 60"
        );
        ensure!(
            (1..=100).contains(&submit.max_reports),
            "submit.max_reports must be 1 to 100"
        );
        ensure!(
            (1..=60_000).contains(&submit.poll_ms),
            "submit.poll_ms must be 1 to 60000"
        );
        // It is renewed every third of it, and at most once a second.
        ensure!(
            (3..=86_400).contains(&submit.lease_secs),
            "submit.lease_secs must be 3 to 86400"
        );
        ensure!(
            submit.bid_stroops <= submit.max_bid_stroops,
            "submit.bid_stroops is {}, and must be at most submit.max_bid_stroops, which is {}",
            submit.bid_stroops,
            submit.max_bid_stroops
        );
        ensure!(
            self.keeper.min_ttl_ledgers < self.keeper.extend_to_ledgers,
            "keeper.min_ttl_ledgers must be below keeper.extend_to_ledgers"
        );
        let samples_days = self.retention.samples_days;
        ensure!(
            samples_days == 0 || samples_days >= MIN_SAMPLES_DAYS,
            "retention.samples_days must be 0, for ever, or at least {MIN_SAMPLES_DAYS}: late samples \
             and final reports need them"
        );
        ensure!(self.round.every_secs > 0, "round.every_secs must not be 0");
        for node in &self.push.node {
            is_address(&node.provider).with_context(|| format!("push.node {}", node.name))?;
        }
        self.check_pulls()?;
        for file in &self.file {
            file.source(0)?;
        }
        self.tokens().map(|_| ())
    }
}

impl Config {
    fn check_pulls(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for pull in &self.pull {
            is_address(&pull.provider).with_context(|| format!("pull {}", pull.url))?;
            let name = pull.name.clone().unwrap_or_else(|| pull.url.to_string());
            ensure!(
                !name.contains('\0') && names.insert(name.clone()),
                "two [[pull]] have the name {name}: give each a name of its own"
            );
        }
        Ok(())
    }

    /// Who may push.
    ///
    /// # Errors
    /// Where two have the same token, or a digest is none.
    pub fn tokens(&self) -> Result<Tokens> {
        let nodes = self.push.node.iter().map(|node| {
            let caller = Caller::Node {
                name: node.name.clone(),
                provider: node.provider.as_str().into(),
            };
            (&node.name, &node.token_sha256, caller)
        });
        let probers = self.push.prober.iter().map(|prober| {
            let name = prober.name.clone();
            (&prober.name, &prober.token_sha256, Caller::Prober { name })
        });
        let mut tokens = Tokens::default();
        for (name, digest, caller) in nodes.chain(probers) {
            let is_digest = hex::decode(digest).is_ok_and(|bytes| bytes.len() == 32);
            ensure!(
                is_digest,
                "push: token_sha256 of {name} must be 64 hex digits"
            );
            if !tokens.add(digest.clone(), caller) {
                bail!("push: {name} has the token of somebody else");
            }
        }
        Ok(tokens)
    }

    /// The oracle's key.
    ///
    /// # Errors
    /// Where there is none. It is not repeated in the error.
    pub fn signer(&self) -> Result<Signer> {
        let secret = match &self.network.secret_key_file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("network.secret_key_file {}", path.display()))?,
            None => std::env::var(SECRET_KEY).map_err(|_| {
                anyhow::anyhow!("no key: set network.secret_key_file, or {SECRET_KEY}")
            })?,
        };
        Ok(Signer::from_secret(secret.trim())?)
    }

    pub fn max_ahead_ms(&self) -> u64 {
        self.max_ahead_secs.saturating_mul(1_000)
    }

    pub fn rules(&self) -> Rules {
        Rules {
            report_every_secs: self.round.report_every_secs,
            lateness_secs: self.round.lateness_secs,
            final_delay_secs: self.round.final_delay_secs,
            min_settle: self.round.min_settle.into(),
        }
    }

    pub fn batch_size(&self) -> BatchSize {
        BatchSize {
            max_books: self.submit.max_books,
            max_reports: self.submit.max_reports,
        }
    }

    pub fn terms(&self) -> Terms {
        Terms {
            valid_secs: self.submit.valid_secs,
            max_share_percent: self.submit.max_share_percent,
            bid: self.submit.bid_stroops,
            max_bid: self.submit.max_bid_stroops,
            bump_after_secs: self.submit.bump_after_secs,
            extend_to_ledgers: self.keeper.extend_to_ledgers,
            poll: Duration::from_millis(self.submit.poll_ms),
            set_aside_secs: self.submit.set_aside_secs,
        }
    }

    pub fn duties(&self) -> Duties {
        Duties {
            advance: self.keeper.advance,
            draw: self.keeper.draw,
            min_push: self.keeper.min_push.into(),
            min_ttl_ledgers: self.keeper.min_ttl_ledgers,
            extend_to_ledgers: self.keeper.extend_to_ledgers,
        }
    }
}
