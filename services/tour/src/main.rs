//! Plays the marketplace on any network that answers Stellar RPC, step by step, and prints a table.

mod market;
mod network;
mod people;
mod programs;
mod table;

use anyhow::{Context, Result};
use clap::Parser;
use flash_deploy::find_wasm_dir;
use people::People;
use std::{path::PathBuf, time::Duration};
use table::Table;

/// Plays the marketplace on any network that answers Stellar RPC: a localnet, a quickstart container,
/// the test network, an operator's own.
///
/// It makes accounts of its own, deploys the contracts, announces an upgrade and cancels it, plays
/// a deal from its creation to its release with a round of the oracle, follows all of it with the index,
/// compares the index with the contracts, and says what it leaves behind. It refuses the main network.
#[derive(Parser)]
#[command(name = "flash-tour", version)]
struct Options {
    /// Where the network answers Stellar RPC
    #[arg(long, env = "RPC_URL")]
    rpc_url: String,
    /// Who funds accounts, where the network does not say it itself
    #[arg(long, env = "FRIENDBOT")]
    friendbot: Option<String>,
    /// The folder for deployment, configurations and the accounts' keys; a new one where none is named
    #[arg(long)]
    folder: Option<PathBuf>,
    /// How long a transaction may take until it is in a ledger
    #[arg(long, value_name = "SECS", default_value_t = 180)]
    wait_secs: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let mut table = Table::default();
    let outcome = tour(&options, &mut table).await;
    println!("\n{table}");
    outcome
}

async fn tour(options: &Options, table: &mut Table) -> Result<()> {
    let (mut client, facts) = network::connect(&options.rpc_url).await?;
    client.wait = Duration::from_secs(options.wait_secs);
    table.add("network", &facts);
    let rhythm = network::rhythm(&client).await?;
    table.add("ledgers", &rhythm);
    let folder = match &options.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            folder.clone()
        }
        None => tempfile::tempdir()?.keep(),
    };
    let people = People::new()?;
    people.save(&folder)?;
    people.fund(&client, options.friendbot.as_deref()).await?;
    table.add(
        "accounts",
        &format!("{} made and funded", people.all().len()),
    );
    let wasm = find_wasm_dir(&std::env::current_dir()?)?;
    let market = market::deploy(&client, &people, &folder, wasm, table).await;
    let market = market.with_context(|| left_behind(&people, &folder))?;
    let played = market::play(&client, &people, &market, &folder, table).await;
    println!("{}", left_behind(&people, &folder));
    played
}

/// What stays on the network, and where the keys to it are.
fn left_behind(people: &People, folder: &std::path::Path) -> String {
    let mut text = "Left behind on the network:\n".to_owned();
    for (name, person) in people.all() {
        text.push_str(&format!("  {name:<9} {}\n", person.account()));
    }
    text.push_str(&format!(
        "  contracts  {}\n  keys       {}",
        folder.join("tour.json").display(),
        folder.join("keys.json").display()
    ));
    text
}
