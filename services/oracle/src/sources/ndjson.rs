//! Samples and node status as the network's nodes write them: JSON, or one JSON object a line.

use crate::{
    ingest::{Change, Incoming, Load, Probe, Reject},
    time::parse_rfc3339,
};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::value::RawValue;

/// A sample. Fields that are not named here are let pass.
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
pub fn sample(line: &str, provider: &str, latest_ms: u64) -> Result<Incoming, String> {
    let read: Sample = json(line)?;
    let sample = Incoming {
        provider: provider.to_owned(),
        at_ms: read.timestamp.millis()?,
        bucket: read.bucket,
        repo: read.repo,
        origin: read.host.clone(),
        host: read.host,
        upl_bytes: read.upl_bytes,
        dwl_bytes: read.dwl_bytes,
        change: Change::Bytes(read.size_change),
        latency_ms: read.latency_ms,
    };
    sample.check(latest_ms).map(|()| sample)
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

/// The objects in a body: a JSON list, one JSON object, or one object a line.
///
/// # Errors
/// Where a body that begins as a list is none.
pub fn objects(body: &str) -> Result<Vec<&str>, String> {
    let text = body.trim();
    if text.starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        return Ok(list.into_iter().map(RawValue::get).collect());
    }
    let many_lines = text.contains('\n');
    if many_lines && serde_json::from_str::<&RawValue>(text).is_ok() {
        return Ok(vec![text]);
    }
    Ok(text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect())
}

/// A body of a provider's samples as a load; lines that are wrong become rejects.
///
/// # Errors
/// Where the body as a whole is wrong.
pub fn samples(body: &str, provider: &str, source: &str, latest_ms: u64) -> Result<Load, String> {
    let mut load = Load::default();
    for line in objects(body)? {
        match sample(line, provider, latest_ms) {
            Ok(sample) => load.samples.push(sample),
            Err(reason) => load.rejects.push(reject(source, line, reason)),
        }
    }
    Ok(load)
}

/// The same for status of nodes.
///
/// # Errors
/// Where the body as a whole is wrong.
pub fn probes(body: &str, source: &str, latest_ms: u64) -> Result<Load, String> {
    let mut load = Load::default();
    for line in objects(body)? {
        match probe(line, latest_ms) {
            Ok(probe) => load.probes.push(probe),
            Err(reason) => load.rejects.push(reject(source, line, reason)),
        }
    }
    Ok(load)
}

pub fn reject(source: &str, line: &str, reason: String) -> Reject {
    Reject {
        source: source.to_owned(),
        line: line.to_owned(),
        reason,
    }
}
