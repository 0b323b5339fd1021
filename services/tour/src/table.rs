//! The table of steps that is printed at the end, as far as the tour came.

use flash_client::Applied;
use std::{fmt, time::Instant};

/// One step.
struct Row {
    step: String,
    secs: f64,
    detail: String,
}

/// The steps, each with the time since the one before.
pub struct Table {
    rows: Vec<Row>,
    since: Instant,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            since: Instant::now(),
        }
    }
}

impl Table {
    /// Adds a step that is done.
    pub fn add(&mut self, step: &str, detail: &str) {
        let secs = self.since.elapsed().as_secs_f64();
        println!("{step:<22} {secs:>7.1} s  {detail}");
        self.rows.push(Row {
            step: step.to_owned(),
            secs,
            detail: detail.to_owned(),
        });
        self.since = Instant::now();
    }

    /// Adds a transaction that is in a ledger.
    pub fn applied(&mut self, step: &str, applied: &Applied) {
        let (ledger, fee) = (applied.ledger, applied.result.fee_charged);
        self.add(step, &format!("ledger {ledger}, {fee} stroops"));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| step | seconds | what |\n|---|---:|---|")?;
        for row in &self.rows {
            writeln!(f, "| {} | {:.1} | {} |", row.step, row.secs, row.detail)?;
        }
        Ok(())
    }
}
