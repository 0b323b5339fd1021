//! From the settings to a served API.

use super::{serve, Settings, Shared};
use crate::{
    answers::{Asset, ContractRef, Status},
    config::Config,
    migrations,
    query::Reads,
    status::Heard,
};
use anyhow::Result;
use flash_base::{db::Db, http::Server, metrics::Metrics, tasks::Stop};
use flash_client::Deployment;
use std::sync::Arc;

/// Decimals that the escrow demands of a stable asset.
const DECIMALS: u32 = 7;

/// Whom the index follows, as clients need it.
///
/// # Errors
/// Where the deployment cannot be written as JSON.
pub fn about(config: &Config, deployment: &Deployment) -> Result<Status> {
    let contracts = deployment.contracts.iter().map(|(name, contract)| {
        let known = ContractRef {
            id: contract.id.to_string(),
            wasm_hash: contract.wasm_hash.to_string(),
        };
        (name.clone(), known)
    });
    // It has no secret where there is no public one: `Config::check`.
    let rpc_url = config.api.public_rpc_url.as_deref();
    Ok(Status {
        network: deployment.network.clone(),
        network_passphrase: deployment.network_passphrase.clone(),
        rpc_url: rpc_url
            .unwrap_or(config.network.rpc_url.expose())
            .to_owned(),
        contracts: contracts.collect(),
        asset: Asset {
            id: deployment.asset.contract_id.to_string(),
            code: deployment.asset.code.clone(),
            issuer: deployment.asset.issuer.as_ref().map(ToString::to_string),
            decimals: DECIMALS,
        },
        ledger: 0,
        ledger_ts: 0,
        lag_secs: 0,
        heard_secs: None,
        deployment: serde_json::to_value(deployment)?,
        friendbot_url: config.api.friendbot_url.clone(),
        dev_wallet: config.api.dev_wallet,
    })
}

/// `https://host:port` of a URL.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    let known = ["http", "https", "ws", "wss"].contains(&scheme);
    (known && !host.is_empty() && host.chars().all(plain)).then(|| format!("{scheme}://{host}"))
}

/// Serves what is in the database, until `stop`. `heard` is what the follower last heard of the network.
///
/// # Errors
/// Where the port is taken, or the database cannot be read.
pub async fn start(
    config: &Config,
    deployment: &Deployment,
    metrics: Metrics,
    heard: Arc<Heard>,
    stop: Stop,
) -> Result<()> {
    let about = about(config, deployment)?;
    let outside = [Some(&about.rpc_url), about.friendbot_url.as_ref()];
    let mut connect: Vec<_> = outside
        .into_iter()
        .flatten()
        .filter_map(|url| origin(url))
        .collect();
    connect.dedup();
    let settings = Settings {
        rate_per_sec: config.api.rate_per_sec,
        rate_burst: config.api.rate_burst,
        connect,
    };
    // Connections of its own: who reads does not wait for who writes.
    let url = config.database.expose();
    let db = Db::open_read_only(url, migrations(url)).await?;
    let mut reads = Reads::new(db.pool().clone(), about);
    reads.heard = heard;
    let shared = Shared::new(Arc::new(reads), &settings, metrics, stop);
    let server = Server::bind(config.listen, config.http).await?;
    let served = serve(server, shared).await;
    db.close().await;
    served
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_policy_can_name() {
        let found = |url: &str| origin(url);
        let local = Some("http://127.0.0.1:8000".to_owned());
        assert_eq!(found("http://127.0.0.1:8000/friendbot?addr=x"), local);
        assert_eq!(found("ftp://x"), None);
        assert_eq!(found("https://x; script-src *"), None);
    }
}
