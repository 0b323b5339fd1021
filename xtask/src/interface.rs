//! Renders a contract's spec: as text that people review and `diff` compares, and as JSON that
//! clients are generated from.
//!
//! Entries are sorted by kind and name, so that moving code changes nothing. The text leaves
//! documentation out: it binds no client.

use anyhow::Result;
use stellar_xdr::{
    ScSpecEntry, ScSpecEventDataFormat, ScSpecEventParamLocationV0, ScSpecEventV0,
    ScSpecFunctionV0, ScSpecTypeDef, ScSpecUdtUnionCaseV0,
};

use crate::spec::name_of;

/// The kinds in the order of the text.
const KINDS: [&str; 6] = [
    "functions",
    "structs",
    "unions",
    "enums",
    "errors",
    "events",
];

/// The interface of `contract` as its spec has it.
pub fn render(contract: &str, entries: &[ScSpecEntry]) -> String {
    let mut text = format!("# Interface of {contract}, as built for test networks.\n");
    text += "# Written by `make goldens`. A changed line is a changed promise to every client.\n";
    let sorted = sorted(entries);
    for kind in KINDS {
        let mut of_kind = sorted
            .iter()
            .filter(|entry| kind_of(entry) == kind)
            .peekable();
        if of_kind.peek().is_some() {
            text += &format!("\n{kind}\n");
        }
        for entry in of_kind {
            for line in lines(entry) {
                text += &format!("  {line}\n");
            }
        }
    }
    text
}

/// The whole spec, with its documentation, as JSON: an array with one entry a line. Clients are
/// generated from it. `stellar contract info interface --output json` prints the same entries.
pub fn json(entries: &[ScSpecEntry]) -> Result<String> {
    let lines = sorted(entries).into_iter().map(serde_json::to_string);
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    Ok(format!("[\n{}\n]\n", lines.join(",\n")))
}

/// Sorted by kind and name.
fn sorted(entries: &[ScSpecEntry]) -> Vec<&ScSpecEntry> {
    let kind = |entry| KINDS.iter().position(|kind| *kind == kind_of(entry));
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by_key(|entry| (kind(entry), name_of(entry)));
    sorted
}

fn kind_of(entry: &ScSpecEntry) -> &'static str {
    match entry {
        ScSpecEntry::FunctionV0(_) => "functions",
        ScSpecEntry::UdtStructV0(_) => "structs",
        ScSpecEntry::UdtUnionV0(_) => "unions",
        ScSpecEntry::UdtEnumV0(_) => "enums",
        ScSpecEntry::UdtErrorEnumV0(_) => "errors",
        ScSpecEntry::EventV0(_) => "events",
    }
}

fn lines(entry: &ScSpecEntry) -> Vec<String> {
    let mut lines = vec![name_of(entry)];
    match entry {
        ScSpecEntry::FunctionV0(function) => return vec![signature(function)],
        ScSpecEntry::EventV0(event) => return event_lines(event),
        ScSpecEntry::UdtStructV0(udt) => {
            for field in udt.fields.iter() {
                let name = field.name.to_utf8_string_lossy();
                lines.push(format!("  {name}: {}", type_name(&field.type_)));
            }
        }
        ScSpecEntry::UdtUnionV0(udt) => {
            for case in udt.cases.iter() {
                lines.push(match case {
                    ScSpecUdtUnionCaseV0::VoidV0(case) => {
                        format!("  {}", case.name.to_utf8_string_lossy())
                    }
                    ScSpecUdtUnionCaseV0::TupleV0(case) => {
                        format!(
                            "  {}({})",
                            case.name.to_utf8_string_lossy(),
                            list(&case.type_)
                        )
                    }
                });
            }
        }
        ScSpecEntry::UdtEnumV0(udt) => {
            for case in udt.cases.iter() {
                lines.push(format!(
                    "  {} = {}",
                    case.name.to_utf8_string_lossy(),
                    case.value
                ));
            }
        }
        ScSpecEntry::UdtErrorEnumV0(udt) => {
            let mut cases: Vec<_> = udt.cases.iter().collect();
            cases.sort_by_key(|case| case.value);
            for case in cases {
                lines.push(format!(
                    "  {} = {}",
                    case.value,
                    case.name.to_utf8_string_lossy()
                ));
            }
        }
    }
    lines
}

