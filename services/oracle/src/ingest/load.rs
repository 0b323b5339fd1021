//! A load: the rows of one caller, and their result.

use super::{Incoming, ObjectEvent, Probe, Reject, Sighting};
use serde::Serialize;

/// How many rejected lines of a load are stored; the rest is only counted.
const MAX_KEPT: usize = 1_000;

/// The rows of one caller. They are written together with the position in their source.
#[derive(Debug, Default)]
pub struct Load {
    /// The sender.
    pub source: String,
    pub samples: Vec<Incoming>,
    pub events: Vec<ObjectEvent>,
    pub sightings: Vec<Sighting>,
    pub probes: Vec<Probe>,
    pub rejects: Rejects,
    pub cursor: Option<Cursor>,
}

/// Rejected lines.
#[derive(Clone, Debug, Default)]
pub struct Rejects {
    /// The first rejected lines.
    pub kept: Vec<Reject>,
    pub count: u64,
    /// Those that need attention.
    pub alerting: u64,
}

/// The position up to which a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub source: String,
    pub position: String,
}

/// The result of a load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    pub accepted: u64,
    /// Rows that were already stored.
    pub duplicates: u64,
    pub rejected: u64,
    /// Rejected because their number or request belongs to another sample.
    pub conflicts: u64,
    /// Rejected and in need of attention.
    pub alerting: u64,
    /// Rejected because their source has reached its limit of series.
    pub over_quota: u64,
}

impl Load {
    pub fn of(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            ..Self::default()
        }
    }

    pub fn rows(&self) -> usize {
        let told = self.samples.len() + self.events.len() + self.sightings.len();
        told + self.probes.len() + self.rejects.kept.len()
    }
}

impl Rejects {
    /// Rejects a line.
    pub fn add(&mut self, reject: Reject) {
        self.count = self.count.saturating_add(1);
        self.alerting = self.alerting.saturating_add(u64::from(reject.alerts));
        if self.kept.len() < MAX_KEPT {
            self.kept.push(reject);
        }
    }

    /// How many rejected lines are not stored.
    pub fn more(&self) -> u64 {
        self.count.saturating_sub(self.kept.len() as u64)
    }
}

impl Written {
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
        self.conflicts += other.conflicts;
        self.alerting += other.alerting;
        self.over_quota += other.over_quota;
    }
}
