//! A running network: the chain's thread, the simulating threads, and the HTTP server.

use crate::{
    chain::{Chain, Travel, Watch, STACK_BYTES},
    config::Config,
    genesis::{account_id, friendbot_key, root_key},
    http::router,
    rpc::{answer, Answer, Service},
    sim::Pool,
    state::{Store, View},
};
use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use std::{net::SocketAddr, thread::JoinHandle};
use stellar_xdr::AccountId;
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

/// An account whose key everybody knows.
#[derive(Clone, Debug)]
pub struct KnownAccount {
    /// `G...`
    pub address: String,
    /// `S...`
    pub secret: String,
}

impl KnownAccount {
    fn of(key: &SigningKey) -> Self {
        let public = stellar_strkey::ed25519::PublicKey(key.verifying_key().to_bytes());
        let secret = stellar_strkey::ed25519::PrivateKey(key.to_bytes());
        Self {
            address: public.to_string().to_string(),
            secret: secret.to_string().to_string(),
        }
    }
}

/// A running network. It stops when this is dropped.
pub struct Localnet {
    address: SocketAddr,
    service: Service,
    root: KnownAccount,
    friendbot: KnownAccount,
    passphrase: &'static str,
    stop: Option<oneshot::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Localnet {
    /// Starts a network. When this returns it answers.
    ///
    /// # Errors
    /// Where the port is taken, or the state cannot be opened.
    pub fn start(config: &Config) -> Result<Self> {
        Self::run(config, None)
    }

    /// As [`Self::start`]; `watch` is called with every ledger as soon as it is closed. For tests
    /// that check what has to hold after each.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_watched(
        config: &Config,
        watch: impl FnMut(&View) + Send + 'static,
    ) -> Result<Self> {
        Self::run(config, Some(Box::new(watch)))
    }

    fn run(config: &Config, watch: Option<Watch>) -> Result<Self> {
        let network = config.network();
        let (root_key, friendbot_key) = (root_key(network.id), friendbot_key(network.id));
        let root = KnownAccount::of(&root_key);
        let friendbot = KnownAccount::of(&friendbot_key);
        let listener = std::net::TcpListener::bind(config.address())
            .with_context(|| format!("cannot listen on {}", config.address()))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let store = match &config.state {
            Some(path) => Some(Store::open(path, &network)?),
            None => None,
        };
        let (chain, chain_thread) = Chain::start(network, store, config.close_mode(), watch)?;
        let service = Service {
            chain,
            simulations: Pool::start(config.simulation_threads)?,
            friendbot_url: format!("http://{address}/friendbot"),
        };
        let (stop, stopped) = oneshot::channel();
        let http_thread = serve(listener, service.clone(), stopped)?;
        Ok(Self {
            address,
            service,
            root,
            friendbot,
            passphrase: config.passphrase.text(),
            stop: Some(stop),
            threads: vec![http_thread, chain_thread],
        })
    }

    /// `http://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The passphrase that signatures are bound to.
    pub fn passphrase(&self) -> &'static str {
        self.passphrase
    }

    /// The account that owns everything at the start.
    pub fn root(&self) -> &KnownAccount {
        &self.root
    }

    /// The account that friendbot pays from.
    pub fn friendbot(&self) -> &KnownAccount {
        &self.friendbot
    }

    /// The whole ledger, as it is now.
    pub fn view(&self) -> View {
        self.service.chain.view()
    }

    /// Moves the clock and the ledger number ahead, as `POST /admin/advance` does.
    ///
    /// # Errors
    /// Where the journey leads beyond the last ledger number or the end of time.
    pub async fn advance(&self, secs: u64, ledgers: u32) -> Result<()> {
        self.service.chain.travel(Travel { secs, ledgers }).await
    }

    /// Answers the body of a request without the way over HTTP: for fuzzers.
    ///
    /// # Panics
    /// Inside of an asynchronous runtime.
    pub fn answer(&self, body: &[u8]) -> String {
        let Ok(runtime) = Builder::new_current_thread().build() else {
            return String::new();
        };
        match runtime.block_on(answer(&self.service, body)) {
            Answer::Json(value) => value.to_string(),
            Answer::Nothing => String::new(),
            Answer::NotJson(text) => text.to_owned(),
        }
    }

    /// Stops the network, after what it is doing.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        self.service.chain.stop();
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.shut_down();
    }
}

fn serve(
    listener: std::net::TcpListener,
    service: Service,
    stopped: oneshot::Receiver<()>,
) -> Result<JoinHandle<()>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("http")
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()?;
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let thread = std::thread::Builder::new()
        .name("http".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                let server = async { axum::serve(listener, router(service)).await };
                tokio::select! {
                    ended = server => {
                        if let Err(error) = ended {
                            tracing::error!("the server ended: {error:#}");
                        }
                    }
                    _ = stopped => {}
                }
            });
            // Connections that a client keeps open do not hold up the end.
            runtime.shutdown_background();
        })?;
    Ok(thread)
}

/// The account of a seed in its text form, for tests and tools.
///
/// # Errors
/// Where the text is not a seed.
pub fn account_of_secret(secret: &str) -> Result<(SigningKey, AccountId)> {
    let seed = stellar_strkey::ed25519::PrivateKey::from_string(secret)
        .map_err(|_| anyhow::anyhow!("not a secret key"))?;
    let key = SigningKey::from_bytes(&seed.0);
    let id = account_id(&key);
    Ok((key, id))
}
