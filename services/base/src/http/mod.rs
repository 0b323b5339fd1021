//! One port with limits: of connections in all and of one address, of the time that headers and bodies take,
//! and of the size of bodies.

mod address;
mod body;
mod gate;
mod probes;
mod rate;
mod server;

pub use address::{client_address, ClientAddress};
pub use probes::{probes, Alive, Probe};
pub use rate::RateLimit;
pub use server::Server;

use anyhow::{ensure, Result};
use serde::Deserialize;
use std::time::Duration;

/// Files that a process has open beside its connections: database, logs, requests of its own.
const OTHER_FILES: usize = 64;

/// The group `[http]` of a daemon's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub max_connections: usize,
    /// Of one address; behind a proxy, requests under way of one client.
    pub max_per_address: usize,
    /// Headers have to be there after so long; it is also how long an idle connection stays.
    pub header_secs: u64,
    /// A body has to be there after so long.
    pub body_secs: u64,
    /// Proxies that append to X-Forwarded-For, one behind the other.
    pub trusted_hops: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 2_000,
            max_per_address: 100,
            header_secs: 10,
            body_secs: 60,
            trusted_hops: 0,
        }
    }
}

impl Limits {
    /// # Errors
    /// What is out of bounds, with the bounds.
    pub fn check(&self) -> Result<()> {
        ensure!(
            (1..=100_000).contains(&self.max_connections),
            "http.max_connections must be 1 to 100000"
        );
        ensure!(
            (1..=self.max_connections).contains(&self.max_per_address),
            "http.max_per_address must be 1 to http.max_connections"
        );
        ensure!(
            (1..=300).contains(&self.header_secs) && (1..=3_600).contains(&self.body_secs),
            "http.header_secs must be 1 to 300, http.body_secs 1 to 3600"
        );
        ensure!(
            self.trusted_hops <= 16,
            "http.trusted_hops must be at most 16"
        );
        Ok(())
    }

    /// As many connections as the limit of open files allows, where that is less.
    fn within_open_files(mut self, open_files: usize) -> Self {
        let possible = open_files.saturating_sub(OTHER_FILES).max(1);
        if self.max_connections > possible {
            tracing::warn!(
                open_files,
                possible,
                "http.max_connections is above the limit of open files (ulimit -n, LimitNOFILE)"
            );
            self.max_connections = possible;
        }
        self
    }

    fn header_time(&self) -> Duration {
        Duration::from_secs(self.header_secs)
    }

    fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_secs)
    }
}
