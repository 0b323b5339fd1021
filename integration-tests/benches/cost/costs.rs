//! `costs.json`, and its comparison with the committed baseline.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{json, Map, Value};

use crate::{life::Life, rows::Row, transaction::Usage};

/// How much a figure may grow before the gate fails.
const TOLERANCE: f64 = 1.02;

/// The document: the figures of all operations, by size of the marketplace, and the sizes of the
/// Wasm.
pub fn document(
    sizes: &[(&str, &Vec<Row>)],
    lives: &[Life],
    wasm: &[(&'static str, u64)],
) -> Value {
    let mut ops = Map::new();
    for (suffix, rows) in sizes {
        for row in *rows {
            ops.insert(format!("{}{suffix}", row.name), figures(row.n, &row.usage));
        }
    }
    for life in lives {
        let mut figures = figures(life.deals, &life.usage);
        figures["transactions"] = json!(life.transactions);
        figures["code_rent_fee_stroops"] = json!(life.usage.code_rent_fee_stroops);
        ops.insert(life.name.to_owned(), figures);
    }
    let wasm: BTreeMap<_, _> = wasm.iter().copied().collect();
    json!({ "ops": ops, "wasm_bytes": wasm })
}

fn figures(n: u32, usage: &Usage) -> Value {
    json!({
        "n": n,
        "instructions": usage.instructions,
        "call_instructions": usage.call_instructions,
        "mem_bytes": usage.mem_bytes,
        "read_entries": usage.read_entries,
        "write_entries": usage.write_entries,
        "write_bytes": usage.write_bytes,
        "events_bytes": usage.events_bytes,
        "tx_bytes": usage.tx_bytes,
        "resource_fee_stroops": usage.resource_fee_stroops,
        "rent_fee_stroops": usage.rent_fee_stroops,
    })
}

/// The baseline without the operations that were not measured this time.
pub fn only_measured(mut baseline: Value, now: &Value) -> Value {
    if let Some(ops) = baseline["ops"].as_object_mut() {
        ops.retain(|name, _| now["ops"].get(name).is_some());
    }
    baseline
}

pub fn write(path: &Path, document: &Value) {
    let folder = path.parent().expect("a folder");
    fs::create_dir_all(folder).expect("the folder can be made");
    let text = serde_json::to_string_pretty(document).expect("JSON");
    fs::write(path, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

pub fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// The figures that are worse than in the baseline, or missing, one line each.
pub fn regressions(baseline: &Value, now: &Value) -> Vec<String> {
    let mut regressions = Vec::new();
    for part in ["ops", "wasm_bytes"] {
        compare(
            &format!("/{part}"),
            &baseline[part],
            &now[part],
            &mut regressions,
        );
    }
    regressions
}

fn compare(path: &str, baseline: &Value, now: &Value, regressions: &mut Vec<String>) {
    if let Value::Object(fields) = baseline {
        for (name, before) in fields {
            let path = format!("{path}/{name}");
            match now.get(name) {
                Some(after) => compare(&path, before, after, regressions),
                None => regressions.push(format!("{path} is not measured any more")),
            }
        }
        return;
    }
    let (Some(before), Some(after)) = (baseline.as_f64(), now.as_f64()) else {
        return regressions.push(format!("{path} is not a number"));
    };
    if path.ends_with("/n") && before != after {
        regressions.push(format!("{path} was {before}, is {after}"));
    } else if after > before * TOLERANCE {
        let percent = (after / before.max(1.0) - 1.0) * 100.0;
        regressions.push(format!("{path} was {before}, is {after}: + {percent:.1} %"));
    }
}
