//! The annotated example, and what stands over what.

use flash_base::settings::Settings;
use flash_oracle::config::Config;

const EXAMPLE: &str = include_str!("../../oracle.example.toml");
const LEAST: &str = "[network]\nrpc_url = \"http://127.0.0.1:8000\"\ndeployment = \"local.json\"\n";

const PROVIDER: &str = "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF";

fn load(text: &str, environment: &[(&str, &str)], set: &[&str]) -> anyhow::Result<Config> {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let set: Vec<_> = set.iter().map(|one| (*one).to_owned()).collect();
    Config::of(text, environment, &set)
}

#[test]
fn the_example_has_every_setting_with_its_default() {
    let example = load(EXAMPLE, &[], &[]).unwrap();
    let least = load(LEAST, &[], &[]).unwrap();
    assert_eq!(format!("{:?}", example.round), format!("{:?}", least.round));
    assert_eq!(
        format!("{:?}", example.submit),
        format!("{:?}", least.submit)
    );
    assert_eq!(
        format!("{:?}", example.keeper),
        format!("{:?}", least.keeper)
    );
    assert_eq!(format!("{:?}", example.log), format!("{:?}", least.log));
    assert_eq!(format!("{:?}", example.push), format!("{:?}", least.push));
    assert_eq!(example.max_ahead_secs, least.max_ahead_secs);
    assert_eq!(example.database, least.database);
    assert_eq!(example.listen, least.listen);
    assert_eq!(example.http, least.http);
    // Every setting is there, or this would not have loaded without it.
    for setting in [
        "every_secs",
        "report_every_secs",
        "lateness_secs",
        "final_delay_secs",
        "min_settle",
        "channels",
        "channel_balance_stroops",
        "valid_secs",
        "poll_ms",
        "bid_stroops",
        "max_bid_stroops",
        "max_share_percent",
        "max_books",
        "max_reports",
        "set_aside_secs",
        "lease_secs",
        "advance",
        "draw",
        "min_push",
        "min_ttl_ledgers",
        "waiting",
        "max_connections",
        "max_per_address",
        "header_secs",
        "body_secs",
        "trusted_hops",
        "bytes_a_minute",
        "lines_a_minute",
        "max_series",
        "max_ahead_secs",
    ] {
        assert!(
            EXAMPLE.contains(&format!("\n{setting} = ")),
            "{setting} is not explained"
        );
    }
}

