//! What the contracts share: units, TTL, the page codec of the provider's book, scheduled
//! upgrades, the pause that ends by itself.
#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "the figures of a test are its own"
    )
)]

pub mod admin;
pub mod book;
mod ensure;
pub mod gathered;
pub mod limits;
pub mod pause;
mod stored;
pub mod text;
pub mod ttl;
