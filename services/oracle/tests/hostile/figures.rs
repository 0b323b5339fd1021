//! What a run came to, and whether that is good enough.

use crate::{
    crowd::Deeds,
    honest::{Times, IN_TIME},
    programs::Programs,
};
use std::{fmt, time::Duration};

const MAX_P95: Duration = Duration::from_millis(200);
const MAX_MEMORY_MIB: u64 = 256;

pub struct Figures {
    database: &'static str,
    times: Times,
    oracle_mib: u64,
    index_mib: u64,
    deeds: Deeds,
}

impl Figures {
    pub fn of(database: &'static str, times: Times, programs: &Programs, deeds: Deeds) -> Self {
        Self {
            database,
            times,
            oracle_mib: peak_mib(programs.oracle.child.id()),
            index_mib: peak_mib(programs.index.child.id()),
            deeds,
        }
    }

    /// Panics where a figure is above its limit. Without `with_times` only memory counts.
    pub fn assert(&self, with_times: bool) {
        for mib in [self.oracle_mib, self.index_mib] {
            assert!(mib < MAX_MEMORY_MIB, "{mib} MiB");
        }
        let slowest = self.times.reports.iter().max().unwrap();
        assert!(*slowest < IN_TIME);
        for (deed, times) in &self.deeds {
            assert!(*times > 0, "nobody did this: {deed}");
        }
        if with_times {
            let p95 = p95(&self.times.reads);
            assert!(p95 < MAX_P95, "p95 of the honest client: {p95:?}");
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Times {
            pushes,
            reports,
            reads,
        } = &self.times;
        writeln!(f, "on {}", self.database)?;
        let mut row = |name: &str, value: String| writeln!(f, "  {name:<44} {value}");
        row(
            "honest reads, p95",
            format!("{} of {:?}", reads.len(), p95(reads)),
        )?;
        row(
            "honest pushes, p95",
            format!("{} of {:?}", pushes.len(), p95(pushes)),
        )?;
        let slowest = reports.iter().max().copied().unwrap_or_default();
        row(
            "honest reports, slowest",
            format!("{} of {slowest:?}", reports.len()),
        )?;
        row(
            "peak memory of the oracle",
            format!("{} MiB", self.oracle_mib),
        )?;
        row(
            "peak memory of the index",
            format!("{} MiB", self.index_mib),
        )?;
        for (deed, times) in &self.deeds {
            row(deed, times.to_string())?;
        }
        Ok(())
    }
}

fn p95(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let nth = sorted.len() * 95 / 100;
    sorted.get(nth).copied().unwrap_or_default()
}

/// The most that a process ever had in memory.
fn peak_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB");
    kib.parse::<u64>().unwrap() / 1_024
}
