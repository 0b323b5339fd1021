//! # The ABI of FlashOnStellar
//!
//! One module per contract with its trait, types, errors and events; [`admin`] holds what all of
//! them share. There is no logic and no storage here: a change of this crate *is* a change of the
//! interface, and is reviewed as one.
//!
//! Error codes are unique across the system, because a callee's code passes through its caller:
//!
//! | range | whose |
//! |---|---|
//! | 1000–2999 | OpenZeppelin's modules |
//! | 3000–3099 | [`registry`] |
//! | 3100–3199 | [`deals`] |
//! | 3200–3299 | [`escrow`] |
//! | 3300–3399 | [`reputation`] |
//! | 3400–3499 | [`admin`]: upgrades and pause, the same in all |
//! | 3500–3599 | [`mandates`] |
//!
//! Units: money is in the asset's smallest unit (7 decimals, 1 USD = 10_000_000), sizes in MB of
//! 2^20 bytes and GB of 1024 MB, prices in money per GB and month of 30 days (storage) or per GB
//! (egress), time in seconds of ledger close time, ratios in basis points.
#![no_std]

pub mod admin;
pub mod deals;
pub mod escrow;
pub mod mandates;
pub mod registry;
pub mod reputation;
