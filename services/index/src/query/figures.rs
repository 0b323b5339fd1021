//! The market in figures, as they are kept until they are added up again.

use std::time::Instant;

/// How far the tables are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub ledger: u32,
    pub ledger_ts: u64,
    pub event_cursor: String,
    /// How often the tables were read anew.
    pub rebuilds: i64,
}

/// What deals come to.
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

/// What buckets offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer {
    /// All, whatever their status.
    pub buckets: u64,
    pub listed: u64,
    pub offered_gb: u64,
    pub reserved_mb: u64,
}

/// What all deals and buckets come to, and when that is to be added up again.
pub struct Totals {
    pub progress: Option<Progress>,
    pub sums: Sums,
    pub offer: Offer,
    pub again: Instant,
}
