//! Rows of one caller, and what became of them.

use super::{Incoming, ObjectEvent, Probe, Reject, Sighting};
use serde::Serialize;

/// So many rejected lines of a load are kept; of the rest there is a count.
const MAX_KEPT: usize = 1_000;

/// Rows of one caller. They are written together with how far their source was read.
#[derive(Debug, Default)]
pub struct Load {
    /// Who tells it.
    pub source: String,
    pub samples: Vec<Incoming>,
    pub events: Vec<ObjectEvent>,
    pub sightings: Vec<Sighting>,
    pub probes: Vec<Probe>,
    pub rejects: Rejects,
    pub cursor: Option<Cursor>,
}

/// Lines that were set aside.
#[derive(Clone, Debug, Default)]
pub struct Rejects {
    /// The first of them.
    pub kept: Vec<Reject>,
    pub count: u64,
    /// Those that somebody has to look at.
    pub alerting: u64,
}

/// How far a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub source: String,
    pub position: String,
}

/// What became of a load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    pub accepted: u64,
    /// They were there already.
    pub duplicates: u64,
    pub rejected: u64,
    /// Of the rejected: their number or request is that of another sample.
    pub conflicts: u64,
    /// Of the rejected: somebody has to look at them.
    pub alerting: u64,
    /// Of the rejected: their source has begun as many series as it may.
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
    /// Sets a line aside.
    pub fn add(&mut self, reject: Reject) {
        self.count = self.count.saturating_add(1);
        self.alerting = self.alerting.saturating_add(u64::from(reject.alerts));
        if self.kept.len() < MAX_KEPT {
            self.kept.push(reject);
        }
    }

    /// How many there are that are not kept.
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
