//! What a sample and a probe may look like.

/// Largest number of bytes that one sample may tell: 1 PiB.
pub const MAX_BYTES: u64 = 1 << 50;
/// Longest external id, as in the contracts.
const MAX_ID_LEN: usize = 128;
/// 2015-01-01: what is older is a clock that was never set, or seconds for milliseconds.
const EARLIEST_MS: u64 = 1_420_070_400_000;
const MAX_LATENCY_MS: u64 = 3_600_000;
const SECS_PER_MINUTE: u64 = 60;

/// How a sample changes what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Bytes(i64),
    /// An object has this size from now on; 0 when it is gone. What that changes is known when it
    /// is written.
    Object {
        name: String,
        size_bytes: u64,
    },
}

/// A sample on its way into the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub provider: String,
    pub bucket: String,
    pub repo: String,
    pub at_ms: u64,
    /// What makes it unique at its time: the host, or the request of an access log.
    pub origin: String,
    pub host: String,
    pub upl_bytes: u64,
    pub dwl_bytes: u64,
    pub change: Change,
    pub latency_ms: Option<u64>,
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
        match &self.change {
            Change::Bytes(change) => bytes("size_change", change.unsigned_abs())?,
            Change::Object { size_bytes, .. } => bytes("object size", *size_bytes)?,
        }
        latency(self.latency_ms.unwrap_or(0))
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
    if value.is_empty() || value.len() > MAX_ID_LEN || value.contains('\0') {
        return Err(format!("{name} must have 1 to {MAX_ID_LEN} bytes"));
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
