//! The market: search and quotes.

use super::{
    error::{ApiError, ErrorBody, Result},
    params::{number_in, word_in, FromParams, Nothing, Params, Query},
    Shared,
};
use crate::{
    answers::{Bucket, BucketPage, Page, Quotes},
    listing::FEATURES,
    query::{BucketSearch, Filter, QuoteQuery, Sort},
    words::words,
};
use axum::{
    extract::{Path, State},
    Json,
};
use flash_money::{
    units::{
        MAX_CAPACITY_GB, MAX_DEAL_MB, MAX_DURATION_SECS, MAX_PRICE, MB_PER_GB, SECS_PER_MONTH,
    },
    Agreed,
};
use utoipa::IntoParams;

const MAX_WORDS: usize = 8;
const MAX_QUERY_CHARS: usize = 100;
const MAX_MONTHS: u64 = MAX_DURATION_SECS / SECS_PER_MONTH;

const STATUSES: [(&str, Option<&str>); 4] = [
    ("active", Some("active")),
    ("inactive", Some("inactive")),
    ("deleted", Some("deleted")),
    ("any", None),
];
const SORTS: [(&str, Sort); 5] = [
    ("storage_price", Sort::StoragePrice),
    ("egress_price", Sort::EgressPrice),
    ("reputation", Sort::Reputation),
    ("capacity", Sort::Capacity),
    ("newest", Sort::Newest),
];

/// Filters of a bucket search.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `take_filter` takes")]
pub struct FilterParams {
    /// Words to search for. Each must be the prefix of a word in name, region, country, API, tags,
    /// external id or the provider's name.
    #[param(max_length = 100, example = "archive eu")]
    q: Option<String>,
    /// Exact match, ignoring case.
    region: Option<String>,
    country: Option<String>,
    /// For example S3.
    api: Option<String>,
    /// Per GB per month.
    #[param(minimum = 0, maximum = 10_000_000_000_000_u64)]
    max_storage_price_stroops: Option<u64>,
    /// Per GB.
    #[param(minimum = 0, maximum = 10_000_000_000_000_u64)]
    max_egress_price_stroops: Option<u64>,
    #[param(minimum = 0, maximum = 10_000)]
    min_uptime_bps: Option<u32>,
    #[param(minimum = 1, maximum = 60_000)]
    max_latency_ms: Option<u32>,
    /// Capacity that is not reserved yet.
    #[param(minimum = 0, maximum = 1_073_741_824_u64)]
    min_capacity_gb: Option<u64>,
    #[param(minimum = 0, maximum = 100)]
    min_reputation: Option<u32>,
    /// versioning, encryption_at_rest, encryption_in_transit, object_locking or auto_accept. May be
    /// repeated; all are required.
    #[param(style = Form, explode)]
    feature: Option<Vec<String>>,
    /// active (default), inactive, deleted or any.
    status: Option<String>,
    provider: Option<String>,
}

fn take_filter(params: &mut Params) -> Result<Filter> {
    let text = params.short_text("q", MAX_QUERY_CHARS)?.unwrap_or_default();
    let words: Vec<_> = words(&text).collect();
    if words.len() > MAX_WORDS {
        return Err(ApiError::bad("q", "too many words").limit(format!("at most {MAX_WORDS}")));
    }
    let mut filter = Filter {
        words,
        region: params.short_text("region", 32)?,
        country: params.short_text("country", 32)?,
        api: params.short_text("api", 32)?,
        max_storage_price: params.number("max_storage_price_stroops", 0..=MAX_PRICE)?,
        max_egress_price: params.number("max_egress_price_stroops", 0..=MAX_PRICE)?,
        min_uptime_bps: params.number("min_uptime_bps", 0..=10_000)?,
        max_latency_ms: params.number("max_latency_ms", 1..=60_000)?,
        min_capacity_gb: params.number("min_capacity_gb", 0..=MAX_CAPACITY_GB)?,
        min_reputation: params.number("min_reputation", 0..=100)?,
        features: 0,
        status: params.word("status", &STATUSES)?.unwrap_or(Some("active")),
        provider: params.address("provider")?,
    };
    for name in params.many("feature") {
        filter.features |= word_in("feature", &name, &FEATURES)?;
    }
    Ok(filter)
}

