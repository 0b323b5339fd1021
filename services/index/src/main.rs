//! `index run | rebuild | status`

use anyhow::Result;
use clap::{Parser, Subcommand};
use flash_base::{
    db::Db,
    metrics::Metrics,
    process::{self, told_to_stop},
    settings::Settings,
    tasks::Tasks,
};
use flash_index::{api, config::Config, follow::Follower, migrations, status};
use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc};

/// The index of the marketplace: turns the contracts' events into tables and serves them.
///
/// First steps: copy services/index/index.example.toml to index.toml, set network.rpc_url and
/// network.deployment, then `index run`. The index creates the database. You can delete it at any
/// time; the index fills it again from the network.
#[derive(Parser)]
#[command(version, name = "index")]
struct Cli {
    /// The configuration; `services/index/index.example.toml` explains it.
    #[arg(long, short, env = "INDEX_CONFIG_FILE", default_value = "index.toml")]
    config: PathBuf,
    /// Overrides a setting of the file and the environment: --set follow.poll_ms=500
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Follow the network and serve, until SIGTERM or Ctrl-C.
    Run,
    /// Reread the current state from the contracts' queries. Histories stay as they are.
    Rebuild {
        /// Change nothing: compare the tables with the queries, print the differences, and exit
        /// with 1 if there are any.
        #[arg(long)]
        check: bool,
    },
    /// Show the progress of the index, from its database.
    Status {
        #[arg(long)]
        json: bool,
    },
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    let config = Config::load(&cli.config, std::env::vars(), &cli.set)?;
    let metrics = process::start(&config.log)?;
    match cli.command {
        Command::Run => run(config, metrics).await?,
        Command::Rebuild { check: true } => return check(config).await,
        Command::Rebuild { check: false } => {
            Follower::open(config)
                .await?
                .rebuild(None, &progress())
                .await?;
            println!("rebuilt from the contracts' queries");
        }
        Command::Status { json } => {
            let url = config.database.expose();
            let db = Db::open_read_only(url, migrations(url)).await?;
            let status = status::read(&db).await?;
            match json {
                true => println!("{}", serde_json::to_string_pretty(&status)?),
                false => println!("{status}"),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the follower and the server.
async fn run(config: Config, metrics: Metrics) -> Result<()> {
    let follower = Arc::new(Follower::open(config).await?);
    let mut tasks = Tasks::new();
    let stop = tasks.stop();
    tasks.spawn_until_stop("metrics", metrics.clone().upkeep());
    let (served, stopped) = (follower.clone(), stop.clone());
    tasks.spawn("the API", async move {
        let heard = served.heard.clone();
        api::start(&served.config, served.deployment(), metrics, heard, stopped).await
    });
    let followed = follower.clone();
    tasks.spawn("the follower", async move { followed.follow(&stop).await });
    let ended = tasks.run(told_to_stop()).await;
    follower.db.close().await;
    ended
}

async fn check(config: Config) -> Result<ExitCode> {
    let found = Follower::open(config).await?.check(&progress()).await?;
    for line in &found {
        println!("{line}");
    }
    println!("{} differences", found.len());
    Ok(ExitCode::from(u8::from(!found.is_empty())))
}

/// Prints progress on a terminal.
fn progress() -> impl Fn(&str, usize, usize) + Send + Sync {
    let shown = std::io::stderr().is_terminal();
    move |what, done, all| {
        if shown {
            eprint!("\r{what:<10} {done:>8} of {all:<8}");
        }
    }
}
