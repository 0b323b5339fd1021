//! Makes the ledger searchable: follows the contracts' events through Stellar RPC into tables.
//!
//! ```text
//! getEvents ──► event ──► apply ──► refresh (the contracts' queries) ──► batch, with the cursor
//! ```

pub mod answers;
pub mod api;
pub mod apply;
pub mod batch;
pub mod chain;
pub mod config;
pub mod contract_rows;
pub mod event;
pub mod follow;
pub mod json_rows;
pub mod listing;
pub mod page;
pub mod place;
pub mod query;
pub mod rebuild;
mod recheck;
pub mod refresh;
pub mod rows;
pub mod snapshot;
pub mod status;
pub mod table;
pub mod words;

use flash_base::db::Migrations;
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRESQL: Migrator = sqlx::migrate!("migrations/postgresql");

/// The tables: one text for both databases, except for how words are found.
pub fn migrations(url: &str) -> Migrations {
    match url.starts_with("sqlite:") {
        true => &SQLITE,
        false => &POSTGRESQL,
    }
}
