//! Events of contracts.

use super::{symbol, ScVal};
use crate::Error;

/// An event as a contract's spec describes it.
pub trait ContractEvent: Sized {
    /// The topics that every such event begins with: its name.
    const PREFIX: &'static [&'static str];
    /// Names of the topics that follow.
    const TOPICS: &'static [&'static str];

    /// Reads an event that begins with [`Self::PREFIX`].
    ///
    /// # Errors
    /// Where a topic or a field is not as the spec says. The error names it.
    fn decode(topics: &[ScVal], data: &ScVal) -> Result<Self, Error>;

    /// As the ledger has it: topics and data.
    fn encode(&self) -> (Vec<ScVal>, ScVal);
}

/// Whether topics begin with these names.
pub fn begins_with(topics: &[ScVal], prefix: &[&str]) -> bool {
    let is = |(topic, name): (&ScVal, &&str)| matches!(topic, ScVal::Symbol(text) if text.as_slice() == name.as_bytes());
    topics.len() >= prefix.len() && topics.iter().zip(prefix).all(is)
}

/// The topics of an event.
pub fn topics(prefix: &[&'static str], values: Vec<ScVal>) -> Vec<ScVal> {
    let names = prefix.iter().map(|name| ScVal::Symbol(symbol(name)));
    names.chain(values).collect()
}
