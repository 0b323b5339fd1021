//! The index on both databases, on a local network with the real contracts.

mod config;
mod crashes;
mod gaps;
mod hostile;
mod outage;
mod scenarios;
mod stage;
mod troubles;
mod world;
