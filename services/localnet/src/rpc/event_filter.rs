//! Filters on events: by type, contract and topics.

use super::params::decode;
use serde::{Deserialize, Deserializer};
use stellar_xdr::{ContractEvent, ContractEventBody, ContractEventType, ContractId, ScVal};

const MAX_CONTRACT_IDS: usize = 5;
const MAX_TOPICS: usize = 5;
const MAX_SEGMENTS: usize = 4;

/// One filter. An event passes where each part that is given fits.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventFilter {
    #[serde(rename = "type")]
    types: Option<String>,
    contract_ids: Option<Vec<String>>,
    topics: Option<Vec<Vec<Segment>>>,
}

/// One segment of a topic filter.
#[derive(Debug, PartialEq)]
enum Segment {
    /// `*`
    Any,
    /// `**`
    Rest,
    Exactly(ScVal),
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "*" => Ok(Self::Any),
            "**" => Ok(Self::Rest),
            value => decode(value).map(Self::Exactly).ok_or_else(|| {
                serde::de::Error::custom("a topic is neither a wildcard nor a value")
            }),
        }
    }
}

impl EventFilter {
    /// Checks the filter, and makes it ready to use.
    ///
    /// # Errors
    /// The text with which Stellar RPC refuses it.
    pub fn compile(self) -> Result<Matcher, String> {
        let mut types = Vec::new();
        let names = self.types.filter(|names| !names.is_empty());
        for name in names.iter().flat_map(|names| names.split(',')) {
            match name {
                "system" => types.push(ContractEventType::System),
                "contract" => types.push(ContractEventType::Contract),
                _ => {
                    let fault = "if set, type must be either 'system' or 'contract'";
                    return Err(format!("filter type invalid: {fault}"));
                }
            }
        }
        let ids = self.contract_ids.unwrap_or_default();
        if ids.len() > MAX_CONTRACT_IDS {
            return Err("maximum 5 contract IDs per filter".to_owned());
        }
        let topics = self.topics.unwrap_or_default();
        if topics.len() > MAX_TOPICS {
            return Err("maximum 5 topics per filter".to_owned());
        }
        let mut contracts = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let decoded = stellar_strkey::Contract::from_string(id);
            let decoded = decoded.map_err(|_| format!("contract ID {} invalid", index + 1))?;
            contracts.push(ContractId(stellar_xdr::Hash(decoded.0)));
        }
        for (index, topic) in topics.iter().enumerate() {
            check(topic).map_err(|fault| format!("topic {} invalid: {fault}", index + 1))?;
        }
        Ok(Matcher {
            types,
            contracts,
            topics,
        })
    }
}

fn check(topic: &[Segment]) -> Result<(), String> {
    if topic.is_empty() {
        return Err("topic must have at least 1 segment".to_owned());
    }
    let fixed = fixed(topic);
    if let Some(index) = fixed.iter().position(|segment| *segment == Segment::Rest) {
        let fault = "wildcard '**' is only allowed as the last segment";
        return Err(format!("segment {} invalid: {fault}", index + 1));
    }
    if fixed.len() > MAX_SEGMENTS {
        return Err("topic cannot have more than 4 segments".to_owned());
    }
    Ok(())
}

/// The segments before a `**` at the end.
fn fixed(topic: &[Segment]) -> &[Segment] {
    match topic.split_last() {
        Some((Segment::Rest, before)) => before,
        _ => topic,
    }
}

/// A filter that is ready to use.
pub struct Matcher {
    types: Vec<ContractEventType>,
    contracts: Vec<ContractId>,
    topics: Vec<Vec<Segment>>,
}

impl Matcher {
    /// Whether the event passes.
    pub fn matches(&self, event: &ContractEvent) -> bool {
        let ContractEventBody::V0(body) = &event.body;
        let contract = event.contract_id.as_ref();
        (self.types.is_empty() || self.types.contains(&event.type_))
            && (self.contracts.is_empty() || contract.is_some_and(|id| self.contracts.contains(id)))
            && (self.topics.is_empty()
                || self
                    .topics
                    .iter()
                    .any(|topic| topic_matches(topic, &body.topics)))
    }
}

fn topic_matches(topic: &[Segment], event: &[ScVal]) -> bool {
    let fixed = fixed(topic);
    let fits = if fixed.len() < topic.len() {
        event.len() >= fixed.len()
    } else {
        event.len() == topic.len()
    };
    fits && fixed
        .iter()
        .zip(event)
        .all(|(segment, value)| match segment {
            Segment::Any | Segment::Rest => true,
            Segment::Exactly(wanted) => wanted == value,
        })
}
