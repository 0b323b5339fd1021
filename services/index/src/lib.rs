//! Makes the ledger searchable: follows the four contracts' events through Stellar RPC into tables.
//!
//! ```text
//! getEvents ──► event ──► apply ──► refresh (the contracts' queries) ──► batch, with the cursor
//! ```

pub mod api;
pub mod apply;
pub mod batch;
pub mod chain;
pub mod config;
pub mod event;
pub mod follow;
pub mod json_rows;
mod look;
pub mod page;
pub mod place;
pub mod query;
pub mod query_rows;
pub mod rebuild;
pub mod refresh;
pub mod rows;
pub mod snapshot;
pub mod status;
pub mod table;

/// The tables: one text for SQLite and PostgreSQL.
pub const MIGRATIONS: flash_base::db::Migrations =
    &[(1, include_str!("../migrations/0001_market.sql"))];
