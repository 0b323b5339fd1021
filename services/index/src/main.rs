//! `index run | rebuild | status`

use anyhow::Result;
use clap::{Parser, Subcommand};
use flash_base::db::Db;
use flash_index::{config::Config, MIGRATIONS};
use std::{io::IsTerminal, path::PathBuf};

/// The index of the marketplace: follows the contracts' events into a database, and serves it.
///
/// First steps: copy services/index/index.example.toml to index.toml, set network.rpc_url and
/// network.deployment, then `index run`. The database is made by itself and can be deleted at any
/// time: it is filled again from the network.
#[derive(Parser)]
#[command(version, name = "index")]
struct Cli {
    /// The configuration; `services/index/index.example.toml` explains it.
    #[arg(long, short, env = "INDEX_CONFIG_FILE", default_value = "index.toml")]
    config: PathBuf,
    /// Sets something over the file and the environment: --set follow.poll_ms=500
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Follow the network and serve, until told to stop.
    Run,
    /// Read the current state anew from the contracts' queries. Histories stay as they are.
    Rebuild {
        /// Change nothing: compare the tables with the queries, print what differs, and end with
        /// 1 where something does.
        #[arg(long)]
        check: bool,
    },
    /// How far the index is, from its database.
    Status {
        #[arg(long)]
        json: bool,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let config = Config::load(&cli.config, std::env::vars(), &cli.set)?;
    logs(&config);
    match cli.command {
        Command::Run | Command::Rebuild { .. } | Command::Status { .. } => {
            Db::open(&config.database, MIGRATIONS).await?;
            Ok(())
        }
    }
}

fn logs(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if config.log.json {
        logs.json().init();
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).init();
    }
}
