//! What network it is, and whether the tour can run there.

use anyhow::{ensure, Context, Result};
use flash_client::Client;
use std::time::{Duration, Instant};

/// The main network, where the tour would spend somebody's money.
const MAINNET: &str = "Public Global Stellar Network ; September 2015";
/// The protocol that the contracts are built for.
const PROTOCOL: u32 = 28;
/// The index reads events that are a few minutes old.
const MIN_RETENTION_LEDGERS: u32 = 200;
/// How long to wait for the next ledger.
const LEDGER_WAIT: Duration = Duration::from_secs(60);

/// Connects, and says what network answers.
///
/// # Errors
/// Where none answers, or the tour must or can not run there.
pub async fn connect(rpc_url: &str) -> Result<(Client, String)> {
    let client = Client::connect(rpc_url).await?;
    check(client.passphrase())?;
    let health = client.rpc().get_health().await?;
    ensure!(
        health.status == "healthy",
        "the RPC server says that it is {}",
        health.status
    );
    ensure!(
        health.ledger_retention_window >= MIN_RETENTION_LEDGERS,
        "the RPC server keeps {} ledgers of history; the index needs {MIN_RETENTION_LEDGERS}",
        health.ledger_retention_window
    );
    let version = client.rpc().get_version_info().await?;
    ensure!(
        version.protocol_version >= PROTOCOL,
        "the network runs protocol {}; the contracts need {PROTOCOL}",
        version.protocol_version
    );
    let facts = format!(
        "{}, protocol {}, RPC {}, {} ledgers of history",
        client.passphrase(),
        version.protocol_version,
        version.version,
        health.ledger_retention_window
    );
    Ok((client, facts))
}

/// # Errors
/// On the main network.
fn check(passphrase: &str) -> Result<()> {
    ensure!(
        passphrase != MAINNET,
        "this is the main network: the tour deploys contracts and leaves them behind"
    );
    Ok(())
}

/// Waits for two ledgers and says how far apart they closed.
///
/// # Errors
/// Where none closes.
pub async fn rhythm(client: &Client) -> Result<String> {
    let first = next_ledger(client).await?;
    let started = Instant::now();
    let second = next_ledger(client).await?;
    let secs = started.elapsed().as_secs_f64();
    let apart = f64::from(second.saturating_sub(first).max(1));
    Ok(format!(
        "one every {:.1} s, the newest is {second}",
        secs / apart
    ))
}

async fn next_ledger(client: &Client) -> Result<u32> {
    let newest =
        || async { Ok::<_, anyhow::Error>(client.rpc().get_latest_ledger().await?.sequence) };
    let before = newest().await?;
    let waiting = async {
        loop {
            let now = newest().await?;
            if now > before {
                return Ok(now);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let closed = tokio::time::timeout(LEDGER_WAIT, waiting).await;
    closed.context("no ledger closes")?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_network_is_refused_and_others_are_not() {
        let refusal = check(MAINNET).unwrap_err().to_string();
        assert!(refusal.contains("main network"), "{refusal}");
        check("Test SDF Network ; September 2015").unwrap();
        check("Standalone Network ; February 2017").unwrap();
    }
}
