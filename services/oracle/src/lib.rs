//! The metering oracle: telemetry in, reports and settlements out, every byte billed once.
//!
//! ```text
//! sources ──► ingest ──► samples ──► metering ──► plan ──► outbox ──► submitter ──► chain
//! ```

pub mod chain;
pub mod config;
pub mod daemon;
pub mod deal;
pub mod digest;
pub mod http;
pub mod ingest;
pub mod keeper;
pub mod lease;
pub mod metering;
pub mod outbox;
pub mod plan;
pub mod retention;
pub mod round;
pub mod sources;
pub mod status;
pub mod submitter;
pub mod tally;
pub mod text;
pub mod time;
pub mod watch;

/// The tables: one text for SQLite and PostgreSQL.
pub const MIGRATIONS: flash_base::db::Migrations = &[
    (1, include_str!("../migrations/0001_tables.sql")),
    (2, include_str!("../migrations/0002_operation.sql")),
    (3, include_str!("../migrations/0003_objects.sql")),
];
