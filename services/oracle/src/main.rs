//! `oracle run | once | status | import | replay`

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use flash_base::{
    db::Db,
    process::{self, told_to_stop},
    settings::Settings,
};
use flash_oracle::{
    config::{Config, File, FileFormat},
    daemon::{Oracle, Round},
    ingest::Ingest,
    plan::Item,
    status, MIGRATIONS,
};
use std::{io::IsTerminal, path::PathBuf, sync::Arc};

/// The metering oracle: telemetry in, reports and settlements out, every byte billed once.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The configuration; `services/oracle/oracle.example.toml` explains it.
    #[arg(long, short, env = "ORACLE_CONFIG_FILE", default_value = "oracle.toml")]
    config: PathBuf,
    /// Sets something over the file and the environment: --set submit.valid_secs=30
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take telemetry, and report and settle what is due, until told to stop.
    Run,
    /// One round: report and settle what is due.
    Once {
        /// Show what would be reported; send nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// How the oracle stands, from its database.
    Status {
        #[arg(long)]
        json: bool,
    },
    /// Read a file of telemetry once, or all files of a pattern in quotes. What is there already stays as it is.
    Import {
        path: PathBuf,
        #[arg(long, value_enum)]
        format: FileFormat,
        /// Whose telemetry it is; status of nodes is the network's.
        #[arg(long)]
        provider: Option<String>,
        /// Access logs: the bucket's external id, where it is not its name.
        #[arg(long)]
        bucket: Option<String>,
        /// Access logs: the repo of all objects, where it is not the first part of their keys.
        #[arg(long)]
        repo: Option<String>,
    },
    /// Add everything up anew from the samples and show what would be reported.
    Replay,
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let config = Config::load(&cli.config, std::env::vars(), &cli.set)?;
    let metrics = process::start(&config.log)?;
    match cli.command {
        Command::Run => {
            let oracle = Arc::new(Oracle::open(config).await?);
            oracle.run(metrics, told_to_stop()).await
        }
        Command::Once { dry_run: true } => preview(config).await,
        Command::Once { dry_run: false } => once(config).await,
        Command::Status { json } => show_status(&config, json).await,
        Command::Replay => {
            let db = Db::open(config.database.expose(), MIGRATIONS).await?;
            sqlx::query("DELETE FROM checkpoints")
                .execute(db.pool())
                .await?;
            db.close().await;
            preview(config).await
        }
        Command::Import {
            path,
            format,
            provider,
            bucket,
            repo,
        } => {
            let file = File {
                path,
                format,
                provider,
                bucket,
                repo,
                every_secs: 1,
            };
            import(&config, &file).await
        }
    }
}

async fn once(config: Config) -> Result<()> {
    let oracle = Arc::new(Oracle::open(config).await?);
    let stop = oracle.stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        stop.cancel();
    });
    let shown = std::io::stderr().is_terminal();
    let progress = move |open: usize| {
        if shown {
            eprint!("\r{open:>6} batches open ");
        }
    };
    let round = oracle.once(&progress).await?;
    if shown {
        eprintln!();
    }
    print_round(&round);
    Ok(())
}

fn print_round(round: &Round) {
    let planned = &round.planned;
    println!("live deals            {:>8}", planned.live);
    println!("reported and settled  {:>8}", planned.settling.len());
    println!("reported              {:>8}", planned.reports.len());
    println!("held flat             {:>8}", planned.held.len());
    println!("contested             {:>8}", planned.contested.len());
    println!("without node status   {:>8}", planned.without_status);
    println!("batches               {:>8}", round.batches);
    println!("batches of the keeper {:>8}", round.keeper_batches);
}

async fn preview(config: Config) -> Result<()> {
    let oracle = Oracle::open(config).await?;
    let planned = oracle.preview().await?;
    println!(
        "{:>8} {:>24} {:>14} {:>10} {:>10} {:>12}  settled",
        "deal", "MB-seconds", "egress MB", "latency ms", "uptime bps", "through"
    );
    for item in &planned.settling {
        print_item(item, "yes");
    }
    for item in &planned.reports {
        print_item(item, "no");
    }
    Ok(())
}

fn print_item(item: &Item, settled: &str) {
    let measured = |value: u32| match value {
        flash_money::units::NOT_MEASURED => "-".to_owned(),
        value => value.to_string(),
    };
    println!(
        "{:>8} {:>24} {:>14} {:>10} {:>10} {:>12}  {settled}",
        item.deal_id,
        item.storage_mb_secs,
        item.egress_mb,
        measured(item.latency_ms),
        measured(item.uptime_bps),
        item.through_ts
    );
}

async fn show_status(config: &Config, json: bool) -> Result<()> {
    let db = Db::open_read_only(config.database.expose(), MIGRATIONS).await?;
    let status = status::read(&db).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&status)?);
    } else {
        println!("{status}");
    }
    Ok(())
}

async fn import(config: &Config, file: &File) -> Result<()> {
    let source = file.source(config.max_ahead_ms())?;
    let db = Db::open(config.database.expose(), MIGRATIONS).await?;
    let (ingest, writer) = Ingest::start(db.clone(), 4);
    let shown = std::io::stderr().is_terminal();
    let written = source
        .import(&ingest, |read, all| {
            if shown {
                let percent = read.saturating_mul(100).checked_div(all).unwrap_or(100);
                eprint!("\r{percent:>3} % of {} MB ", all >> 20);
            }
        })
        .await
        .with_context(|| format!("importing {}", source.path.display()))?;
    if shown {
        eprintln!();
    }
    drop(ingest);
    writer.await?;
    println!(
        "accepted {}, duplicates {}, rejected {}",
        written.accepted, written.duplicates, written.rejected
    );
    Ok(())
}