fn signature(function: &ScSpecFunctionV0) -> String {
    let mut text = format!("{}(", function.name.to_utf8_string_lossy());
    for (index, input) in function.inputs.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let name = input.name.to_utf8_string_lossy();
        text += &format!("{separator}{name}: {}", type_name(&input.type_));
    }
    text.push(')');
    if let Some(output) = function.outputs.first() {
        text += &format!(" -> {}", type_name(output));
    }
    text
}

fn event_lines(event: &ScSpecEventV0) -> Vec<String> {
    let mut head = name_of(&ScSpecEntry::EventV0(event.clone()));
    for topic in event.prefix_topics.iter() {
        head += &format!(" {:?}", topic.to_utf8_string_lossy());
    }
    head += match event.data_format {
        ScSpecEventDataFormat::SingleValue => ", data: one value",
        ScSpecEventDataFormat::Vec => ", data: a vector",
        ScSpecEventDataFormat::Map => ", data: a map",
    };
    let mut lines = vec![head];
    for param in event.params.iter() {
        let place = match param.location {
            ScSpecEventParamLocationV0::TopicList => "topic ",
            ScSpecEventParamLocationV0::Data => "",
        };
        let name = param.name.to_utf8_string_lossy();
        lines.push(format!("  {place}{name}: {}", type_name(&param.type_)));
    }
    lines
}

fn list(types: &[ScSpecTypeDef]) -> String {
    let names: Vec<_> = types.iter().map(type_name).collect();
    names.join(", ")
}

/// The type as Rust writes it.
fn type_name(type_: &ScSpecTypeDef) -> String {
    match type_ {
        ScSpecTypeDef::Val => "Val".into(),
        ScSpecTypeDef::Bool => "bool".into(),
        ScSpecTypeDef::Void => "()".into(),
        ScSpecTypeDef::Error => "Error".into(),
        ScSpecTypeDef::U32 => "u32".into(),
        ScSpecTypeDef::I32 => "i32".into(),
        ScSpecTypeDef::U64 => "u64".into(),
        ScSpecTypeDef::I64 => "i64".into(),
        ScSpecTypeDef::Timepoint => "Timepoint".into(),
        ScSpecTypeDef::Duration => "Duration".into(),
        ScSpecTypeDef::U128 => "u128".into(),
        ScSpecTypeDef::I128 => "i128".into(),
        ScSpecTypeDef::U256 => "U256".into(),
        ScSpecTypeDef::I256 => "I256".into(),
        ScSpecTypeDef::Bytes => "Bytes".into(),
        ScSpecTypeDef::String => "String".into(),
        ScSpecTypeDef::Symbol => "Symbol".into(),
        ScSpecTypeDef::Address => "Address".into(),
        ScSpecTypeDef::MuxedAddress => "MuxedAddress".into(),
        ScSpecTypeDef::BytesN(bytes) => format!("BytesN<{}>", bytes.n),
        ScSpecTypeDef::Udt(udt) => udt.name.to_utf8_string_lossy(),
        ScSpecTypeDef::Option(option) => format!("Option<{}>", type_name(&option.value_type)),
        ScSpecTypeDef::Vec(vec) => format!("Vec<{}>", type_name(&vec.element_type)),
        ScSpecTypeDef::Result(result) => {
            format!(
                "Result<{}, {}>",
                type_name(&result.ok_type),
                type_name(&result.error_type)
            )
        }
        ScSpecTypeDef::Map(map) => {
            format!(
                "Map<{}, {}>",
                type_name(&map.key_type),
                type_name(&map.value_type)
            )
        }
        ScSpecTypeDef::Tuple(tuple) => {
            // A tuple of one keeps its comma, as in Rust.
            let comma = if tuple.value_types.len() == 1 {
                ","
            } else {
                ""
            };
            format!("({}{comma})", list(&tuple.value_types))
        }
    }
}

#[cfg(test)]
#[path = "interface_tests.rs"]
mod tests;
