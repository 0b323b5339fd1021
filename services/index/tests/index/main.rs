//! The index on both databases, on a local network with the real contracts.

mod config;
mod crashes;
#[allow(dead_code, reason = "the tests of the oracle use more of it")]
#[path = "../../../oracle/tests/oracle/support/database.rs"]
mod database;
mod events;
mod gaps;
mod hostile;
mod outage;
mod scenarios;
mod stage;
mod troubles;
mod world;
