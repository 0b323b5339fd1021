//! `costs.json`, and the gate against the committed one.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{json, Map, Value};

use crate::rows::Row;

/// A figure may grow by so much before the gate closes.
const TOLERANCE: f64 = 1.02;

/// The document: operations with their figures, sizes of the Wasm.
pub fn document<'a>(
    rows: impl Iterator<Item = (String, &'a Row)>,
    wasm: &[(&'static str, u64)],
) -> Value {
    let ops: Map<String, Value> = rows.map(|(name, row)| (name, operation(row))).collect();
    let wasm: BTreeMap<_, _> = wasm.iter().copied().collect();
    json!({ "ops": ops, "wasm_bytes": wasm })
}

fn operation(row: &Row) -> Value {
    let usage = &row.usage;
    json!({
        "n": row.n,
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

pub fn write(path: &Path, document: &Value) {
    let folder = path.parent().expect("a folder");
    fs::create_dir_all(folder).expect("the folder can be made");
    let text = serde_json::to_string_pretty(document).expect("JSON");
    fs::write(path, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

pub fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// What is worse than in the baseline, or missing: a line each, with the row's name.
pub fn regressions(baseline: &Value, now: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", baseline, now, &mut found);
    found
}

fn compare(path: &str, baseline: &Value, now: &Value, found: &mut Vec<String>) {
    if let Value::Object(fields) = baseline {
        for (name, before) in fields {
            let path = format!("{path}/{name}");
            match now.get(name) {
                Some(after) => compare(&path, before, after, found),
                None => found.push(format!("{path} is not measured any more")),
            }
        }
        return;
    }
    let (Some(before), Some(after)) = (baseline.as_f64(), now.as_f64()) else {
        return found.push(format!("{path} is not a number"));
    };
    if path.ends_with("/n") && before != after {
        found.push(format!("{path} was {before}, is {after}"));
    } else if after > before * TOLERANCE {
        let percent = (after / before.max(1.0) - 1.0) * 100.0;
        found.push(format!("{path} was {before}, is {after}: + {percent:.1} %"));
    }
}
