//! Compares the table with the exported functions and with docs/access.md.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use flash_integration_tests::deploy::CONTRACTS;

use crate::table::{table, Signer};

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path)
}

/// The functions of a committed interface, which `make check` compares with the built Wasm.
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
    for contract in CONTRACTS {
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
         Every exported function of the contracts. The tests in `integration-tests/tests/access` are generated from the\n\
         same table. They call each command without a signature, with every wrong signer, with a signature for other\n\
         arguments, with only the token's signature, and with the right one, and compare the recorded authorisation tree\n\
         exactly. To regenerate this page: `UPDATE_DOCS=1 cargo test -p flash-integration-tests --test access`.\n\n\
         A signature covers the arguments of the call. The signatures of `report` and `report_and_settle` cover two other\n\
         arguments instead, so that the reports cross the network only once:\n\n\
         * a vector with one `(provider, asset, page, number of reports)` per book, and\n\
         * the SHA-256 (32 bytes) of all reports in order, each packed into 44 bytes: deal id (4), stored MB-seconds (16),\n\
         \x20 egress (8), latency (4), uptime (4), watermark (8), little-endian, without separators.\n\n\
         Changing a report or its book changes the digest or the vector. The RPC server's simulation returns the\n\
         authorisation entry to sign. A signer must not trust it: rebuild both arguments and compare, as `signed_reports`\n\
         of our Rust client does.\n",
    );
    for contract in ["deals", "escrow", "mandates", "registry", "reputation"] {
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
fn the_document_matches_the_table() {
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
