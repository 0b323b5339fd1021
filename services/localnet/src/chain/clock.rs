//! Time: the wall clock, and how far time travel has taken the network ahead of it.

use super::CloseMode;
use std::time::{SystemTime, UNIX_EPOCH};

/// The network's clock.
#[derive(Clone, Copy)]
pub struct Clock {
    ahead_secs: u64,
}

impl Clock {
    /// A clock that is this much ahead of the wall clock.
    pub fn ahead_by(ahead_secs: u64) -> Self {
        Self { ahead_secs }
    }

    /// How far the clock is ahead.
    pub fn ahead_secs(self) -> u64 {
        self.ahead_secs
    }

    /// Now, in seconds since 1970.
    pub fn now(self) -> u64 {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        wall.saturating_add(self.ahead_secs)
    }

    /// When a ledger closes that closes now, after one that closed at `previous`. A network closes
    /// every ledger later than the one before. Instant closing makes many ledgers in one second, so
    /// there they share it: otherwise the network would run ahead of the clocks of its clients.
    pub fn close_time(self, previous: u64, mode: CloseMode) -> u64 {
        let earliest = match mode {
            CloseMode::Instant => previous,
            CloseMode::Interval(_) => previous.saturating_add(1),
        };
        self.now().max(earliest)
    }

    /// Moves the clock ahead.
    pub fn advance(&mut self, secs: u64) {
        self.ahead_secs = self.ahead_secs.saturating_add(secs);
    }

    /// Moves the clock ahead as far as is needed to reach `time`.
    pub fn reach(&mut self, time: u64) {
        let missing = time.saturating_sub(self.now());
        self.advance(missing);
    }
}
