//! Limits, headers, the page.

use crate::served::{settings, Served};
use std::num::NonZeroU32;

#[test]
fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let mut settings = settings();
    settings.rate_per_sec = NonZeroU32::MIN;
    settings.rate_burst = NonZeroU32::new(3).unwrap();
    let served = Served::empty(&settings);
    let statuses: Vec<_> = (0..5)
        .map(|_| served.get("/api/v1/buckets").status)
        .collect();
    assert_eq!(statuses[..3], [200, 200, 200]);
    let answer = served.get("/api/v1/buckets");
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert_eq!(answer.json()["error"]["code"], "too_many_requests");
    let after: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=5).contains(&after), "{after}");
    // Probes of operators are not counted.
    assert_eq!(served.get("/healthz").status, 200);
    assert_eq!(served.get("/metrics").status, 200);
}

#[test]
fn a_database_without_tables_is_not_ready_and_answers_503() {
    let served = Served::without_tables(&settings());
    assert_eq!(served.get("/readyz").status, 503);
    let answer = served.get("/api/v1/totals");
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert_eq!(answer.json()["error"]["code"], "unavailable");
    assert!(!answer.header("retry-after").is_empty());
}

#[test]
fn only_get_is_answered_and_bodies_are_refused() {
    let served = Served::without_tables(&settings());
    let answer = served.ask("DELETE", "/api/v1/buckets", &[]);
    assert_eq!(answer.status, 405, "{}", answer.text);
    assert_eq!(answer.json()["error"]["code"], "method_not_allowed");
    let large = ("content-length", "1025");
    let body = vec![b'x'; 1025];
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let post = agent.post(format!("{}/api/v1/buckets", served.url));
    let mut answer = post.header(large.0, large.1).send(&body[..]).unwrap();
    assert_eq!(answer.status().as_u16(), 413);
    let text = answer.body_mut().read_to_string().unwrap();
    assert!(text.contains("body_too_large"), "{text}");
}

#[test]
fn any_site_may_read_and_nothing_else() {
    let served = Served::empty(&settings());
    let origin = ("origin", "https://example.org");
    let answer = served.ask("GET", "/api/v1/buckets", &[origin]);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    let asked = ("access-control-request-method", "POST");
    let answer = served.ask("OPTIONS", "/api/v1/buckets", &[origin, asked]);
    assert_eq!(answer.header("access-control-allow-methods"), "GET");
}

#[test]
fn the_page_is_strict_about_what_it_loads_and_routes_belong_to_it() {
    let served = Served::without_tables(&settings());
    for path in ["/", "/bucket/7", "/deals/1"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{path}"
        );
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "connect-src 'self' http://127.0.0.1:8000",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    assert_eq!(served.get("/assets/gone.js").status, 404);
    assert_eq!(served.get("/../Cargo.toml").status, 404);
    let unknown = served.get("/api/v1/bucket");
    assert_eq!(
        (unknown.status, unknown.json()["error"]["code"].as_str()),
        (404, Some("not_found"))
    );
}
