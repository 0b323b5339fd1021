//! An event of one of the contracts: topics and data by name, as JSON.

use anyhow::{Context, Result};
use flash_client::{
    codec::{event_json, XDR_LIMITS},
    Address, Market,
};
use serde_json::Value;
use std::str::FromStr;
use stellar_xdr::{ReadXdr, ScVal};
use time::{format_description::well_known::Rfc3339, OffsetDateTime};

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub event_id: String,
    pub ledger: i64,
    pub closed_ts: i64,
    pub tx_hash: String,
    /// deals, escrow, mandates, registry or reputation.
    pub contract: &'static str,
    pub name: String,
    pub body: Value,
}

impl Event {
    /// From an item of `getEvents`; `None` where it is of no contract of the market.
    ///
    /// # Errors
    /// Where the item is not as Stellar RPC gives it.
    pub fn decode(item: &Value, market: &Market) -> Result<Option<Self>> {
        let address = Address::from_str(text(item, "contractId")?).ok();
        let contract = address.and_then(|address| market.contract_at(&address));
        let Some(contract) = contract else {
            return Ok(None);
        };
        let value = |base64: &str| ScVal::from_xdr_base64(base64, XDR_LIMITS);
        let topics = item["topic"].as_array().context("topic")?.iter();
        let topics = topics.map(|topic| Ok(value(topic.as_str().context("topic")?)?));
        let topics = topics.collect::<Result<Vec<_>>>()?;
        let name = match topics.first() {
            Some(ScVal::Symbol(name)) => name.to_utf8_string_lossy(),
            _ => "unnamed".to_owned(),
        };
        let data = value(text(item, "value")?)?;
        Ok(Some(Self {
            event_id: text(item, "id")?.to_owned(),
            ledger: item["ledger"].as_i64().context("ledger")?,
            closed_ts: OffsetDateTime::parse(text(item, "ledgerClosedAt")?, &Rfc3339)?
                .unix_timestamp(),
            tx_hash: text(item, "txHash")?.to_owned(),
            contract: contract.name(),
            body: event_json(contract, &topics, &data).into(),
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
