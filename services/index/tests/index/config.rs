//! The example is read as it stands; what cannot work is refused by name.

use flash_base::settings::Settings;
use flash_index::config::Config;
use std::path::Path;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/index.example.toml");

fn of(environment: &[(&str, &str)], set: &[&str]) -> anyhow::Result<Config> {
    let owned = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let set: Vec<_> = set.iter().map(|one| (*one).to_owned()).collect();
    Config::load(Path::new(EXAMPLE), owned, &set)
}

#[test]
fn the_example_has_every_default() {
    let example = of(&[], &[]).unwrap();
    let least = "[network]\nrpc_url = \"http://127.0.0.1:8000\"\n\
                 deployment = \"deployments/local.json\"\n";
    let defaults = Config::of(least, std::iter::empty(), &[]).unwrap();
    assert_eq!(format!("{example:?}"), format!("{defaults:?}"));
}

#[test]
fn the_environment_is_over_the_file_and_the_command_line_over_both() {
    let environment = [("INDEX_FOLLOW__POLL_MS", "20"), ("INDEX_CONFIG_FILE", "x")];
    assert_eq!(of(&environment, &[]).unwrap().follow.poll_ms, 20);
    let config = of(&environment, &["follow.poll_ms=30"]).unwrap();
    assert_eq!(config.follow.poll_ms, 30);
}

#[test]
fn what_cannot_work_is_refused_by_name() {
    for (set, told) in [
        ("follow.poll_ms=0", "follow.poll_ms must be 10 to 60000"),
        (
            "network.rpc_url=https://rpc.example.org/?apikey=1",
            "api.public_rpc_url",
        ),
        (
            "network.rpc_url=https://rpc.example.org/v1/0f3c7a9d21b84e65",
            "api.public_rpc_url",
        ),
        ("http.max_per_address=0", "http.max_per_address must be 1"),
        (
            "follow.page_events=10001",
            "follow.page_events must be 1 to 10000",
        ),
        (
            "follow.queries_at_once=0",
            "follow.queries_at_once must be 1 to 64",
        ),
        ("follow.pol_ms=10", "unknown field `pol_ms`"),
        ("nothing", "expected name=value"),
    ] {
        let error = format!("{:#}", of(&[], &[set]).unwrap_err());
        assert!(error.contains(told), "{set}: {error}");
    }
}
