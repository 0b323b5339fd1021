//! An event of one of the contracts: topics and data by name, as JSON.

use anyhow::{Context, Result};
use flash_deploy::Market;
use serde_json::{json, Map, Value};
use stellar_xdr::{Limits, ReadXdr, ScVal};
use time::{format_description::well_known::Rfc3339, OffsetDateTime};

/// Names of topics after the first, which is the event's own name. What is not here has none.
const TOPICS: &[(&str, &[&str])] = &[
    ("upgrade_scheduled", &["wasm_hash"]),
    ("upgrade_cancelled", &["wasm_hash"]),
    ("upgraded", &["wasm_hash"]),
    ("deal_created", &["deal_id", "consumer", "provider"]),
    ("deal_accepted", &["deal_id"]),
    ("deal_dropped", &["deal_id"]),
    ("deal_funded", &["deal_id", "consumer", "provider"]),
    ("deal_topped_up", &["deal_id", "from"]),
    ("deposit_reduced", &["deal_id"]),
    ("notice_given", &["deal_id"]),
    ("report_clipped", &["deal_id"]),
    ("arrears_began", &["deal_id"]),
    ("arrears_cleared", &["deal_id"]),
    ("window_staged", &["deal_id"]),
    ("deal_closed", &["deal_id", "consumer", "provider"]),
    ("deal_released", &["deal_id"]),
    ("deal_synced", &["deal_id"]),
    ("deal_deleted", &["deal_id"]),
    ("policy_added", &["version"]),
    ("oracle_scheduled", &["oracle"]),
    ("oracle_suspended", &["oracle"]),
    ("account_opened", &["deal_id", "consumer", "provider"]),
    ("deposited", &["deal_id", "from"]),
    ("refunded", &["deal_id", "consumer"]),
    ("account_closed", &["deal_id"]),
    ("withdrawn", &["who", "token"]),
    ("push_refused", &["who", "token"]),
    ("fees_withdrawn", &["token"]),
    ("faucet_minted", &["receiver"]),
    ("provider_registered", &["provider_id"]),
    ("provider_updated", &["provider_id"]),
    ("provider_deleted", &["provider_id"]),
    ("consumer_registered", &["consumer_id"]),
    ("consumer_updated", &["consumer_id"]),
    ("consumer_deleted", &["consumer_id"]),
    ("bucket_created", &["bucket_id", "provider_id"]),
    ("bucket_updated", &["bucket_id", "provider_id"]),
    ("bucket_removed", &["bucket_id", "provider_id"]),
    ("capacity_reserved", &["bucket_id", "deal_id"]),
    ("capacity_released", &["bucket_id", "deal_id"]),
    ("outcome_recorded", &["provider", "consumer"]),
];

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub event_id: String,
    pub ledger: i64,
    pub closed_ts: i64,
    pub tx_hash: String,
    /// deals, escrow, registry or reputation.
    pub contract: &'static str,
    pub name: String,
    pub body: Value,
}

/// Names of the contracts by their ids.
pub fn contract_name(market: &Market, id: &str) -> Option<&'static str> {
    let all = [
        ("deals", market.deals.address()),
        ("escrow", market.escrow.address()),
        ("registry", market.registry.address()),
        ("reputation", market.reputation.address()),
    ];
    let found = all.into_iter().find(|one| one.1.to_string() == id);
    found.map(|one| one.0)
}

impl Event {
    /// From an item of `getEvents`; `None` where it is of no contract of the market.
    ///
    /// # Errors
    /// Where the item is not as Stellar RPC gives it.
    pub fn decode(item: &Value, market: &Market) -> Result<Option<Self>> {
        let Some(contract) = contract_name(market, text(item, "contractId")?) else {
            return Ok(None);
        };
        let value = |base64: &str| ScVal::from_xdr_base64(base64, Limits::none());
        let topics = item["topic"].as_array().context("topic")?.iter();
        let topics: Result<Vec<_>> = topics
            .map(|topic| Ok(as_json(&value(topic.as_str().context("topic")?)?)))
            .collect();
        let mut topics = topics?.into_iter();
        let name = match topics.next() {
            Some(Value::String(name)) => name,
            _ => "unnamed".to_owned(),
        };
        let data = as_json(&value(text(item, "value")?)?);
        Ok(Some(Self {
            event_id: text(item, "id")?.to_owned(),
            ledger: item["ledger"].as_i64().context("ledger")?,
            closed_ts: OffsetDateTime::parse(text(item, "ledgerClosedAt")?, &Rfc3339)?
                .unix_timestamp(),
            tx_hash: text(item, "txHash")?.to_owned(),
            contract,
            body: body(&name, topics, data),
            name,
        }))
    }

    /// A number of the body.
    ///
    /// # Errors
    /// Where there is none.
    pub fn int(&self, field: &str) -> Result<i64> {
        int(&self.body, field)
    }

    /// # Errors
    /// Where there is none.
    pub fn wide(&self, field: &str) -> Result<i128> {
        wide(&self.body[field], field)
    }

    /// # Errors
    /// Where there is none.
    pub fn text(&self, field: &str) -> Result<String> {
        Ok(text(&self.body, field)?.to_owned())
    }

    pub fn is(&self, field: &str) -> bool {
        self.body[field].as_bool().unwrap_or(false)
    }

    /// `items` or `books`.
    pub fn list(&self, field: &str) -> &[Value] {
        self.body[field].as_array().map_or(&[], Vec::as_slice)
    }

    /// The deals that it is about.
    pub fn deals(&self) -> impl Iterator<Item = i64> + '_ {
        let items = self
            .list("items")
            .iter()
            .filter_map(|item| item[0].as_i64());
        self.body["deal_id"].as_i64().into_iter().chain(items)
    }
}

/// Names of an event's topics after the first.
pub fn topic_names(event: &str) -> &'static [&'static str] {
    let known = TOPICS.iter().find(|known| known.0 == event);
    known.map_or(&[], |known| known.1)
}

fn body(name: &str, topics: impl Iterator<Item = Value>, data: Value) -> Value {
    let names = topic_names(name);
    let mut fields = match data {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        other => Map::from_iter([("data".to_owned(), other)]),
    };
    for (nth, topic) in topics.enumerate() {
        let name = names.get(nth).map(|name| (*name).to_owned());
        fields.insert(name.unwrap_or_else(|| format!("topic_{}", nth + 1)), topic);
    }
    Value::Object(fields)
}

/// # Errors
/// Where there is none.
pub fn int(of: &Value, field: &str) -> Result<i64> {
    let value = &of[field];
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.with_context(|| format!("{field} is {value}, expected a number of 63 bits"))
}

/// # Errors
/// Where it is no integer.
pub fn wide(value: &Value, field: &str) -> Result<i128> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64().map(i128::from),
    };
    number.with_context(|| format!("{field} is {value}, expected an integer"))
}

/// # Errors
/// Where there is none.
pub fn text<'a>(of: &'a Value, field: &str) -> Result<&'a str> {
    let value = of[field].as_str();
    value.with_context(|| format!("{field} is {}, expected text", of[field]))
}

/// `BreachedConsumer` as `breached_consumer`.
pub fn snake(name: &str) -> String {
    let mut text = String::new();
    for (nth, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && nth > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// Integers above 64 bits are text, bytes hexadecimal, a variant without fields its name.
fn as_json(value: &ScVal) -> Value {
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
        ScVal::Map(Some(entries)) => {
            let entry = |entry: &stellar_xdr::ScMapEntry| {
                let key = match as_json(&entry.key) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, as_json(&entry.val))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        _ => Value::Null,
    }
}
