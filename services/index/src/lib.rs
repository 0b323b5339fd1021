//! Makes the ledger searchable: follows the four contracts' events through Stellar RPC into tables.
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

/// The tables: one text for both databases, but for how words are looked up.
pub fn migrations(url: &str) -> flash_base::db::Migrations {
    match url.starts_with("sqlite:") {
        true => &[
            MARKET,
            LISTINGS,
            (3, include_str!("../migrations/sqlite/0003_words.sql")),
        ],
        false => &[
            MARKET,
            LISTINGS,
            (3, include_str!("../migrations/postgresql/0003_words.sql")),
        ],
    }
}

const MARKET: (i64, &str) = (1, include_str!("../migrations/0001_market.sql"));
const LISTINGS: (i64, &str) = (2, include_str!("../migrations/0002_listings.sql"));
