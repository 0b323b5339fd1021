//! # The cost table
//!
//! Measures every operation of the marketplace on the deployed Wasm, metered as on mainnet, in
//! marketplaces of three sizes. Prints the table with its budgets, writes
//! `target/bench/costs.json`, and fails if a figure is over its budget or more than 2 % worse than
//! the committed baseline.
//!
//! `make bench` runs it. `make bench-baseline` also saves the figures as the baseline and writes
//! the table, the profile, the model and the chart of the documentation.
//!
//! `--quick` only measures the small marketplace and compares it with the baseline, without growth;
//! `--profile` also writes the profile. With `--gate` only a figure worse than the baseline is a
//! failure, and only if the same programs compiled and optimised the Wasm.
//!
//! Instructions and memory are those of `invoke_host_function`, the host's entry point for
//! transactions. As on the network, they include decoding the arguments, setting up the storage and
//! encoding the results.

mod budgets;
mod chart;
mod costs;
mod crowd;
mod life;
#[path = "../../examples/cost_model/model.rs"]
mod model;
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
use serde_json::Value;

use crate::{
    budgets::Check,
    crowd::{Crowd, Size, LARGE, MEDIUM, SMALL},
    market::Market,
    model::Model,
    rows::{Bench, Row},
    table::Sizes,
};

const BASELINE: &str = "integration-tests/benches/baseline.json";
/// The field of the baseline that names the programs that built the Wasm.
const BUILT_BY: &str = "built_by";
const CHART: &str = "docs/cost-per-deal.svg";
const TABLE: &str = "docs/cost-table.md";
const PROFILE: &str = "docs/cost-profile.md";
const MODEL: &str = "docs/cost-model.md";
const TABLE_TITLE: &str = "What every operation costs";
const PROFILE_TITLE: &str = "Where the instructions go";
/// The most expensive operations, whose instructions are broken down.
const PROFILED: &[&str] = &[
    "report_and_settle_50",
    "report_and_settle_50@spread",
    "complete",
    "fund",
    "pay_pending_consumption",
];

fn main() -> ExitCode {
    let asked = |option: &str| env::args().any(|arg| arg == option);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let wasm_dir = env::var_os("FLASH_WASM_DIR").map_or_else(|| target.join("wasm"), PathBuf::from);
    let place = Place {
        root,
        out: target.join("bench"),
        wasm_dir,
    };
    fs::create_dir_all(&place.out).expect("a folder for the results");
    let gate = asked("--gate");
    if asked("--quick") {
        return measure_small(&place, asked("--profile"), gate);
    }
    measure_all(&place, asked("--save-baseline"))
}

/// Where to read Wasm from and write results to.
struct Place {
    root: PathBuf,
    out: PathBuf,
    wasm_dir: PathBuf,
}

/// Measures everything in marketplaces of three sizes.
fn measure_all(place: &Place, saving: bool) -> ExitCode {
    let wasm = wasm::sizes(&place.wasm_dir);
    let mut crowd = Crowd::new(Market::deploy(&place.wasm_dir));
    let small = measure(&mut crowd, SMALL);
    let lives = life::measure(&crowd);
    let curve = chart::measure(&crowd);
    let profile = profile(&crowd, &place.wasm_dir);
    let medium = measure(&mut crowd, MEDIUM);
    let large = measure(&mut crowd, LARGE);

    let mut checks = budgets::of_rows(&small);
    checks.extend(budgets::of_growth(&small, &large));
    checks.extend(budgets::of_wasm(&wasm));
    let optimised = wasm::optimised(&crowd.market.env, &place.wasm_dir);
    checks.extend(budgets::of_optimiser(&optimised));
    let largest_entry = crowd.market.ledger.largest_entry_bytes().0;
    checks.push(budgets::of_entries(largest_entry));
    let tables = table::all(
        &Sizes {
            small: &small,
            medium: &medium,
            large: &large,
        },
        &checks,
    );
    println!("{tables}");

    let rows = [("", &small), ("@1k", &medium), ("@10k", &large)];
    let document = costs::document(&rows, &lives, &wasm);
    let svg = chart::svg(&curve);
    let model = Model::of(&document).expect("rows of the model").document();
    costs::write(&place.out.join("costs.json"), &document);
    write(&place.out.join("cost-per-deal.svg"), &svg);
    write(&place.out.join("profile.txt"), &profile);
    write(&place.out.join("cost-model.md"), &model);
    if saving {
        let mut baseline = document.clone();
        baseline[BUILT_BY] = wasm::built_by(&crowd.market.env, &place.wasm_dir).into();
        costs::write(&place.root.join(BASELINE), &baseline);
        write(&place.root.join(CHART), &svg);
        write(&place.root.join(TABLE), &document_of(TABLE_TITLE, &tables));
        write(
            &place.root.join(PROFILE),
            &document_of(PROFILE_TITLE, &profile),
        );
        write(&place.root.join(MODEL), &model);
    }
    verdict(&checks, baseline(place).as_ref(), &document)
}

