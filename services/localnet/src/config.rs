//! What a network is started with.

use crate::{
    chain::CloseMode,
    settings::{Preset, Settings},
    state::Network,
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// The passphrases that clients know a network by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Passphrase {
    /// "Standalone Network ; February 2017", as `stellar network container` has it.
    #[default]
    Local,
    /// "Test SDF Network ; September 2015": for programs that cannot be told otherwise.
    Testnet,
}

impl Passphrase {
    /// The text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Local => "Standalone Network ; February 2017",
            Self::Testnet => "Test SDF Network ; September 2015",
        }
    }
}

/// How many ledgers of history are kept, where nothing else is said: a day at five seconds each.
pub const DEFAULT_RETENTION: u32 = 17_280;

/// The configuration. [`Config::default`] is what tests want: any free port, everything in memory.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Loopback only.
    pub port: u16,
    pub passphrase: Passphrase,
    /// The limits and prices; a preset's, or a test's own.
    pub settings: Settings,
    /// `None` closes a ledger with each transaction.
    pub close_interval: Option<Duration>,
    /// How many ledgers of history are kept.
    pub retention: u32,
    /// The file that keeps the state over restarts.
    pub state: Option<PathBuf>,
    /// How many threads simulate.
    pub simulation_threads: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            passphrase: Passphrase::default(),
            settings: Preset::default().settings(),
            close_interval: None,
            retention: DEFAULT_RETENTION,
            state: None,
            simulation_threads: 2,
        }
    }
}

impl Config {
    /// The address to listen on: never one that others can reach.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    pub(crate) fn close_mode(&self) -> CloseMode {
        self.close_interval
            .map_or(CloseMode::Instant, CloseMode::Interval)
    }

    pub(crate) fn network(&self) -> Network {
        Network::new(
            self.passphrase.text(),
            self.settings.clone(),
            self.retention,
        )
    }
}
