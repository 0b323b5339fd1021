//! Whatever is wrong with a request is told with the parameter's name and the reason.

use crate::served::{settings, Served};

const GOOD: &str = "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7";

#[test]
fn bad_parameters_are_refused_with_name_and_reason() {
    let served = Served::without_tables(&settings());
    let long = "x".repeat(101);
    let longest = "x".repeat(513);
    let many = "feature=versioning&".repeat(65);
    let bad_address = GOOD.replace("CCWN7", "CCWN8");
    for (path, field, reason) in [
        ("/buckets?limit=0", "limit", "out of bounds"),
        ("/buckets?limit=101", "limit", "out of bounds"),
        ("/buckets?limit=-5", "limit", "not a whole number"),
        ("/buckets?limit=ten", "limit", "not a whole number"),
        ("/buckets?limit=1&limit=2", "limit", "more than once"),
        ("/buckets?sort=price", "sort", "not an allowed value"),
        ("/buckets?order=up", "order", "not an allowed value"),
        ("/buckets?status=gone", "status", "not an allowed value"),
        ("/buckets?feature=fast", "feature", "not an allowed value"),
        (
            "/buckets?max_storage_price_stroops=10000000000001",
            "max_storage_price_stroops",
            "out of bounds",
        ),
        (
            "/buckets?max_egress_price_stroops=0.5",
            "max_egress_price_stroops",
            "not a whole number",
        ),
        (
            "/buckets?min_uptime_bps=10001",
            "min_uptime_bps",
            "out of bounds",
        ),
        (
            "/buckets?max_latency_ms=0",
            "max_latency_ms",
            "out of bounds",
        ),
        (
            "/buckets?min_capacity_gb=99999999999999999999",
            "min_capacity_gb",
            "too large",
        ),
        (
            "/buckets?min_reputation=101",
            "min_reputation",
            "out of bounds",
        ),
        ("/buckets?provider=me", "provider", "not an address"),
        (
            &format!("/buckets?provider={bad_address}"),
            "provider",
            "not an address",
        ),
        (&format!("/buckets?q={long}"), "q", "too long"),
        (&format!("/buckets?region={longest}"), "region", "too long"),
        (&format!("/buckets?{many}"), "query", "too many"),
        ("/buckets?q=a+b+c+d+e+f+g+h+i", "q", "too many words"),
        ("/buckets?after=nonsense", "after", "not a cursor"),
        ("/buckets?after=YQBi", "after", "not a cursor"),
        ("/buckets?region=a%00b", "region", "NUL"),
        ("/buckets?Sort=newest", "Sort", "not a parameter"),
        ("/buckets?colour=red", "colour", "not a parameter"),
        ("/buckets/0", "id", "out of bounds"),
        ("/buckets/one", "id", "not a whole number"),
        ("/buckets/1?limit=1", "limit", "not a parameter"),
        ("/quotes", "gb", "is required"),
        ("/quotes?gb=1", "months", "is required"),
        (
            "/quotes?gb=0&months=1",
            "gb",
            "storage and egress cannot both be 0",
        ),
        ("/quotes?gb=1&months=61", "months", "out of bounds"),
        ("/quotes?gb=1&months=0", "months", "out of bounds"),
        (
            "/quotes?gb=1&months=2&egress_gb_per_month=1073741824",
            "egress_gb_per_month",
            "too much",
        ),
        (
            "/quotes?gb=1&months=1&sort=newest",
            "sort",
            "not a parameter",
        ),
        ("/deals?status=open", "status", "not an allowed value"),
        ("/deals?bucket=0", "bucket", "out of bounds"),
        ("/deals?consumer=x", "consumer", "not an address"),
        ("/deals/4294967296", "id", "too large"),
        ("/deals/1/windows?from=1", "from", "not a parameter"),
        ("/deals/1/timeline?limit=1000", "limit", "out of bounds"),
        (
            "/providers?min_reputation=x",
            "min_reputation",
            "not a whole number",
        ),
        ("/providers/nobody", "address", "not an address"),
        ("/consumers/nobody", "address", "not an address"),
        ("/claims/nobody", "address", "not an address"),
        ("/totals?x=1", "x", "it takes none"),
        ("/status?x=1", "x", "it takes none"),
        ("/network?x=1", "x", "it takes none"),
        ("/live?x=1", "x", "it takes none"),
        ("/openapi.json?x=1", "x", "it takes none"),
    ] {
        let answer = served.get(&format!("/api/v1{path}"));
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["field"], field, "{path}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(reason), "{path}: {error}");
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let served = Served::empty(&settings());
    // `buckets-Newest-true|1|1`
    let cursor = "YnVja2V0cy1OZXdlc3QtdHJ1ZXwxfDE";
    let good = served.get(&format!("/api/v1/buckets?after={cursor}"));
    assert_eq!(good.status, 200, "{}", good.text);
    for path in [
        "/api/v1/buckets?sort=capacity",
        "/api/v1/buckets?order=asc",
        "/api/v1/deals?limit=1",
    ] {
        let answer = served.get(&format!("{path}&after={cursor}"));
        assert_eq!(answer.json()["error"]["field"], "after", "{}", answer.text);
    }
}

#[test]
fn a_stream_is_not_resumed_from_nonsense() {
    let served = Served::without_tables(&settings());
    let answer = served.ask("GET", "/api/v1/live", &[("last-event-id", "yesterday")]);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["field"], "Last-Event-ID");
}

/// What the description says of parameters, the handlers take, and nothing else: each documented one
/// with nonsense for a value is refused by its own name or taken, never as unknown.
#[test]
fn every_parameter_that_is_described_is_known() {
    let served = Served::without_tables(&settings());
    let description = served.get("/api/v1/openapi.json").json();
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 16, "{}", paths.len());
    for (path, item) in paths {
        let concrete = path.replace("{id}", "1").replace("{address}", GOOD);
        let empty = Vec::new();
        let parameters = item["get"]["parameters"].as_array().unwrap_or(&empty);
        for parameter in parameters.iter().filter(|one| one["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let answer = served.get(&format!("{concrete}?{name}=%7E"));
            let code = answer.json()["error"]["code"].clone();
            assert_ne!(
                code, "unknown_parameter",
                "{concrete} {name}: {}",
                answer.text
            );
        }
    }
}
