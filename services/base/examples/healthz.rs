//! A whole daemon: settings, logs, metrics, a port with limits, and an end. It only says that it lives.
//!
//! `cargo run -p flash-base --example healthz -- healthz.toml --set listen=127.0.0.1:9092`

use anyhow::{Context, Result};
use flash_base::{
    http::{probes, Alive, Limits, Server},
    process,
    settings::{Layers, Log, Settings},
    tasks::Tasks,
};
use serde::Deserialize;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    listen: SocketAddr,
    #[serde(default)]
    log: Log,
    #[serde(default)]
    http: Limits,
}

impl Settings for Config {
    const LAYERS: Layers = Layers {
        prefix: "HEALTHZ_",
        others: &[],
        least: "listen = \"127.0.0.1:0\"",
    };

    fn check(&self) -> Result<()> {
        self.http.check()
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file: PathBuf = arguments.next().context("usage: healthz FILE")?.into();
    let set: Vec<String> = arguments.filter(|word| word != "--set").collect();
    let config = Config::load(&file, std::env::vars(), &set)?;
    let metrics = process::start(&config.log)?;
    let server = Server::bind(config.listen, config.http).await?;
    let routes = probes(metrics.clone(), Arc::new(Alive));
    let mut tasks = Tasks::new();
    tasks.spawn_until_stop("metrics", metrics.upkeep());
    tasks.spawn("http", server.serve(routes, tasks.stop()));
    tasks.run(process::told_to_stop()).await
}
