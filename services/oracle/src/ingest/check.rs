//! What may be written, and what it is until then.

use flash_base::text::storable;
pub use flash_meter::objects::Action;
use std::sync::Arc;

/// Most bytes that one sample or object may have: 1 PiB.
pub const MAX_BYTES: u64 = 1 << 50;
/// Longest external id, as in the contracts.
const MAX_ID_LEN: usize = 128;
/// 2015-01-01: what is older is a clock that was never set, or seconds for milliseconds.
const EARLIEST_MS: u64 = 1_420_070_400_000;
const MAX_LATENCY_MS: u64 = 3_600_000;
const SECS_PER_MINUTE: u64 = 60;

/// Longest name of an object, as S3 has it; a request's and a version's id are shorter.
const MAX_OBJECT_LEN: usize = 1_024;
/// Lines are kept to here when they are set aside, and reasons.
const MAX_KEPT_BYTES: usize = 1_024;

/// A sample on its way into the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub provider: Arc<str>,
    pub bucket: String,
    pub repo: String,
    pub at_ms: u64,
    /// A digest of what makes it unique.
    pub origin: i64,
    /// Its source numbers its samples: another one with the same `origin` is a conflict.
    pub is_numbered: bool,
    pub host: String,
    pub upl_bytes: u64,
    pub dwl_bytes: u64,
    /// How it changes what is stored.
    pub size_change: i64,
    pub latency_ms: Option<u64>,
}

/// An object was put or deleted, as an access log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEvent {
    pub provider: Arc<str>,
    pub bucket: String,
    pub repo: String,
    pub object: String,
    pub at_ms: u64,
    /// A digest of what makes it unique.
    pub origin: i64,
    /// Orders the events of one second.
    pub request: String,
    pub action: Action,
    /// Empty where the line names none.
    pub version: String,
    pub size_bytes: u64,
}

/// An object was there at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub provider: Arc<str>,
    pub bucket: String,
    pub repo: String,
    pub object: String,
    pub at_ms: u64,
}

/// What the network saw of a node in a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub bucket: String,
    pub node: String,
    pub at_ms: u64,
    pub up: bool,
    pub latency_ms: u64,
}

/// A line that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub source: String,
    pub line: String,
    pub reason: String,
    /// Somebody has to look at it: it may be something to bill.
    pub alerts: bool,
}

impl Reject {
    /// Keeps the beginning of a long line, without NUL, which PostgreSQL does not take.
    pub fn new(source: &str, line: &str, reason: &str) -> Self {
        Self {
            source: kept(source),
            line: kept(line),
            reason: kept(reason),
            alerts: false,
        }
    }
}

fn kept(text: &str) -> String {
    beginning(&storable(beginning(text))).to_owned()
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MAX_KEPT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

impl Incoming {
    /// Whether it may be written, where no time after `latest_ms` is believed.
    ///
    /// # Errors
    /// What is wrong with it, naming the field and the limit.
    pub fn check(&self, latest_ms: u64) -> Result<(), String> {
        id("bucketId", &self.bucket)?;
        id("repoId", &self.repo)?;
        id("host", &self.host)?;
        time("timestamp", self.at_ms, latest_ms)?;
        bytes("upl_bytes", self.upl_bytes)?;
        bytes("dwl_bytes", self.dwl_bytes)?;
        bytes("size_change", self.size_change.unsigned_abs())?;
        latency(self.latency_ms.unwrap_or(0))
    }
}

impl ObjectEvent {
    /// Whether it may be written, where no time after `latest_ms` is believed.
    ///
    /// # Errors
    /// What is wrong with it, naming the field and the limit.
    pub fn check(&self, latest_ms: u64) -> Result<(), String> {
        id("bucket", &self.bucket)?;
        id("repo", &self.repo)?;
        text("object", &self.object, 1, MAX_OBJECT_LEN)?;
        text("request id", &self.request, 1, MAX_ID_LEN)?;
        text("version id", &self.version, 0, MAX_OBJECT_LEN)?;
        time("time", self.at_ms, latest_ms)?;
        bytes("object size", self.size_bytes)
    }
}

impl Sighting {
    /// Whether it may be written, where no time after `latest_ms` is believed.
    ///
    /// # Errors
    /// What is wrong with it, naming the field and the limit.
    pub fn check(&self, latest_ms: u64) -> Result<(), String> {
        id("bucket", &self.bucket)?;
        id("repo", &self.repo)?;
        text("object", &self.object, 1, MAX_OBJECT_LEN)?;
        time("time", self.at_ms, latest_ms)
    }
}

impl Probe {
    /// Whether it may be written, where no time after `latest_ms` is believed.
    ///
    /// # Errors
    /// What is wrong with it, naming the field and the limit.
    pub fn check(&self, latest_ms: u64) -> Result<(), String> {
        id("bucketId", &self.bucket)?;
        id("nodeId", &self.node)?;
        time("lastUpdated", self.at_ms, latest_ms)?;
        latency(self.latency_ms)
    }

    pub fn minute(&self) -> u64 {
        self.at_ms / 1_000 / SECS_PER_MINUTE
    }
}

fn id(name: &str, value: &str) -> Result<(), String> {
    text(name, value, 1, MAX_ID_LEN)
}

fn text(name: &str, value: &str, least: usize, most: usize) -> Result<(), String> {
    if !(least..=most).contains(&value.len()) {
        return Err(format!("{name} must have {least} to {most} bytes"));
    }
    if value.contains('\0') {
        return Err(format!("{name} has a NUL byte"));
    }
    Ok(())
}

fn time(name: &str, at_ms: u64, latest_ms: u64) -> Result<(), String> {
    if at_ms < EARLIEST_MS {
        return Err(format!(
            "{name} {at_ms} is before 2015: it is in milliseconds"
        ));
    }
    if at_ms > latest_ms {
        return Err(format!(
            "{name} {at_ms} is ahead of now by more than max_ahead_secs"
        ));
    }
    Ok(())
}

fn bytes(name: &str, value: u64) -> Result<(), String> {
    if value > MAX_BYTES {
        return Err(format!("{name} {value} is above 2^50 bytes"));
    }
    Ok(())
}

fn latency(ms: u64) -> Result<(), String> {
    if ms > MAX_LATENCY_MS {
        return Err(format!("latency_ms {ms} is above {MAX_LATENCY_MS}"));
    }
    Ok(())
}
