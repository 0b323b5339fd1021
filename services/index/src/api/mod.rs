//! The HTTP side: the API under `/api/v1`, the page, and the endpoints for operators.
//!
//! Handlers parse parameters and build answers; [`crate::query`] reads the data.

mod announce;
mod assets;
mod buckets;
mod deals;
mod error;
mod limits;
mod live;
mod market;
mod params;
mod parties;
mod start;

pub use error::{ApiError, Result};
pub use live::Live;
pub use start::{about, start};

use crate::query::Reads;
use axum::{
    extract::{DefaultBodyLimit, Request},
    http::{header, HeaderName, HeaderValue, Method},
    middleware::{from_fn, from_fn_with_state, Next},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use flash_base::{
    http::{probes, RateLimit, Server},
    metrics::Metrics,
    tasks::Stop,
};
use std::{num::NonZeroU32, sync::Arc, time::Instant};
use tower_http::{
    catch_panic::CatchPanicLayer, cors::CorsLayer, set_header::SetResponseHeaderLayer,
};
use utoipa::{
    openapi::{schema::ArrayBuilder, OpenApi, Ref, RefOr, Schema},
    OpenApi as _,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The largest accepted request body, which is never used.
const MAX_BODY_BYTES: usize = 1_024;

/// Settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Requests per address: per second on average, and in a burst.
    pub rate_per_sec: NonZeroU32,
    pub rate_burst: NonZeroU32,
    /// Other origins to which the page may connect: RPC, friendbot.
    pub connect: Vec<String>,
}

/// State shared by all handlers.
#[derive(Clone)]
pub struct Shared {
    pub(crate) reads: Arc<Reads>,
    pub(crate) live: Live,
    pub(crate) rate_limit: Arc<RateLimit>,
    pub(crate) metrics: Metrics,
    /// The Content-Security-Policy of the page.
    pub(crate) policy: Arc<str>,
    pub(crate) stop: Stop,
}

impl Shared {
    pub fn new(reads: Arc<Reads>, settings: &Settings, metrics: Metrics, stop: Stop) -> Self {
        let rate_limit = RateLimit::new(settings.rate_per_sec, settings.rate_burst);
        Self {
            reads,
            live: Live::default(),
            rate_limit: Arc::new(rate_limit),
            metrics,
            policy: assets::content_security_policy(&settings.connect).into(),
            stop,
        }
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "FlashOnStellar index",
    version = "1",
    description = "What the ledger knows of the marketplace, searchable. Amounts are decimal strings \
        of the stable asset's smallest unit (7 decimals); names end in their unit: `_stroops`, `_mb` \
        (2^20 bytes), `_gb` (1024 MB), `_secs`, `_ts` (seconds since 1970, of ledger close times), \
        `_bps` (hundredths of a percent).",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Description;

fn described() -> OpenApiRouter<Shared> {
    let paths = OpenApiRouter::new()
        .routes(routes!(market::status))
        .routes(routes!(buckets::list_buckets))
        .routes(routes!(buckets::get_bucket))
        .routes(routes!(buckets::list_quotes))
        .routes(routes!(parties::list_providers))
        .routes(routes!(parties::get_provider))
        .routes(routes!(parties::list_consumers))
        .routes(routes!(parties::get_consumer))
        .routes(routes!(parties::get_claims))
        .routes(routes!(deals::list_deals))
        .routes(routes!(deals::get_deal))
        .routes(routes!(deals::deal_timeline))
        .routes(routes!(deals::deal_windows))
        .routes(routes!(market::totals))
        .routes(routes!(market::network))
        .routes(routes!(live::live));
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", paths)
}

/// The description of the API, made from the handlers.
pub fn description() -> OpenApi {
    let mut api = described().into_openapi();
    for (name, schema) in api.components.iter_mut().flat_map(|all| &mut all.schemas) {
        complete(name, schema);
    }
    api
}

/// Corrects the derived schemas: a field without a value is null, not missing (except in errors),
/// and the items of a page have the type in its name.
fn complete(name: &str, schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else {
        return;
    };
    if name != "ErrorDetail" {
        object.required = object.properties.keys().cloned().collect();
    }
    let item = name.strip_prefix("Page_");
    if let Some((item, items)) = item.zip(object.properties.get_mut("items")) {
        *items = ArrayBuilder::new()
            .items(Ref::from_schema_name(item))
            .into();
    }
}

/// The same as text, the content of `openapi.json`.
pub fn openapi_json() -> String {
    let text = description().to_pretty_json();
    text.map(|text| text + "\n").unwrap_or_default()
}

/// All routes.
pub fn router(shared: Shared) -> Router {
    let (api, _) = described().split_for_parts();
    let api = api
        .route("/api/v1/openapi.json", get(market::openapi))
        .method_not_allowed_fallback(|| async { ApiError::method() })
        .fallback(assets::page)
        .layer(from_fn_with_state(shared.clone(), limits::limit));
    let probes = probes(shared.metrics.clone(), shared.reads.clone());
    // Any web site may read: nothing here is secret, and no credentials are sent.
    let cors = CorsLayer::new()
        .allow_origin(tower_http::cors::Any)
        .allow_methods([Method::GET])
        .allow_headers([HeaderName::from_static("last-event-id")]);
    api.with_state(shared)
        .merge(probes)
        .layer(from_fn(no_bodies))
        .layer(from_fn(measure))
        .layer(CatchPanicLayer::custom(|_| {
            ApiError::internal().into_response()
        }))
        .layer(cors)
        .layer(set("x-content-type-options", "nosniff"))
        .layer(set("referrer-policy", "no-referrer"))
        .layer(set(
            "cross-origin-opener-policy",
            "same-origin-allow-popups",
        ))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

fn set(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// Refuses a body by its announced size, before reading it.
async fn no_bodies(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let too_large = length.is_some_and(|length| length > MAX_BODY_BYTES as u64);
    if too_large || request.headers().contains_key(header::TRANSFER_ENCODING) {
        return ApiError::body_too_large(MAX_BODY_BYTES).into_response();
    }
    next.run(request).await
}

/// Measures the duration of requests by route.
async fn measure(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or("page", |path| path.as_str())
        .to_owned();
    let mut answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    metrics::counter!("index_api_requests_total", "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("index_api_seconds", "route" => route.clone())
        .record(began.elapsed().as_secs_f64());
    if route.starts_with("/api/") {
        // Answers change with every ledger, so they must not be cached.
        answer
            .headers_mut()
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    answer
}

/// Serves until `stop`. Open streams end then; running requests are answered.
///
/// # Errors
/// The socket fails.
pub async fn serve(server: Server, shared: Shared) -> anyhow::Result<()> {
    let stop = shared.stop.clone();
    let announcer = tokio::spawn(announce::announce(shared.clone()));
    let served = server.serve(router(shared), stop).await;
    announcer.abort();
    served
}