/// Order and page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `BucketSearch` takes")]
pub struct OrderParams {
    /// storage_price, egress_price, reputation, capacity or newest (default).
    sort: Option<String>,
    /// asc or desc. Default: ascending for prices, descending for everything else.
    order: Option<String>,
    /// Items per page; default 20.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next` of the previous page.
    after: Option<String>,
}

impl FromParams for BucketSearch {
    fn take(params: &mut Params) -> Result<Self> {
        let filter = take_filter(params)?;
        let sort = params.word("sort", &SORTS)?.unwrap_or_default();
        let rises = matches!(sort, Sort::StoragePrice | Sort::EgressPrice);
        let order = params.word("order", &[("asc", false), ("desc", true)])?;
        Ok(Self {
            filter,
            sort,
            descending: order.unwrap_or(!rises),
            limit: params.limit()?,
            after: params.text("after")?,
        })
    }
}

/// Search buckets.
#[utoipa::path(get, path = "/buckets", tag = "market", params(FilterParams, OrderParams),
    responses((status = 200, body = Page<Bucket>), (status = 400, body = ErrorBody)))]
pub async fn list_buckets(
    State(shared): State<Shared>,
    Query(search): Query<BucketSearch>,
) -> Result<Json<Page<Bucket>>> {
    Ok(Json(shared.reads.buckets(search).await?))
}

/// One bucket, whatever its status.
#[utoipa::path(get, path = "/buckets/{id}", tag = "market", params(("id" = u32, Path,)),
    responses((status = 200, body = BucketPage), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_bucket(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(Nothing): Query<Nothing>,
) -> Result<Json<BucketPage>> {
    let id = number_in("id", &id, 1..=u32::MAX)?;
    Ok(Json(shared.reads.bucket(id).await?))
}

/// The requested storage.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `QuoteQuery` takes")]
pub struct WishParams {
    /// Storage in GB of 1024 MB.
    #[param(minimum = 0, maximum = 1_073_741_824_u64, example = 500)]
    gb: u64,
    /// Months of 30 days.
    #[param(minimum = 1, maximum = 60, example = 6)]
    months: u64,
    /// Egress; default 0.
    #[param(minimum = 0, maximum = 1_073_741_824_u64, example = 50)]
    egress_gb_per_month: Option<u64>,
    /// How many of the cheapest quotes to return; default 20.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

impl FromParams for QuoteQuery {
    fn take(params: &mut Params) -> Result<Self> {
        let needed = |name: &'static str| move || ApiError::bad(name, "is required");
        let gb = params.number("gb", 0..=MAX_CAPACITY_GB)?;
        let gb = gb.ok_or_else(needed("gb"))?;
        let months = params.number("months", 1..=MAX_MONTHS)?;
        let months = months.ok_or_else(needed("months"))?;
        let monthly_gb = params.number("egress_gb_per_month", 0..=MAX_CAPACITY_GB)?;
        let egress_gb = monthly_gb.unwrap_or(0).saturating_mul(months);
        let wish = Agreed {
            storage_mb: gb.saturating_mul(MB_PER_GB),
            egress_mb: egress_gb.saturating_mul(MB_PER_GB),
            duration_secs: months.saturating_mul(SECS_PER_MONTH),
        };
        if wish.egress_mb > MAX_DEAL_MB {
            let limit = format!("{} GB over the whole term", MAX_DEAL_MB / MB_PER_GB);
            return Err(ApiError::bad("egress_gb_per_month", "too much").limit(limit));
        }
        if wish.storage_mb == 0 && wish.egress_mb == 0 {
            let reason = "storage and egress cannot both be 0";
            return Err(ApiError::bad("gb", reason));
        }
        Ok(Self {
            filter: take_filter(params)?,
            wish,
            months,
            limit: params.limit()?,
        })
    }
}

/// The cost of the requested storage at every bucket, cheapest first.
#[utoipa::path(get, path = "/quotes", tag = "market", params(WishParams, FilterParams),
    responses((status = 200, body = Quotes), (status = 400, body = ErrorBody)))]
pub async fn list_quotes(
    State(shared): State<Shared>,
    Query(query): Query<QuoteQuery>,
) -> Result<Json<Quotes>> {
    Ok(Json(shared.reads.quotes(query).await?))
}
