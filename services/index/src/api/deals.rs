//! Deals, their timelines and windows.

use super::{
    error::{ErrorBody, Result},
    params::{number_in, FromParams, Nothing, Paging, Params, Query},
    types::{Deal, DealStatus, Page, TimelineItem, Window},
    Shared,
};
use axum::{
    extract::{Path, State},
    Json,
};
use utoipa::IntoParams;

/// As `status` of a deal, in the contract's order.
pub const STATUSES: [(&str, DealStatus); 7] = [
    ("pending", DealStatus::Pending),
    ("accepted", DealStatus::Accepted),
    ("funded", DealStatus::Funded),
    ("completed", DealStatus::Completed),
    ("cancelled", DealStatus::Cancelled),
    ("breached_consumer", DealStatus::BreachedConsumer),
    ("breached_provider", DealStatus::BreachedProvider),
];

/// Which deals.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DealFilter {
    pub provider: Option<String>,
    pub consumer: Option<String>,
    #[param(minimum = 1)]
    pub bucket: Option<u32>,
    /// pending, accepted, funded, completed, cancelled, breached_consumer or breached_provider.
    #[param(value_type = Option<String>)]
    pub status: Option<DealStatus>,
}

pub struct DealQuery {
    pub filter: DealFilter,
    pub paging: Paging,
}

impl FromParams for DealQuery {
    fn take(params: &mut Params) -> Result<Self> {
        Ok(Self {
            filter: DealFilter {
                provider: params.address("provider")?,
                consumer: params.address("consumer")?,
                bucket: params.number("bucket", 1..=u32::MAX)?,
                status: params.word("status", &STATUSES)?,
            },
            paging: Paging::take(params)?,
        })
    }
}

fn deal_id(text: &str) -> Result<u32> {
    number_in("id", text, 1..=u32::MAX)
}

/// Deals, newest first.
#[utoipa::path(get, path = "/deals", tag = "deals", params(DealFilter, Paging),
    responses((status = 200, body = Page<Deal>), (status = 400, body = ErrorBody)))]
pub async fn list_deals(
    State(shared): State<Shared>,
    Query(query): Query<DealQuery>,
) -> Result<Json<Page<Deal>>> {
    shared.reads.deals(query).await.map(Json)
}

/// One deal, with its money as of the newest ledger.
#[utoipa::path(get, path = "/deals/{id}", tag = "deals", params(("id" = u32, Path,)),
    responses((status = 200, body = Deal), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_deal(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<Deal>> {
    shared.reads.deal(deal_id(&id)?).await.map(Json)
}

/// What happened to a deal, newest first.
#[utoipa::path(get, path = "/deals/{id}/timeline", tag = "deals", params(("id" = u32, Path,), Paging),
    responses((status = 200, body = Page<TimelineItem>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn deal_timeline(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<TimelineItem>>> {
    shared.reads.timeline(deal_id(&id)?, paging).await.map(Json)
}

/// The windows that were reported for a deal, newest first.
#[utoipa::path(get, path = "/deals/{id}/windows", tag = "deals", params(("id" = u32, Path,), Paging),
    responses((status = 200, body = Page<Window>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn deal_windows(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Window>>> {
    shared.reads.windows(deal_id(&id)?, paging).await.map(Json)
}
