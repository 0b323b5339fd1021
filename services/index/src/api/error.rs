//! Errors as JSON: `{"error": {"code", "message", "field"?, "limit"?}}`.

use crate::query;
use axum::{
    http::{header, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// bad_parameter, unknown_parameter, not_found, too_many_requests, unavailable, internal,
    /// method_not_allowed or body_too_large.
    pub code: &'static str,
    pub message: String,
    /// The wrong parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    detail: ErrorDetail,
    retry_after_secs: Option<u64>,
}

pub type Result<T> = std::result::Result<T, ApiError>;

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: String) -> Self {
        let detail = ErrorDetail {
            code,
            message,
            field: None,
            limit: None,
        };
        Self {
            status,
            detail,
            retry_after_secs: None,
        }
    }

    pub fn bad(field: &str, reason: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, "bad_parameter", reason.into());
        error.detail.field = Some(field.to_owned());
        error
    }

    /// With what is allowed.
    pub fn limit(mut self, limit: impl Into<String>) -> Self {
        self.detail.limit = Some(limit.into());
        self
    }

    pub fn unknown(field: &str, known: &[&str]) -> Self {
        let message = match known {
            [] => format!("`{field}` is not a parameter of this path; it takes none"),
            known => format!(
                "`{field}` is not a parameter of this path; its parameters are {}",
                known.join(", ")
            ),
        };
        let mut error = Self::new(StatusCode::BAD_REQUEST, "unknown_parameter", message);
        error.detail.field = Some(field.chars().take(64).collect());
        error
    }

    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", what.into())
    }

    pub fn method() -> Self {
        let message = "this API only supports GET".to_owned();
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }

    pub fn body_too_large(limit_bytes: usize) -> Self {
        let message = "this API accepts no request bodies".to_owned();
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
            .limit(format!("{limit_bytes} bytes"))
    }

    pub fn too_many(retry_after_secs: u64, limit: String) -> Self {
        let message = format!("too many requests from this address: retry in {retry_after_secs} s");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
        error.retry_after_secs = Some(retry_after_secs);
        error.limit(limit)
    }

    pub fn unavailable(why: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", why.into());
        error.retry_after_secs = Some(5);
        error
    }

    pub fn internal() -> Self {
        let message = "internal error: the log of the index has the details".to_owned();
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

/// A database that does not answer is reported as unavailable. Anything else is a fault of this
/// program.
impl From<query::Error> for ApiError {
    fn from(error: query::Error) -> Self {
        match error {
            query::Error::NotFound(what) => Self::not_found(what),
            query::Error::Cursor(reason) => Self::bad("after", reason),
            query::Error::Unavailable(why) => Self::unavailable(why),
            query::Error::Database(error) => {
                tracing::error!(%error, "a read failed");
                match error {
                    sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Database(_) => Self::unavailable("the database does not answer"),
                    _ => Self::internal(),
                }
            }
            query::Error::Internal(error) => {
                tracing::error!("a read failed: {error:#}");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: self.detail };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(secs) = self.retry_after_secs {
            let secs = HeaderValue::from(secs);
            response.headers_mut().insert(header::RETRY_AFTER, secs);
        }
        response
    }
}
