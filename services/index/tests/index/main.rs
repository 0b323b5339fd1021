//! The index on both databases, on a local network with the real contracts.

mod bench;
mod config;
mod crashes;
#[path = "../../../oracle/tests/oracle/support/database.rs"]
mod database;
mod events;
mod gaps;
mod scenarios;
mod world;
