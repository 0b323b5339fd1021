//! The table against what is exported, and against its rendering for readers.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use crate::table::{table, Signer};

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path)
}

/// The functions in a committed interface, which `make check` holds against the built Wasm.
fn exported(contract: &str) -> BTreeSet<String> {
    let path = repository(&format!("goldens/{contract}.interface.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .skip_while(|line| *line != "functions")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.trim_start().starts_with(')'))
        .filter_map(|line| line.strip_prefix("  ")?.split_once('('))
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.starts_with(' '))
        .collect()
}

#[test]
fn every_exported_function_is_in_the_table_and_no_other() {
    for contract in ["registry", "deals", "escrow", "reputation"] {
        let listed: BTreeSet<String> = table()
            .iter()
            .filter(|row| row.contract == contract)
            .map(|row| row.function.to_owned())
            .collect();
        assert_eq!(listed, exported(contract), "{contract}");
    }
}

#[test]
fn no_function_is_listed_twice() {
    let mut seen = BTreeSet::new();
    for row in table() {
        assert!(
            seen.insert((row.contract, row.function)),
            "{}.{}",
            row.contract,
            row.function
        );
    }
}

fn whose(signer: Signer) -> &'static str {
    match signer {
        Signer::Query => "nobody",
        Signer::Anyone => "nobody: anyone may",
        Signer::Named => "the party named first",
        Signer::Oracle => "the oracle",
        Signer::Owner => "the owner",
        Signer::OfferedOwner => "the offered owner",
        Signer::Deals => "`deals`, calling directly",
        Signer::Deployment => "the deployer",
    }
}

fn render() -> String {
    let mut text = String::from(
        "# Who may call what\n\n\
         Every exported function of the four contracts. The tests in `integration-tests/tests/access` are\n\
         generated from this table: each command is called with no signature, with everybody else's, with\n\
         one for other arguments, with the token's alone, and with the right one, whose recorded tree is\n\
         compared exactly. Written by `UPDATE_DOCS=1 cargo test -p flash-integration-tests --test access`.\n\n\
         A signature covers the arguments of the call. Of `report` and `report_and_settle` it covers two others, so that\n\
         reports cross the network once: a vector with one `(provider, asset, page, number of reports)` a book, and\n\
         the SHA-256 (32 bytes) of all reports in their order, 44 bytes each: deal id (4), stored MB-seconds (16),\n\
         egress (8), latency (4), uptime (4), watermark (8), little-endian and nothing between them. A change of any\n\
         report, or of its book, is another digest or another book. Simulation gives the entry to sign: who signs rebuilds both\n\
         arguments and compares, because the RPC server chose what it answered (`services/deploy` does, `signed_reports`).\n",
    );
    for contract in ["deals", "escrow", "registry", "reputation"] {
        let commands = table().into_iter().filter(|row| row.contract == contract);
        let (queries, commands): (Vec<_>, Vec<_>) =
            commands.partition(|row| row.signer == Signer::Query);
        text.push_str(&format!(
            "\n## {contract}\n\n| command | signed by | when |\n|---|---|---|\n"
        ));
        for row in commands {
            let line = format!(
                "| `{}` | {} | {} |\n",
                row.function,
                whose(row.signer),
                row.when
            );
            text.push_str(&line);
        }
        let names: Vec<String> = queries
            .iter()
            .map(|row| format!("`{}`", row.function))
            .collect();
        text.push_str(&format!(
            "\nQueries, which never write: {}.\n",
            names.join(", ")
        ));
    }
    text
}

#[test]
fn the_document_says_what_the_table_says() {
    let path = repository("docs/access.md");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, render()).expect("docs/access.md can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == render(),
        "docs/access.md is stale: run the command in its first lines"
    );
}
