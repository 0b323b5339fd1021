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
pub const MIGRATIONS: flash_base::db::Migrations = &sqlx::migrate!();
