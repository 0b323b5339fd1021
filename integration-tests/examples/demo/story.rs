//! What is told, and how far it is while nothing is told.

use std::{
    cell::Cell,
    io::{stderr, stdout, IsTerminal, Write},
    time::{Duration, Instant},
};

/// A phase that takes longer shows how far it is.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Story {
    /// Somebody is watching: standard output and error are both a terminal.
    watched: bool,
    phase_began: Cell<Instant>,
    /// A progress line stands on the terminal.
    shown: Cell<bool>,
}

impl Story {
    pub fn new() -> Self {
        Self {
            watched: stdout().is_terminal() && stderr().is_terminal(),
            phase_began: Cell::new(Instant::now()),
            shown: Cell::new(false),
        }
    }

    /// A line of its own.
    pub fn say(&self, text: &str) {
        self.clear();
        println!("{text}");
    }

    /// A dated line.
    pub fn tell(&self, day: u64, text: &str) {
        self.say(&format!("day {day:>2}  {text}"));
    }

    pub fn phase(&self, title: &str) {
        self.clear();
        self.phase_began.set(Instant::now());
        println!("\n{title}\n");
    }

    /// Shows how far the phase is, when it takes long and somebody is watching.
    pub fn progress(&self, text: &str) {
        if !self.watched || self.phase_began.get().elapsed() < PATIENCE {
            return;
        }
        self.clear();
        eprint!("... {text}");
        // A progress line that cannot be written is none.
        let _ = stderr().flush();
        self.shown.set(true);
    }

    fn clear(&self) {
        if self.shown.replace(false) {
            eprint!("\r{:40}\r", "");
        }
    }
}
