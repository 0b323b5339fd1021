//! Tests of the escrow alone: `deals` is an address that signs.

mod accounts;
mod administration;
mod auth;
mod bounds;
mod closing;
#[cfg(feature = "testnet")]
mod faucet;
mod fees;
mod fixture;
mod hostile;
mod invariants;
mod payouts;
mod settling;
mod shortfall;
mod trustlines;
