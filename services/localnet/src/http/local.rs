//! Keeps pages of others away from administration: a browser on this machine reaches the port, so a
//! page that somebody opens could read the ledger or reset the network.

use axum::{
    extract::Request,
    http::{header, uri::Authority, HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses a request that is addressed to another host than this one (as after a name was pointed at
/// this machine), or that comes from a page of another origin.
pub async fn only(request: Request, next: Next) -> Response {
    match fault(request.headers()) {
        None => next.run(request).await,
        Some(fault) => (StatusCode::FORBIDDEN, format!("{fault}\n")).into_response(),
    }
}

fn fault(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        return Some("/admin is served under 127.0.0.1 and localhost only");
    }
    let is_own = |origin: &str| origin.strip_prefix("http://") == Some(host);
    if !text(header::ORIGIN).is_none_or(is_own) {
        return Some("/admin is not for pages of other origins");
    }
    // What a page loads as an image or a script comes without an origin.
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if !site.is_none_or(|site| matches!(site, "same-origin" | "none")) {
        return Some("/admin is not for pages of other sites");
    }
    None
}

fn is_loopback(host: &str) -> bool {
    host.parse::<Authority>()
        .is_ok_and(|host| matches!(host.host(), "127.0.0.1" | "localhost" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(pairs: &[(&'static str, &str)]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        fault(&headers)
    }

    #[test]
    fn programs_and_the_own_pages_are_served() {
        assert_eq!(fault_of(&[("host", "127.0.0.1:8000")]), None);
        assert_eq!(fault_of(&[("host", "localhost:8000")]), None);
        let own = [
            ("host", "localhost:8000"),
            ("origin", "http://localhost:8000"),
        ];
        assert_eq!(fault_of(&own), None);
    }

    #[test]
    fn other_hosts_origins_and_sites_are_refused() {
        assert!(fault_of(&[]).is_some());
        assert!(fault_of(&[("host", "evil.example:8000")]).is_some());
        for origin in ["https://evil.example", "null", "http://localhost:3000"] {
            let foreign = [("host", "localhost:8000"), ("origin", origin)];
            assert!(fault_of(&foreign).is_some(), "{origin}");
        }
        let embedded = [("host", "localhost:8000"), ("sec-fetch-site", "cross-site")];
        assert!(fault_of(&embedded).is_some());
    }
}
