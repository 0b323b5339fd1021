//! The commands of `escrow`, by who calls.

mod claimant;
mod deals;
mod owner;

pub use claimant::ClaimantCommands;
pub use deals::DealsCommands;
pub use owner::OwnerCommands;
