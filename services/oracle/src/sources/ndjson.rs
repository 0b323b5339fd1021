//! Samples and node status in the nodes' format: JSON, or one JSON object per line.

use crate::{
    digest::digest63,
    ingest::{Incoming, Load, Probe, Reject},
    time::parse_rfc3339,
};
use serde::{
    de::{DeserializeOwned, DeserializeSeed, SeqAccess, Visitor},
    Deserialize, Deserializer,
};
use serde_json::value::RawValue;
use std::{fmt, sync::Arc};

/// A sample. Unknown fields are ignored.
#[derive(Debug, Deserialize)]
struct Sample {
    timestamp: Time,
    #[serde(rename = "repoId")]
    repo: String,
    #[serde(rename = "bucketId")]
    bucket: String,
    #[serde(default)]
    upl_bytes: u64,
    #[serde(default)]
    dwl_bytes: u64,
    #[serde(default)]
    size_change: i64,
    latency_ms: Option<u64>,
    host: String,
    /// The host's number of the sample, which it uses only once.
    seq: Option<u64>,
}

/// Status of a node.
#[derive(Debug, Deserialize)]
struct Status {
    #[serde(rename = "nodeId")]
    node: String,
    #[serde(rename = "bucketId")]
    bucket: String,
    #[serde(rename = "nodeStatus")]
    status: NodeStatus,
    #[serde(rename = "lastUpdated")]
    at: Time,
    #[serde(default)]
    latency_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NodeStatus {
    #[serde(alias = "online", alias = "UP", alias = "ONLINE")]
    Up,
    #[serde(alias = "offline", alias = "DOWN", alias = "OFFLINE")]
    Down,
}

/// Milliseconds since 1970, or RFC 3339.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Time {
    Millis(u64),
    Text(String),
}

impl Time {
    fn millis(&self) -> Result<u64, String> {
        match self {
            Self::Millis(ms) => Ok(*ms),
            Self::Text(text) => parse_rfc3339(text)
                .ok_or_else(|| "a time must be milliseconds or RFC 3339".to_owned()),
        }
    }
}

/// One sample of a provider's node.
///
/// # Errors
/// What is wrong with it.
pub fn sample(line: &str, provider: &Arc<str>, latest_ms: u64) -> Result<Incoming, String> {
    let read: Sample = json(line)?;
    let sample = Incoming {
        provider: provider.clone(),
        at_ms: read.timestamp.millis()?,
        origin: read.origin(provider),
        is_numbered: read.seq.is_some(),
        bucket: read.bucket,
        repo: read.repo,
        host: read.host,
        upl_bytes: read.upl_bytes,
        dwl_bytes: read.dwl_bytes,
        size_change: read.size_change,
        latency_ms: read.latency_ms,
    };
    sample.check(latest_ms).map(|()| sample)
}

impl Sample {
    /// If a host numbers its samples, the number identifies duplicates. Otherwise samples are
    /// duplicates if they are equal in every field.
    fn origin(&self, provider: &str) -> i64 {
        if let Some(number) = self.seq {
            return digest63(&[provider, &self.host, "seq", &number.to_string()]);
        }
        let numbers = format!(
            "{} {} {} {:?}",
            self.upl_bytes, self.dwl_bytes, self.size_change, self.latency_ms
        );
        digest63(&[&self.host, &numbers])
    }
}

/// One status of a node.
///
/// # Errors
/// What is wrong with it.
pub fn probe(line: &str, latest_ms: u64) -> Result<Probe, String> {
    let read: Status = json(line)?;
    let probe = Probe {
        at_ms: read.at.millis()?,
        bucket: read.bucket,
        node: read.node,
        up: matches!(read.status, NodeStatus::Up),
        latency_ms: read.latency_ms,
    };
    probe.check(latest_ms).map(|()| probe)
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Reads the objects of a body one by one: a JSON list, one JSON object, or one object per line.
///
/// # Errors
/// The body starts like a list but is not one.
pub fn each_object(body: &str, mut take: impl FnMut(&str)) -> Result<(), String> {
    let text = body.trim();
    if text.starts_with('[') {
        let mut list = serde_json::Deserializer::from_str(text);
        let read = Objects(&mut take).deserialize(&mut list);
        return read
            .and_then(|()| list.end())
            .map_err(|error| error.to_string());
    }
    let many_lines = text.contains('\n');
    if many_lines && serde_json::from_str::<&RawValue>(text).is_ok() {
        take(text);
        return Ok(());
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.for_each(take);
    Ok(())
}

/// A list whose members are passed on one by one, so that they are never all in memory.
struct Objects<F>(F);

impl<'de, F: FnMut(&str)> DeserializeSeed<'de> for Objects<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&str)> Visitor<'de> for Objects<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element::<&RawValue>()? {
            (self.0)(object.get());
        }
        Ok(())
    }
}

/// Turns a body of a provider's samples into a load. Wrong lines become rejects.
///
/// # Errors
/// The body as a whole is wrong.
pub fn samples(
    body: &str,
    provider: &Arc<str>,
    source: &str,
    latest_ms: u64,
) -> Result<Load, String> {
    let mut load = Load::of(source);
    each_object(body, |line| match sample(line, provider, latest_ms) {
        Ok(sample) => load.samples.push(sample),
        Err(reason) => load.rejects.add(Reject::new(source, line, &reason)),
    })?;
    Ok(load)
}

/// The same for node status.
///
/// # Errors
/// The body as a whole is wrong.
pub fn probes(body: &str, source: &str, latest_ms: u64) -> Result<Load, String> {
    let mut load = Load::of(source);
    each_object(body, |line| match probe(line, latest_ms) {
        Ok(probe) => load.probes.push(probe),
        Err(reason) => load.rejects.add(Reject::new(source, line, &reason)),
    })?;
    Ok(load)
}
