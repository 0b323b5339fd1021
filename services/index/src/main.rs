//! `index run | rebuild | status`

use anyhow::Result;
use clap::{Parser, Subcommand};
use flash_base::{
    db::Db,
    process::{keep_histograms_small, logs, told_to_stop},
};
use flash_index::{api, config::Config, follow::Follower, migrations, status};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{
    io::IsTerminal,
    path::PathBuf,
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
};
use tokio::sync::watch;

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
async fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    let config = Config::load(&cli.config, std::env::vars(), &cli.set)?;
    logs(&config.log.level, config.log.json);
    match cli.command {
        Command::Run => run(config).await?,
        Command::Rebuild { check: true } => return check(config).await,
        Command::Rebuild { check: false } => {
            Follower::open(config)
                .await?
                .rebuild(None, &progress())
                .await?;
            println!("rebuilt from the contracts' queries");
        }
        Command::Status { json } => {
            let db = Db::open_to_look(&config.database, migrations(&config.database)).await?;
            let status = status::read(&db).await?;
            match json {
                true => println!("{}", serde_json::to_string_pretty(&status)?),
                false => println!("{status}"),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Follower and server: the end of one is the end of both.
async fn run(config: Config) -> Result<()> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let upkeep = metrics.clone();
    tokio::spawn(keep_histograms_small(move || upkeep.run_upkeep()));
    let follower = Follower::open(config.clone()).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let (halt, halted) = watch::channel(false);
    let told = (stop.clone(), halt.clone());
    tokio::spawn(async move {
        told_to_stop().await;
        told.0.store(true, Ordering::Relaxed);
        told.1.send_replace(true);
    });
    let serve = async {
        let heard = follower.heard.clone();
        let served = api::start(&config, follower.deployment(), metrics, heard, halted);
        let served = served.await;
        stop.store(true, Ordering::Relaxed);
        served
    };
    let follow = async {
        let followed = follower.follow(&stop).await;
        halt.send_replace(true);
        followed
    };
    let (served, followed) = tokio::join!(serve, follow);
    follower.db.close().await;
    served.and(followed)
}

async fn check(config: Config) -> Result<ExitCode> {
    let found = Follower::open(config).await?.check(&progress()).await?;
    for line in &found {
        println!("{line}");
    }
    println!("{} differences", found.len());
    Ok(ExitCode::from(u8::from(!found.is_empty())))
}

/// On a terminal.
fn progress() -> impl Fn(&str, usize, usize) + Send + Sync {
    let shown = std::io::stderr().is_terminal();
    move |what, done, all| {
        if shown {
            eprint!("\r{what:<10} {done:>8} of {all:<8}");
        }
    }
}
