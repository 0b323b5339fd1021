//! A served API, and a client that looks at everything of an answer.

use flash_base::{
    http::{Limits, Server},
    metrics::Metrics,
    tasks::Stop,
};
use flash_index::{
    answers::{Asset, Status},
    api::{self, Settings, Shared},
    query::Reads,
};
use serde_json::Value;
use sqlx::any::{install_default_drivers, AnyPoolOptions};
use std::{num::NonZeroU32, sync::Arc, time::Duration};
use tokio::runtime::Runtime;

pub struct Served {
    pub url: String,
    stop: Stop,
    runtime: Option<Runtime>,
}

pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

pub fn settings() -> Settings {
    Settings {
        rate_per_sec: NonZeroU32::new(10_000).unwrap(),
        rate_burst: NonZeroU32::new(10_000).unwrap(),
        connect: vec!["http://127.0.0.1:8000".to_owned()],
    }
}

pub fn about() -> Status {
    Status {
        network: "local".to_owned(),
        network_passphrase: "Standalone Network ; February 2017".to_owned(),
        rpc_url: "http://127.0.0.1:8000".to_owned(),
        contracts: Default::default(),
        asset: Asset {
            id: String::new(),
            code: Some("USDC".to_owned()),
            issuer: None,
            decimals: 7,
        },
        ledger: 0,
        ledger_ts: 0,
        lag_secs: 0,
        heard_secs: None,
        deployment: Value::Null,
        friendbot_url: None,
        dev_wallet: true,
    }
}

impl Served {
    /// Over a database with empty tables.
    pub fn empty(settings: &Settings) -> Self {
        let runtime = Runtime::new().unwrap();
        let db = runtime.block_on(flash_index::listing::open("sqlite::memory:"));
        let reads = Reads::new(db.unwrap().pool().clone(), about());
        Self::start(runtime, reads, settings)
    }

    /// Over a database without tables: for what is decided before anything is read.
    pub fn without_tables(settings: &Settings) -> Self {
        let runtime = Runtime::new().unwrap();
        install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(1);
        let pool = runtime.block_on(pool.connect("sqlite::memory:")).unwrap();
        Self::start(runtime, Reads::new(pool, about()), settings)
    }

    pub fn start(runtime: Runtime, reads: Reads, settings: &Settings) -> Self {
        let stop = Stop::new();
        let shared = Shared::new(Arc::new(reads), settings, Metrics::detached(), stop.clone());
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(address, Limits::default());
        let server = runtime.block_on(server).unwrap();
        let url = format!("http://{}", server.address().unwrap());
        runtime.spawn(api::serve(server, shared));
        Self {
            url,
            stop,
            runtime: Some(runtime),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        let agent: ureq::Agent = agent.into();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let mut answer = agent.run(request.body(()).unwrap()).unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.body_mut().read_to_string().unwrap(),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}
