//! What all four contracts share: units, TTL, the page codec of the provider's book, scheduled
//! upgrades, the pause that ends by itself.
#![no_std]

pub mod admin;
pub mod book;
mod ensure;
pub mod pause;
pub mod text;
pub mod ttl;
pub mod units;
