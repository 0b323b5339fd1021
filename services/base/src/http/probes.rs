//! What operators ask: `/healthz`, `/readyz`, `/metrics`.

use crate::metrics::Metrics;
use axum::{http::StatusCode, routing::get, Router};
use std::{future::Future, sync::Arc};

/// What a daemon says of itself.
pub trait Probe: Send + Sync + 'static {
    /// Whether it does its work; if not, why.
    fn ready(&self) -> impl Future<Output = Result<(), String>> + Send;

    /// Sets gauges before they are read.
    fn measure(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// A daemon that is ready as long as it lives.
pub struct Alive;

impl Probe for Alive {
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The routes.
pub fn probes(metrics: Metrics, probe: Arc<impl Probe>) -> Router {
    let measured = probe.clone();
    Router::new()
        // The process lives.
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get(move || async move {
                match probe.ready().await {
                    Ok(()) => (StatusCode::OK, "ready".to_owned()),
                    Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
                }
            }),
        )
        .route(
            "/metrics",
            get(move || async move {
                measured.measure().await;
                metrics.render()
            }),
        )
}
