//! One port: pushes, `/healthz`, `/readyz`, `/metrics`, `/status`.

use crate::{
    status::{self, Status},
    time::now_ms,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse, routing::get, Json, Router};
use flash_base::{
    db::Db,
    http::{probes, Probe},
    metrics::Metrics,
};
use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc,
};

/// What the probes of an operator look at.
#[derive(Default)]
pub struct Health {
    /// When a round last ended well.
    pub last_round_ms: AtomicU64,
    /// A round is late when it is older than this.
    pub late_after_ms: AtomicU64,
}

impl Health {
    pub fn round_ended(&self) {
        self.last_round_ms.store(now_ms(), Ordering::Relaxed);
    }

    fn is_late(&self) -> bool {
        let last = self.last_round_ms.load(Ordering::Relaxed);
        let late_after = self.late_after_ms.load(Ordering::Relaxed);
        now_ms().saturating_sub(last) > late_after
    }
}

struct Probes {
    db: Db,
    health: Arc<Health>,
}

impl Probe for Probes {
    /// The database answers, and rounds end.
    async fn ready(&self) -> Result<(), String> {
        if let Err(error) = sqlx::query("SELECT 1").execute(self.db.pool()).await {
            tracing::error!(%error, "the database does not answer");
            return Err("the database does not answer".to_owned());
        }
        match self.health.is_late() {
            true => Err("no round ended for too long".to_owned()),
            false => Ok(()),
        }
    }

    async fn measure(&self) {
        if let Ok(status) = status::read(&self.db).await {
            gauges(&status);
        }
    }
}

/// The routes.
pub fn router(db: Db, pushes: Router, health: Arc<Health>, metrics: Metrics) -> Router {
    let probe = Probes {
        db: db.clone(),
        health,
    };
    Router::new()
        .route("/status", get(status_json))
        .with_state(db)
        .merge(probes(metrics, Arc::new(probe)))
        .merge(pushes)
}

async fn status_json(State(db): State<Db>) -> impl IntoResponse {
    match status::read(&db).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error:#}")).into_response(),
    }
}

/// What is counted when somebody asks.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
fn gauges(status: &Status) {
    for (state, count) in &status.outbox {
        metrics::gauge!("oracle_outbox_rows", "state" => state.clone()).set(*count as f64);
    }
    let age_secs = status.oldest_open_secs.unwrap_or(0);
    metrics::gauge!("oracle_outbox_oldest_seconds").set(age_secs as f64);
    metrics::gauge!("oracle_deals_live").set(status.live_deals as f64);
    metrics::gauge!("oracle_deals_set_aside").set(status.set_aside.len() as f64);
    metrics::gauge!("oracle_rejected_lines").set(status.rejected_lines as f64);
}
