//! The tests of localnet: one binary, each test with a network of its own on a free port.

mod invariants;
mod setup;

mod admin;
mod agreement;
mod api;
mod archival;
mod assets;
mod claimable_balances;
mod classic;
mod contracts;
mod corpus;
mod crashes;
mod events;
mod failures;
mod fees;
mod genesis;
mod interval;
mod merge;
mod queue;
mod random_requests;
mod rust_client;
mod sponsoring;
mod validity;