/// Measures the small marketplace only.
fn measure_small(place: &Place, profiled: bool, gate: bool) -> ExitCode {
    let wasm = wasm::sizes(&place.wasm_dir);
    let mut crowd = Crowd::new(Market::deploy(&place.wasm_dir));
    let small = measure(&mut crowd, SMALL);
    let mut checks = budgets::of_rows(&small);
    checks.extend(budgets::of_wasm(&wasm));
    let optimised = wasm::optimised(&crowd.market.env, &place.wasm_dir);
    checks.extend(budgets::of_optimiser(&optimised));
    println!(
        "{}",
        table::all(
            &Sizes {
                small: &small,
                medium: &[],
                large: &[]
            },
            &checks
        )
    );
    if profiled {
        let profile = profile(&crowd, &place.wasm_dir);
        write(&place.out.join("profile.txt"), &profile);
    }
    let document = costs::document(&[("", &small)], &[], &wasm);
    costs::write(&place.out.join("costs-small.json"), &document);
    let baseline = baseline(place).map(|baseline| costs::only_measured(baseline, &document));
    if !gate {
        return verdict(&checks, baseline.as_ref(), &document);
    }
    let now = wasm::built_by(&crowd.market.env, &place.wasm_dir);
    let is_comparable = |baseline: &Value| baseline[BUILT_BY] == now;
    if !baseline.as_ref().is_some_and(is_comparable) {
        println!("not compared: other programs built the baseline's Wasm; this one is by {now}");
        return ExitCode::SUCCESS;
    }
    ExitCode::from(u8::from(
        print_regressions(baseline.as_ref(), &document) > 0,
    ))
}

/// The committed costs, if there are any to compare with.
fn baseline(place: &Place) -> Option<Value> {
    let baseline = costs::read(&place.root.join(BASELINE));
    if baseline.is_none() {
        println!("{BASELINE} is missing or unreadable: run make bench-baseline");
    }
    baseline
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// A documentation page with the printed figures.
fn document_of(title: &str, text: &str) -> String {
    format!(
        "# {title}\n\nWritten by `make bench-baseline`.\n\n```text\n{}\n```\n",
        text.trim_end()
    )
}

/// Measures all rows in a marketplace of this size.
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

/// Where the instructions of the most expensive operations go.
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

fn verdict(checks: &[Check], baseline: Option<&Value>, now: &Value) -> ExitCode {
    let over = checks.iter().filter(|check| !check.is_ok()).count();
    let worse = print_regressions(baseline, now);
    println!("{over} over budget");
    ExitCode::from(u8::from(over + worse > 0))
}

/// Prints the figures that are worse than the baseline and returns how many there are.
fn print_regressions(baseline: Option<&Value>, now: &Value) -> usize {
    let Some(baseline) = baseline else {
        println!("not compared with a baseline");
        return 0;
    };
    let worse = costs::regressions(baseline, now);
    for line in &worse {
        println!("worse than the baseline: {line}");
    }
    println!("{} worse than the baseline", worse.len());
    worse.len()
}
