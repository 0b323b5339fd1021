//! Deals on stage: what was wished for, and how it is used.

use std::ops::RangeInclusive;

use flash_integration_tests::{Deal, Person, Usage};

/// How a deal is used and reported.
#[derive(Clone)]
pub struct Habit {
    pub storage_gb: u64,
    /// Sent in a day.
    pub egress_gb: u64,
    /// Days with an uptime (basis points) that is not whole.
    pub outage: Option<(RangeInclusive<u64>, u32)>,
    pub reporting: Reporting,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Reporting {
    /// In the oracle's nightly batch.
    Batch,
    /// In the batch, but the final report gets lost.
    BatchNeverFinal,
    /// By the published client's single-deal calls.
    SingleCalls,
}

impl Habit {
    pub fn steady(storage_gb: u64, egress_gb: u64) -> Self {
        Self {
            storage_gb,
            egress_gb,
            outage: None,
            reporting: Reporting::Batch,
        }
    }

    pub fn outage(mut self, days: RangeInclusive<u64>, uptime_bps: u32) -> Self {
        self.outage = Some((days, uptime_bps));
        self
    }

    pub fn reported(mut self, reporting: Reporting) -> Self {
        self.reporting = reporting;
        self
    }

    /// What the oracle finds at the end of a day.
    pub fn on(&self, day: u64) -> Usage {
        let usage = Usage::stored_gb(self.storage_gb).sent_gb(self.egress_gb);
        match &self.outage {
            Some((days, uptime_bps)) if days.contains(&day) => {
                usage.served(usage.latency_ms, *uptime_bps)
            }
            _ => usage,
        }
    }
}

/// What a consumer asks for.
pub struct Wish {
    pub name: &'static str,
    pub consumer: Person,
    pub provider: Person,
    pub storage_gb: u64,
    pub egress_gb: u64,
    pub days: u64,
    pub habit: Habit,
}

/// A deal on stage.
#[derive(Clone)]
pub struct Act {
    pub name: &'static str,
    pub deal: Deal,
    pub habit: Habit,
    /// Nothing is left to happen to it.
    pub over: bool,
}

impl Act {
    /// As it is spoken of: "Carol's photo archive".
    pub fn title(&self) -> String {
        format!("{}'s {}", self.deal.consumer.name, self.name)
    }
}
