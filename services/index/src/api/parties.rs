//! Providers, consumers, and their claims.

use super::{
    error::{ErrorBody, Result},
    params::{address_in, FromParams, Nothing, Params, Query},
    Shared,
};
use crate::{
    answers::{Claims, Consumer, ConsumerPage, Page, Provider, ProviderPage},
    query::{Paging, PartyFilter, PartyQuery},
};
use axum::{
    extract::{Path, State},
    Json,
};

impl FromParams for PartyQuery {
    fn take(params: &mut Params) -> Result<Self> {
        Ok(Self {
            filter: PartyFilter {
                q: params.short_text("q", 100)?,
                min_reputation: params.number("min_reputation", 0..=100)?,
            },
            paging: Paging::take(params)?,
        })
    }
}

/// Lists providers that are not deleted, by address.
#[utoipa::path(get, path = "/providers", tag = "parties", params(PartyFilter, Paging),
    responses((status = 200, body = Page<Provider>), (status = 400, body = ErrorBody)))]
pub async fn list_providers(
    State(shared): State<Shared>,
    Query(query): Query<PartyQuery>,
) -> Result<Json<Page<Provider>>> {
    Ok(Json(shared.reads.providers(query).await?))
}

/// One provider: profile, buckets, live deals, earnings, service compared with the SLA, reputation.
#[utoipa::path(get, path = "/providers/{address}", tag = "parties",
    params(("address" = String, Path,)),
    responses((status = 200, body = ProviderPage), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_provider(
    State(shared): State<Shared>,
    Path(address): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<ProviderPage>> {
    let address = address_in("address", &address)?;
    Ok(Json(shared.reads.provider_page(&address).await?))
}

/// Lists consumers that are not deleted, by address.
#[utoipa::path(get, path = "/consumers", tag = "parties", params(PartyFilter, Paging),
    responses((status = 200, body = Page<Consumer>), (status = 400, body = ErrorBody)))]
pub async fn list_consumers(
    State(shared): State<Shared>,
    Query(query): Query<PartyQuery>,
) -> Result<Json<Page<Consumer>>> {
    Ok(Json(shared.reads.consumers(query).await?))
}

/// One consumer: profile, deals, spending, reputation.
#[utoipa::path(get, path = "/consumers/{address}", tag = "parties",
    params(("address" = String, Path,)),
    responses((status = 200, body = ConsumerPage), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_consumer(
    State(shared): State<Shared>,
    Path(address): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<ConsumerPage>> {
    let address = address_in("address", &address)?;
    Ok(Json(shared.reads.consumer_page(&address).await?))
}

/// What an address can withdraw from the escrow. Empty for an address that the index has never
/// seen.
#[utoipa::path(get, path = "/claims/{address}", tag = "parties", params(("address" = String, Path,)),
    responses((status = 200, body = Claims), (status = 400, body = ErrorBody)))]
pub async fn get_claims(
    State(shared): State<Shared>,
    Path(address): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Claims>> {
    let address = address_in("address", &address)?;
    Ok(Json(shared.reads.claims(&address).await?))
}
