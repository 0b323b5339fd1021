//! Accepts connections and serves a router on them.

use super::{
    address::{client_address, ClientAddress},
    body::{Bounded, Held},
    gate::{Full, Gate},
    Limits,
};
use crate::{process::open_files_limit, tasks::Stop};
use anyhow::{Context, Result};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{header, HeaderValue, StatusCode},
    middleware::{from_fn_with_state, Next},
    response::{IntoResponse, Response},
    Router,
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{service_fn, Service},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

const MAX_BODY_BYTES: usize = 1_024 * 1_024;
/// Memory for the headers of one connection.
const MAX_HEADER_BYTES: usize = 64 * 1_024;
/// How long requests under way are answered after the daemon was told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// After an error of `accept`, as there is where no file can be opened.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A port that listens.
pub struct Server {
    listener: TcpListener,
    limits: Limits,
    max_body_bytes: usize,
}

/// What requests pass.
#[derive(Clone)]
struct Door {
    requests: Gate,
    limits: Limits,
    max_body_bytes: usize,
}

impl Server {
    /// # Errors
    /// Where the address is taken.
    pub async fn bind(address: SocketAddr, limits: Limits) -> Result<Self> {
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "listening on http://{address}");
        Ok(Self {
            listener,
            limits: limits.within_open_files(open_files_limit()),
            max_body_bytes: MAX_BODY_BYTES,
        })
    }

    /// Bodies of requests up to that size; 1 MiB where nothing is said.
    pub fn max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }

    /// # Errors
    /// Where the socket is gone.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until `stop`, then answers requests under way.
    ///
    /// # Errors
    /// None: what fails is one connection.
    pub async fn serve(self, routes: Router, stop: Stop) -> Result<()> {
        let Self {
            listener,
            limits,
            max_body_bytes,
        } = self;
        let (all, of_address) = (limits.max_connections, limits.max_per_address);
        // A proxy's connections are those of many clients.
        let of_peer = if limits.trusted_hops == 0 {
            of_address
        } else {
            all
        };
        let connections = Gate::new(all, of_peer);
        let door = Door {
            requests: Gate::new(all, of_address),
            limits,
            max_body_bytes,
        };
        let routes = TowerToHyperService::new(routes.layer(from_fn_with_state(door, enter)));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_time())
            .max_buf_size(MAX_HEADER_BYTES);
        let graceful = GracefulShutdown::new();
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let place = match connections.enter(peer.ip()) {
                Ok(place) => place,
                Err(full) => {
                    refused(full);
                    continue;
                }
            };
            gauge_open(&connections);
            let routes = routes.clone();
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                routes.call(request)
            });
            let connection = http.serve_connection(TokioIo::new(stream), service);
            let connection = graceful.watch(connection);
            let connections = connections.clone();
            tokio::spawn(async move {
                // A client that goes away or sends no HTTP is no fault of ours.
                drop(connection.await);
                drop(place);
                gauge_open(&connections);
            });
        }
        drop(listener);
        if tokio::time::timeout(DRAIN, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("requests under way were cut off");
        }
        Ok(())
    }
}

fn refused(full: Full) {
    metrics::counter!("daemon_connections_refused_total", "reason" => full.name()).increment(1);
}

#[allow(clippy::cast_precision_loss)] // a gauge is a float
fn gauge_open(connections: &Gate) {
    metrics::gauge!("daemon_connections_open").set(connections.open() as f64);
}

/// Finds out whose request it is, holds a place of that client, and bounds the body.
async fn enter(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = client_address(request.headers(), peer.ip(), door.limits.trusted_hops);
    let place = match door.requests.enter(client) {
        Ok(place) => place,
        Err(full) => {
            refused(full);
            return too_many(door.limits);
        }
    };
    request.extensions_mut().insert(ClientAddress(client));
    let (time, max_bytes) = (door.limits.body_time(), door.max_body_bytes);
    let request = request.map(|body| Bounded::wrap(body, time, max_bytes));
    let answer = next.run(request).await;
    answer.map(|body| {
        Body::new(Held {
            body,
            _place: place,
        })
    })
}

fn too_many(limits: Limits) -> Response {
    let limit = limits.max_per_address;
    let message = format!("more than {limit} requests of this address are under way");
    let body = serde_json::json!({ "error": { "code": "too_many_requests", "message": message } });
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, body.to_string()).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}
