//! # The marketplace on one machine
//!
//! `make demo`: a local Stellar network with the contracts, two providers and three consumers,
//! and the metering oracle as a separate process. It plays a recorded S3 access log in fast motion
//! and reads all results from the network over RPC.
//!
//! `make up`: the same, then it keeps running.

mod account;
mod living;
mod log;
mod people;
mod play;
mod stage;
mod table;
mod text;

use anyhow::Result;
use clap::Parser;
use std::{process::ExitCode, time::Duration};
use tokio::signal::unix::{signal, SignalKind};

/// The marketplace on one machine: network, contracts, oracle, people.
#[derive(Parser)]
struct Cli {
    /// Keep running after the play, until Ctrl-C.
    #[arg(long)]
    up: bool,
    /// Give a consumer no money, so that the play must fail. For the test of this program.
    #[arg(long, hide = true)]
    break_transfer: bool,
    /// With --up: how many seconds an hour of the network takes; 0 stops the clock.
    #[arg(long, value_name = "SECS", default_value_t = 20)]
    hour_takes: u64,
    /// First port to try for the network's RPC; busy ports are skipped.
    #[arg(long, default_value_t = 8_000)]
    port: u16,
    /// First port to try for the oracle.
    #[arg(long, default_value_t = 9_090)]
    oracle_port: u16,
    /// First port to try for the index (API and page).
    #[arg(long, default_value_t = 8_080)]
    index_port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match perform(&Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ndemo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        stopped = tokio::signal::ctrl_c() => stopped,
    }
}

async fn perform(cli: &Cli) -> Result<()> {
    let ports = stage::Ports {
        network: cli.port,
        oracle: cli.oracle_port,
        index: cli.index_port,
    };
    let mut stage = stage::Stage::set(ports, cli.break_transfer).await?;
    let ended = tokio::select! {
        ended = play::play(&mut stage) => ended,
        stopped = stop_signal() => {
            stopped?;
            Err(anyhow::anyhow!("stopped"))
        }
    };
    // Whatever happened, stop the programs below.
    let verdict = match ended {
        Ok(acts) => account::account(&stage, &acts).await,
        Err(error) => Err(error),
    };
    let mut after = Ok(());
    if let (true, Ok(_)) = (cli.up, &verdict) {
        stage.print_what_to_try();
        let pace = Duration::from_secs(cli.hour_takes);
        after = tokio::select! {
            ended = living::go_on(&stage, pace) => ended,
            stopped = stop_signal() => stopped.map_err(Into::into),
        };
        println!();
    }
    stage.strike().await?;
    after?;
    println!("{}", verdict?);
    Ok(())
}
