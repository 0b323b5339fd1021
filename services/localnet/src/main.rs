//! The command.

use anyhow::Result;
use clap::Parser;
use flash_localnet::{
    parse_interval, settings::Preset, Config, Localnet, Passphrase, DEFAULT_RETENTION, LIKE_TESTNET,
};
use std::{io::Write, path::PathBuf, time::Duration};
use tracing_subscriber::EnvFilter;

/// A Stellar network inside one process: no Docker, no internet. It runs the host that validators run
/// and speaks the Stellar RPC API on a loopback port, so the Stellar CLI and the SDKs work against it
/// unchanged.
///
/// For development and tests only: there is one node, no consensus, and the keys of the root and
/// friendbot accounts are public by design.
///
/// With the Stellar CLI:
///
///   stellar network add localnet --rpc-url http://127.0.0.1:8000 --network-passphrase "Standalone Network ; February 2017"
///   stellar keys generate alice --network localnet --fund
///
/// Time travel: curl -X POST http://127.0.0.1:8000/admin/advance -d '{"secs": 86400, "ledgers": 17280}'
#[derive(Parser)]
#[command(name = "flash-localnet", version, verbatim_doc_comment)]
struct Options {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, short, default_value_t = 8000, env = "LOCALNET_PORT")]
    port: u16,
    /// The limits, fees and times to live of the network: mainnet where nothing is said
    #[arg(long, value_enum)]
    settings: Option<Preset>,
    /// The size of the live state in bytes: rent rises with it
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(..=1_000_000_000_000))]
    state_size: Option<u64>,
    /// The passphrase that signatures are bound to
    #[arg(long, value_enum, default_value_t)]
    passphrase: Passphrase,
    /// Close a ledger every N seconds (0.05 to 3600), instead of one with each transaction
    #[arg(long, value_name = "N", value_parser = parse_interval)]
    interval: Option<Duration>,
    /// Behave as the public test network: its settings, a ledger every 5 seconds (or every N), and
    /// rent above its lowest price
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "5",
        require_equals = true, value_parser = parse_interval, env = LIKE_TESTNET)]
    like_testnet: Option<Duration>,
    /// Keep the state in this file over restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How many ledgers of history to keep
    #[arg(long, value_name = "LEDGERS", default_value_t = DEFAULT_RETENTION,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    retention: u32,
}

impl Options {
    fn config(self) -> Config {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let mut config = self
            .like_testnet
            .map_or_else(Config::default, Config::like_testnet);
        if let Some(preset) = self.settings {
            config.settings = preset.settings();
        }
        if let Some(bytes) = self.state_size {
            config.settings.state_size_bytes = bytes;
        }
        Config {
            port: self.port,
            passphrase: self.passphrase,
            close_interval: self.interval.or(config.close_interval),
            retention: self.retention,
            state: self.state,
            simulation_threads: threads,
            ..config
        }
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let network = Localnet::start(&options.config())?;
    // Whoever started it may not listen.
    drop(announce(&network));
    wait_for_the_end()?;
    network.stop();
    Ok(())
}

fn announce(network: &Localnet) -> Result<()> {
    let url = network.url();
    let mut out = std::io::stdout().lock();
    writeln!(out, "flash-localnet is ready")?;
    writeln!(out, "  rpc         {url}")?;
    writeln!(out, "  passphrase  {}", network.passphrase())?;
    writeln!(out, "  friendbot   {url}/friendbot?addr=<account>")?;
    for (name, account) in [("root", network.root()), ("friendbot", network.friendbot())] {
        writeln!(out, "  {name:<11} {} {}", account.address, account.secret)?;
    }
    Ok(out.flush()?)
}

/// Waits for Ctrl-C or a polite request to end.
fn wait_for_the_end() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        use tokio::signal::unix::{signal, SignalKind};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    })?;
    Ok(())
}
