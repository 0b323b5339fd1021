//! Time: the wall clock, and how far time travel has taken the network ahead of it.

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

    /// When a ledger closes that closes now: never before the one that came before it.
    pub fn close_time(self, previous: u64) -> u64 {
        self.now().max(previous)
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
