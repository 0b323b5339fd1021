//! Values of the ledger as JSON, for people and for other languages.

use super::ScVal;
use crate::{events::topic_names, Contract};
use serde_json::{json, Map, Value};

/// A value as the Stellar CLI takes and prints it: integers above 64 bits as text, bytes in
/// hexadecimal, a variant without values as its name. Text that is not UTF-8 is replaced.
pub fn as_json(value: &ScVal) -> Value {
    match value {
        ScVal::Bool(value) => json!(value),
        ScVal::U32(value) => json!(value),
        ScVal::I32(value) => json!(value),
        ScVal::U64(value) => json!(value),
        ScVal::I64(value) => json!(value),
        ScVal::U128(value) => json!(u128::from(value).to_string()),
        ScVal::I128(value) => json!(i128::from(value).to_string()),
        ScVal::Bytes(value) => json!(hex::encode(value.as_slice())),
        ScVal::String(value) => json!(value.to_utf8_string_lossy()),
        ScVal::Symbol(value) => json!(value.to_utf8_string_lossy()),
        ScVal::Address(value) => json!(value.to_string()),
        ScVal::Vec(Some(items)) => match items.as_slice() {
            [ScVal::Symbol(name)] => json!(name.to_utf8_string_lossy()),
            items => items.iter().map(as_json).collect(),
        },
        ScVal::Map(Some(entries)) => entries
            .iter()
            .map(|entry| (key(&entry.key), as_json(&entry.val)))
            .collect(),
        ScVal::Void => Value::Null,
        other => json!(other),
    }
}

fn key(value: &ScVal) -> String {
    match as_json(value) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// An event's topics and data by name. Works for events that the spec does not have too: a topic
/// without a name is `topic_1`, data without names is `data`.
pub fn event_json(contract: Contract, topics: &[ScVal], data: &ScVal) -> Map<String, Value> {
    let mut fields = match as_json(data) {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        other => Map::from_iter([("data".to_owned(), other)]),
    };
    let names = topic_names(contract, topics).unwrap_or_default();
    for (nth, topic) in topics.iter().enumerate().skip(1) {
        let name = match names.get(nth - 1) {
            Some(name) => (*name).to_owned(),
            None => format!("topic_{nth}"),
        };
        fields.insert(name, as_json(topic));
    }
    fields
}
