//! Configuration: a file, over it the environment, over that what the command line sets.
//!
//! A setting `network.rpc_url` is `INDEX_NETWORK__RPC_URL` in the environment and
//! `--set network.rpc_url=...` on the command line.

use anyhow::{ensure, Result};
use flash_base::{
    http::Limits,
    secret_url::SecretUrl,
    settings::{Layers, Log, Settings},
};
use serde::Deserialize;
use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

/// Requests of one address, where nothing is said: in the long run, and at once.
const RATE_PER_SEC: NonZeroU32 = NonZeroU32::new(50).unwrap();
const RATE_BURST: NonZeroU32 = NonZeroU32::new(300).unwrap();

/// Everything that can be set. `services/index/index.example.toml` explains each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default = "defaults::database")]
    pub database: SecretUrl,
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    #[serde(default)]
    pub log: Log,
    #[serde(default)]
    pub http: Limits,
    pub network: Network,
    #[serde(default)]
    pub follow: Follow,
    #[serde(default)]
    pub api: Api,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub rpc_url: SecretUrl,
    /// `deployments/<network>.json`
    pub deployment: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Follow {
    pub poll_ms: u64,
    pub max_pause_secs: u64,
    pub page_events: u32,
    pub queries_at_once: usize,
    pub facts_every_secs: u64,
}

/// How the API and the page are served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    pub rate_per_sec: NonZeroU32,
    pub rate_burst: NonZeroU32,
    pub public_rpc_url: Option<String>,
    pub friendbot_url: Option<String>,
    pub dev_wallet: bool,
}

mod defaults {
    pub fn database() -> flash_base::secret_url::SecretUrl {
        "sqlite://index.db".into()
    }
    pub fn listen() -> std::net::SocketAddr {
        std::net::SocketAddr::from(([127, 0, 0, 1], 9_091))
    }
}

impl Default for Api {
    fn default() -> Self {
        Self {
            rate_per_sec: RATE_PER_SEC,
            rate_burst: RATE_BURST,
            public_rpc_url: None,
            friendbot_url: None,
            dev_wallet: false,
        }
    }
}

impl Default for Follow {
    fn default() -> Self {
        Self {
            poll_ms: 1_000,
            max_pause_secs: 60,
            page_events: 1_000,
            queries_at_once: 8,
            facts_every_secs: 600,
        }
    }
}

impl Settings for Config {
    const LAYERS: Layers = Layers {
        prefix: "INDEX_",
        // The command line has it.
        others: &["INDEX_CONFIG_FILE"],
        least: "[network]\nrpc_url = \"\"\ndeployment = \"\"\n",
    };

    fn check(&self) -> Result<()> {
        let follow = &self.follow;
        self.http.check()?;
        ensure!(
            self.api.public_rpc_url.is_some() || !self.network.rpc_url.has_secret(),
            "network.rpc_url seems to hold an access key, and the API tells it to everybody: set \
             api.public_rpc_url to the server that browsers shall use"
        );
        ensure!(
            (10..=60_000).contains(&follow.poll_ms),
            "follow.poll_ms must be 10 to 60000"
        );
        ensure!(
            (1..=3_600).contains(&follow.max_pause_secs),
            "follow.max_pause_secs must be 1 to 3600"
        );
        // More than Stellar RPC gives.
        ensure!(
            (1..=10_000).contains(&follow.page_events),
            "follow.page_events must be 1 to 10000"
        );
        ensure!(
            (1..=64).contains(&follow.queries_at_once),
            "follow.queries_at_once must be 1 to 64"
        );
        ensure!(
            follow.facts_every_secs > 0,
            "follow.facts_every_secs must not be 0"
        );
        Ok(())
    }
}

impl Follow {
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }
}
