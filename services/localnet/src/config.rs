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

/// The shortest and the longest interval between ledgers, in seconds.
const INTERVALS_SECS: std::ops::RangeInclusive<f64> = 0.05..=3_600.0;

/// Reads an interval between ledgers, in seconds.
///
/// # Errors
/// Where it is no number, or too short or too long.
pub fn parse_interval(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(secs) if INTERVALS_SECS.contains(&secs) => Ok(Duration::from_secs_f64(secs)),
        _ => Err(format!(
            "an interval is {} to {} seconds, not {text:?}",
            INTERVALS_SECS.start(),
            INTERVALS_SECS.end()
        )),
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

/// The rhythm of [`Config::like_testnet`] where no other is given.
pub const TESTNET_INTERVAL: Duration = Duration::from_secs(5);
/// The environment variable that [`Config::of_environment`] reads: the seconds between ledgers.
pub const LIKE_TESTNET: &str = "LOCALNET_LIKE_TESTNET";
/// The size of the live state in [`Config::like_testnet`], in bytes: five sixths of the target, where
/// rent costs 5_500 stroops a KB and not its lowest 1_000, so that nothing counts on the lowest.
const TESTNET_STATE_BYTES: u64 = 3_333_333_333;

impl Config {
    /// As the public test network behaves: ledgers close in a rhythm and always later than the one
    /// before, an account has one pending transaction, and rent costs more than its lowest.
    ///
    /// In a rhythm faster than one ledger a second the network's clock runs ahead of the wall clock.
    pub fn like_testnet(interval: Duration) -> Self {
        let settings = Settings {
            state_size_bytes: TESTNET_STATE_BYTES,
            ..Preset::Testnet.settings()
        };
        Self {
            settings,
            close_interval: Some(interval),
            ..Self::default()
        }
    }

    /// What a test suite starts its network with: the default, or [`Self::like_testnet`] where the
    /// environment variable `LOCALNET_LIKE_TESTNET` gives the seconds between ledgers.
    ///
    /// # Panics
    /// Where the variable is no interval: a suite that was to run like the test network does not run.
    pub fn of_environment() -> Self {
        let Ok(text) = std::env::var(LIKE_TESTNET) else {
            return Self::default();
        };
        match parse_interval(&text) {
            Ok(interval) => Self::like_testnet(interval),
            Err(fault) => panic!("{LIKE_TESTNET}: {fault}"),
        }
    }

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
