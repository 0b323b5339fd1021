//! Deals, their timelines and windows.

use super::{
    error::{ErrorBody, Result},
    params::{number_in, FromParams, Nothing, Params, Query},
    Shared,
};
use crate::{
    answers::{Deal, Page, TimelineItem, Window},
    query::{DealFilter, DealQuery, Paging, DEAL_STATUSES},
};
use axum::{
    extract::{Path, State},
    Json,
};

impl FromParams for DealQuery {
    fn take(params: &mut Params) -> Result<Self> {
        Ok(Self {
            filter: DealFilter {
                provider: params.address("provider")?,
                consumer: params.address("consumer")?,
                bucket: params.number("bucket", 1..=u32::MAX)?,
                status: params.word("status", &DEAL_STATUSES)?,
            },
            paging: Paging::take(params)?,
        })
    }
}

fn deal_id(text: &str) -> Result<u32> {
    number_in("id", text, 1..=u32::MAX)
}

/// Lists deals, newest first.
#[utoipa::path(get, path = "/deals", tag = "deals", params(DealFilter, Paging),
    responses((status = 200, body = Page<Deal>), (status = 400, body = ErrorBody)))]
pub async fn list_deals(
    State(shared): State<Shared>,
    Query(query): Query<DealQuery>,
) -> Result<Json<Page<Deal>>> {
    Ok(Json(shared.reads.deals(query).await?))
}

/// One deal, with its money at the newest ledger.
#[utoipa::path(get, path = "/deals/{id}", tag = "deals", params(("id" = u32, Path,)),
    responses((status = 200, body = Deal), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_deal(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Deal>> {
    Ok(Json(shared.reads.deal(deal_id(&id)?).await?))
}

/// The timeline of a deal, newest event first.
#[utoipa::path(get, path = "/deals/{id}/timeline", tag = "deals", params(("id" = u32, Path,), Paging),
    responses((status = 200, body = Page<TimelineItem>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn deal_timeline(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<TimelineItem>>> {
    Ok(Json(shared.reads.timeline(deal_id(&id)?, paging).await?))
}

/// The reported windows of a deal, newest first.
#[utoipa::path(get, path = "/deals/{id}/windows", tag = "deals", params(("id" = u32, Path,), Paging),
    responses((status = 200, body = Page<Window>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn deal_windows(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Window>>> {
    Ok(Json(shared.reads.windows(deal_id(&id)?, paging).await?))
}
