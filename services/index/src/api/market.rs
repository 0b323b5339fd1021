//! The network, the market's totals, and what operators probe.

use super::{
    error::Result,
    params::{Nothing, Query},
    Shared,
};
use crate::{
    answers::{Network, Status, Totals},
    query::Reads,
};
use axum::{extract::State, http::header, response::IntoResponse, Json};
use flash_base::http::Probe;

/// Which network and contracts this index follows, and how far it is.
#[utoipa::path(get, path = "/status", tag = "network", responses((status = 200, body = Status)))]
pub async fn status(
    State(shared): State<Shared>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Status>> {
    Ok(Json(shared.reads.status().await?))
}

/// The market in figures.
#[utoipa::path(get, path = "/totals", tag = "network", responses((status = 200, body = Totals)))]
pub async fn totals(
    State(shared): State<Shared>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Totals>> {
    Ok(Json(shared.reads.totals().await?))
}

/// The contracts with pending upgrades and pauses, who reports, and the policy in force.
#[utoipa::path(get, path = "/network", tag = "network", responses((status = 200, body = Network)))]
pub async fn network(
    State(shared): State<Shared>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Network>> {
    Ok(Json(shared.reads.network().await?))
}

/// This description.
pub async fn openapi(Query(Nothing): Query<Nothing>) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, super::openapi_json())
}

impl Probe for Reads {
    /// The database answers, and the index keeps up with the network.
    async fn ready(&self) -> std::result::Result<(), String> {
        match self.behind().await {
            Ok(None) => Ok(()),
            Ok(Some(reason)) => Err(reason),
            Err(_) => Err("the database does not answer".to_owned()),
        }
    }

    async fn measure(&self) {
        self.gauges().await;
    }
}
