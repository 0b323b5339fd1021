//! The API over real HTTP.

#[allow(dead_code, reason = "the tests of the oracle use more of it")]
#[path = "../../../oracle/tests/oracle/support/database.rs"]
mod database;
mod market;
mod openapi;
mod parameters;
mod search;
mod served;
mod surface;
