//! Rate limits per address.

use super::{error::ApiError, Shared};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    Extension,
};
use flash_base::http::ClientAddress;

pub async fn limit(
    State(shared): State<Shared>,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    let limit = &shared.rate_limit;
    match limit.check(client) {
        Ok(()) => next.run(request).await,
        Err(secs) => {
            metrics::counter!("index_api_refused_total").increment(1);
            ApiError::too_many(secs, format!("{} a second", limit.per_sec)).into_response()
        }
    }
}
