//! # The cost table
//!
//! Every operation of the marketplace on the Wasm as deployed, metered as mainnet meters it, in
//! marketplaces of three sizes. Prints the table with its budgets, writes `target/bench/costs.json`,
//! and fails when something is over its budget or more than 2 % worse than the committed baseline.
//!
//! `make bench` runs it. `make bench-baseline` also takes the figures as the baseline, and writes the
//! table, the profile and the chart of the documentation. With `--quick` the small marketplace is all.
//!
//! Instructions and memory are those of `invoke_host_function`, the host's entry point for
//! transactions: decoding the arguments, setting up the storage and encoding the results are in
//! them, as on the network, beside what the contracts do.

mod budgets;
mod chart;
mod costs;
mod crowd;
mod profile;
mod rows;
mod table;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use flash_integration_tests::chain::{market, trade, transaction, wasm};

use crate::{
    budgets::Check,
    crowd::{Crowd, Size, LARGE, MEDIUM, SMALL},
    market::Market,
    rows::{Bench, Row},
    table::Sizes,
};

const BASELINE: &str = "integration-tests/benches/baseline.json";
const CHART: &str = "docs/cost-per-deal.svg";
const TABLE: &str = "docs/cost-table.md";
const PROFILE: &str = "docs/cost-profile.md";
const TABLE_TITLE: &str = "What every operation costs";
const PROFILE_TITLE: &str = "Where the instructions go";
/// The dearest operations: their instructions are broken down.
const PROFILED: &[&str] = &[
    "report_and_settle_50",
    "report_and_settle_50@spread",
    "complete",
    "fund",
];

fn main() -> ExitCode {
    let quick = env::args().any(|arg| arg == "--quick");
    let saving = env::args().any(|arg| arg == "--save-baseline");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let wasm_dir = env::var_os("FLASH_WASM_DIR").map_or_else(|| target.join("wasm"), PathBuf::from);
    let out = target.join("bench");
    fs::create_dir_all(&out).expect("a folder for the results");

    let wasm = wasm::sizes(&wasm_dir);
    let mut crowd = Crowd::new(Market::deploy(&wasm_dir));
    let small = measure(&mut crowd, SMALL);
    if quick {
        return measured_quickly(&small, &wasm);
    }
    let curve = chart::measure(&crowd);
    let profile = profile(&crowd, &wasm_dir);
    let medium = measure(&mut crowd, MEDIUM);
    let large = measure(&mut crowd, LARGE);

    let mut checks = budgets::of_rows(&small);
    checks.extend(budgets::of_growth(&small, &large));
    checks.extend(budgets::of_wasm(&wasm));
    checks.push(budgets::of_entries(
        crowd.market.ledger.largest_entry_bytes().0,
    ));
    let sizes = Sizes {
        small: &small,
        medium: &medium,
        large: &large,
    };
    let tables = format!(
        "{}\n{}",
        table::rows(&sizes, &checks),
        table::checks(&checks)
    );
    println!("{tables}");

    let named = |rows: &'static str| move |row: &Row| format!("{}{rows}", row.name);
    let all = small
        .iter()
        .map(|row| (named("")(row), row))
        .chain(medium.iter().map(|row| (named("@1k")(row), row)))
        .chain(large.iter().map(|row| (named("@10k")(row), row)));
    let document = costs::document(all, &wasm);
    costs::write(&out.join("costs.json"), &document);
    let svg = chart::svg(&curve);
    write(&out.join("cost-per-deal.svg"), &svg);
    write(&out.join("profile.txt"), &profile);
    if saving {
        costs::write(&root.join(BASELINE), &document);
        write(&root.join(CHART), &svg);
        write(&root.join(TABLE), &document_of(TABLE_TITLE, &tables));
        write(&root.join(PROFILE), &document_of(PROFILE_TITLE, &profile));
    }
    verdict(
        &checks,
        costs::read(&root.join(BASELINE)).as_ref(),
        &document,
    )
}

/// While a contract is being worked on: the small marketplace only, without the gate.
fn measured_quickly(small: &[Row], wasm: &[(&'static str, u64)]) -> ExitCode {
    let mut checks = budgets::of_rows(small);
    checks.extend(budgets::of_wasm(wasm));
    let sizes = Sizes {
        small,
        medium: &[],
        large: &[],
    };
    println!(
        "{}\n{}",
        table::rows(&sizes, &checks),
        table::checks(&checks)
    );
    ExitCode::from(u8::from(!checks.iter().all(Check::is_ok)))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// A page of the documentation that is a figure as it was printed.
fn document_of(title: &str, text: &str) -> String {
    format!(
        "# {title}\n\nWritten by `make bench-baseline`.\n\n```text\n{}\n```\n",
        text.trim_end()
    )
}

/// All rows in a marketplace of this size.
fn measure(crowd: &mut Crowd, size: Size) -> Vec<Row> {
    let start = Instant::now();
    crowd.grow(size);
    let grown = start.elapsed();
    let mut bench = Bench::default();
    bench.run(crowd);
    eprintln!(
        "{} deals: built in {:.0} s, measured in {:.0} s",
        size.deals,
        grown.as_secs_f64(),
        (start.elapsed() - grown).as_secs_f64(),
    );
    bench.rows
}

/// Where the instructions of the dearest operations go.
fn profile(crowd: &Crowd, wasm_dir: &Path) -> String {
    let mut bench = Bench {
        profiled: PROFILED,
        contract_names: wasm::names(&crowd.market.env, wasm_dir),
        ..Bench::default()
    };
    bench.run(crowd);
    let texts = bench.profiles.iter().map(|profile| profile.text() + "\n");
    texts.collect()
}

fn verdict(
    checks: &[Check],
    baseline: Option<&serde_json::Value>,
    now: &serde_json::Value,
) -> ExitCode {
    let over = checks.iter().filter(|check| !check.is_ok()).count();
    let worse = match baseline {
        Some(baseline) => costs::regressions(baseline, now),
        None => vec![format!(
            "{BASELINE} is missing or unreadable: make bench-baseline"
        )],
    };
    for line in &worse {
        println!("worse than the baseline: {line}");
    }
    println!(
        "{over} over budget, {} worse than the baseline",
        worse.len()
    );
    if over == 0 && worse.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
