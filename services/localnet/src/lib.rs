//! A Stellar network inside one process: the host that validators run, the simulation that Stellar
//! RPC runs, and the Stellar RPC API on a loopback port. For development and tests.
//!
//! ```no_run
//! use flash_localnet::{Config, Localnet};
//!
//! let network = Localnet::start(&Config::default())?;
//! println!("{} {}", network.url(), network.passphrase());
//! # Ok::<(), anyhow::Error>(())
//! ```

mod apply;
mod chain;
mod config;
mod friendbot;
mod genesis;
mod http;
mod meta;
mod rpc;
mod server;
pub mod settings;
mod sim;
pub mod state;
mod tx;

pub use apply::asset_contract_id;
pub use chain::{Replay, ReplayedLedger, Submission};
pub use config::{
    parse_interval, Config, Passphrase, DEFAULT_RETENTION, LIKE_TESTNET, TESTNET_INTERVAL,
};
pub use server::{account_of_secret, KnownAccount, Localnet};

use time::{format_description::well_known::Rfc3339, OffsetDateTime};

/// A time as text.
fn rfc3339(unix_secs: u64) -> String {
    i64::try_from(unix_secs)
        .ok()
        .and_then(|secs| OffsetDateTime::from_unix_timestamp(secs).ok())
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}
