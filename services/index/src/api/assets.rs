//! The page: the contents of `web/dist`, embedded when this program was built. If it was empty, a
//! page that says how to build it.

use super::Shared;
use axum::{
    body::Body,
    extract::State,
    http::{header, HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write as _;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Assets;

const MISSING: &str = include_str!("missing.html");
/// Names under `assets/` contain a hash of the content.
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// What the page may load and connect to: itself, the network's RPC and friendbot. Styles may be
/// inline because charts and wallets set them; scripts may not.
pub fn content_security_policy(connect: &[String]) -> String {
    let mut policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self'; manifest-src 'self'; \
                      worker-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; connect-src 'self'"
        .to_owned();
    for origin in connect {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy
}

/// Handles every path that does not belong to the API.
pub async fn page(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        let message = "no such path; /api/v1/openapi.json describes all paths";
        return super::error::ApiError::not_found(message).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return super::error::ApiError::method().into_response();
    }
    let mut answer = file_or_index(path, &headers);
    let policy = HeaderValue::from_str(&shared.policy);
    if let Ok(policy) = policy {
        let name = header::CONTENT_SECURITY_POLICY;
        answer.headers_mut().insert(name, policy);
    }
    answer
}

/// A path without a file belongs to the page's own router, unless it looks like a file.
fn file_or_index(path: &str, headers: &HeaderMap) -> Response {
    if let Some(file) = (!path.is_empty()).then(|| Assets::get(path)).flatten() {
        return serve(path, file, headers);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    }
    match Assets::get("index.html") {
        Some(file) => serve("index.html", file, headers),
        None => {
            let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::OK, headers, MISSING).into_response()
        }
    }
}

fn serve(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let caching = if path.starts_with("assets/") {
        FOREVER
    } else {
        ASK_AGAIN
    };
    let etag = etag(&plain);
    let mut answer = Response::builder()
        .header(header::CACHE_CONTROL, caching)
        .header(header::ETAG, &etag)
        .header(header::VARY, "accept-encoding");
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return finish(answer.status(StatusCode::NOT_MODIFIED), Body::empty());
    }
    answer = answer.header(header::CONTENT_TYPE, content_type(path));
    for (coding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, coding) {
            if let Some(file) = Assets::get(&format!("{path}.{ending}")) {
                answer = answer.header(header::CONTENT_ENCODING, coding);
                return finish(answer, Body::from(file.data));
            }
        }
    }
    finish(answer, Body::from(plain.data))
}

fn finish(answer: axum::http::response::Builder, body: Body) -> Response {
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    answer.body(body).unwrap_or_else(failed)
}

fn etag(file: &EmbeddedFile) -> String {
    let mut text = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(12) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text + "\""
}

fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let offered = headers.get(header::ACCEPT_ENCODING);
    let offered = offered.and_then(|value| value.to_str().ok()).unwrap_or("");
    offered.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(coding) && !parts.any(|part| part == "q=0")
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_used_where_it_is_offered_and_not_refused() {
        let with = |text: &str| {
            let value = HeaderValue::from_str(text).unwrap();
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)])
        };
        assert!(accepts(&with("gzip, br;q=0.9"), "br"));
        assert!(!accepts(&with("gzip, br;q=0"), "br"));
        assert!(!accepts(&with("gzip"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn what_looks_like_a_file_is_no_page() {
        let none = HeaderMap::new();
        assert_eq!(
            file_or_index("assets/gone.js", &none).status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(file_or_index("deals/7", &none).status(), StatusCode::OK);
    }

    #[test]
    fn a_policy_names_whom_the_page_may_talk_to() {
        let policy = content_security_policy(&["https://rpc.example.org".to_owned()]);
        assert!(policy.ends_with("connect-src 'self' https://rpc.example.org"));
    }
}