/// The example with its sources in use.
fn example_with_sources() -> String {
    let is_source =
        |line: &&str| line.starts_with("#[[") || line.contains(" = ") && !line.starts_with("# ");
    let uncommented = EXAMPLE.lines().map(|line| match is_source(&line) {
        true => line.trim_start_matches('#'),
        false => line,
    });
    uncommented.map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn the_sources_of_the_example_are_comments_that_can_be_used_as_they_are() {
    let example = load(EXAMPLE, &[], &[]).unwrap();
    assert!(example.pull.is_empty() && example.file.is_empty());
    assert!(example.push.node.is_empty() && example.push.prober.is_empty());
    let used = example_with_sources();
    let error = load(&used, &[], &[]).unwrap_err();
    assert!(error.to_string().contains("64 hex digits"), "{error:#}");
    let used = used.replace("<SHA-256 of the node's token>", &"ab".repeat(32));
    let used = used.replace("<SHA-256 of the prober's token>", &"cd".repeat(32));
    let used = load(&used, &[], &[]).unwrap();
    assert_eq!((used.push.node.len(), used.push.prober.len()), (1, 1));
    assert_eq!((used.pull.len(), used.file.len()), (1, 1));
    let source = used.file[0].source(0).unwrap();
    assert_eq!(source.path.to_str(), Some("/var/log/s3/access.log"));
}

#[test]
fn the_environment_stands_over_the_file_and_the_command_line_over_both() {
    let file = format!("{LEAST}[submit]\nvalid_secs = 20\n");
    let value = |environment: &[(&str, &str)], set: &[&str]| {
        load(&file, environment, set).unwrap().submit.valid_secs
    };
    assert_eq!(value(&[], &[]), 20);
    let environment = [("ORACLE_SUBMIT__VALID_SECS", "30")];
    assert_eq!(value(&environment, &[]), 30);
    assert_eq!(value(&environment, &["submit.valid_secs=40"]), 40);
    // Text needs no quotes.
    let url = [("ORACLE_NETWORK__RPC_URL", "https://rpc.example.org")];
    assert_eq!(
        load(&file, &url, &[]).unwrap().network.rpc_url.expose(),
        "https://rpc.example.org"
    );
}

#[test]
fn a_mistake_is_named() {
    for (set, told) in [
        ("submit.valid_sec=20", "valid_sec"),
        (
            "submit.valid_secs=19",
            "submit.valid_secs must be 20 to 300",
        ),
        ("submit.channels=0", "submit.channels must be 1 to 64"),
        (
            "submit.max_reports=101",
            "submit.max_reports must be 1 to 100",
        ),
        ("round.every_secs=0", "round.every_secs"),
        ("submit.poll_ms=0", "submit.poll_ms must be 1 to 60000"),
        (
            "submit.lease_secs=0",
            "submit.lease_secs must be 3 to 86400",
        ),
        (
            "submit.bid_stroops=1000001",
            "at most submit.max_bid_stroops, which is 1000000",
        ),
        ("database.name=5", "database"),
        ("nothing", "expected name=value"),
    ] {
        let file = format!("database = \"sqlite://x.db\"\n{LEAST}");
        let error = load(&file, &[], &[set]).unwrap_err();
        assert!(format!("{error:#}").contains(told), "{set}: {error:#}");
    }
}

#[test]
fn two_endpoints_that_look_alike_need_names() {
    let pull = |url: &str| format!("[[pull]]\nurl = \"{url}\"\nprovider = \"{PROVIDER}\"\n");
    let both = pull("http://stats/a?key=1") + &pull("http://stats/a?key=2");
    let error = load(&format!("{LEAST}{both}"), &[], &[]).unwrap_err();
    assert!(error.to_string().contains("a name of its own"), "{error:#}");
    load(&format!("{LEAST}{both}name = \"second\"\n"), &[], &[]).unwrap();
}

#[test]
fn two_callers_cannot_have_one_token() {
    let digest = "ab".repeat(32);
    let node = |name| {
        format!("[[push.node]]\nname = \"{name}\"\nprovider = \"{PROVIDER}\"\ntoken_sha256 = \"{digest}\"\n")
    };
    let text = format!("{LEAST}{}{}", node("a"), node("b"));
    let error = load(&text, &[], &[]).unwrap_err();
    assert!(error
        .to_string()
        .contains("b has the token of somebody else"));
    let short = text.replace(&digest, "abcd");
    let error = load(&short, &[], &[]).unwrap_err();
    assert!(error.to_string().contains("64 hex digits"));
}

#[test]
fn the_secret_key_is_no_setting() {
    let environment = [("ORACLE_SECRET_KEY", "SABC")];
    let config = load(LEAST, &environment, &[]).unwrap();
    assert!(!format!("{config:?}").contains("SABC"));
}

#[test]
fn a_provider_is_an_address() {
    let digest = "ab".repeat(32);
    for (group, named) in [
        (
            format!("[[push.node]]\nname = \"n-1\"\ntoken_sha256 = \"{digest}\"\n"),
            "push.node n-1",
        ),
        (
            "[[pull]]\nurl = \"https://stats.example.org\"\n".to_owned(),
            "pull https://stats.example.org",
        ),
        (
            "[[file]]\npath = \"a.log\"\nformat = \"s3-log\"\n".to_owned(),
            "file a.log",
        ),
    ] {
        let text = |provider: &str| format!("{LEAST}{group}provider = \"{provider}\"\n");
        load(&text(PROVIDER), &[], &[]).unwrap();
        let mistyped = PROVIDER.replace("WHF", "WHG");
        let error = load(&text(&mistyped), &[], &[]).unwrap_err();
        let told = format!("{error:#}");
        assert!(
            told.contains(named) && told.contains(&format!("{mistyped:?} is not an address")),
            "{told}"
        );
    }
}

#[test]
fn a_variable_that_is_no_setting_is_named() {
    for (name, field) in [
        ("ORACLE_PORT", "`port`"),
        ("ORACLE_SERVICE_HOST", "`service_host`"),
        ("ORACLE_SUBMIT__VALID_SEC", "`valid_sec`"),
    ] {
        let environment = [
            ("ORACLE_LISTEN", "127.0.0.1:1"),
            (name, "tcp://10.0.0.1:9090"),
        ];
        let error = load(LEAST, &environment, &[]).unwrap_err();
        let told = format!("{error:#}");
        assert!(
            told.contains(&format!("environment variable {name}")) && told.contains(field),
            "{told}"
        );
    }
}
