//! Figures of the whole market, cached until they are computed again.

use std::time::Instant;

/// The position of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub ledger: u32,
    pub ledger_ts: u64,
    pub event_cursor: String,
    /// How often the tables were rebuilt.
    pub rebuilds: i64,
}

/// Sums over deals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub deals: u64,
    pub paid: i128,
    pub fee: i128,
    pub credited: i128,
    pub refunded: i128,
    pub locked: i128,
    pub owed: i128,
}

/// Sums over buckets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer {
    /// All deals, whatever their status.
    pub buckets: u64,
    pub listed: u64,
    pub offered_gb: u64,
    pub reserved_mb: u64,
}

/// Sums over all deals and buckets, and when to compute them again.
pub struct Totals {
    pub progress: Option<Progress>,
    pub sums: Sums,
    pub offer: Offer,
    pub again: Instant,
}
