//! The commands of `registry`, by who calls.

mod deals;
mod owner;
mod party;
mod provider;

pub use deals::DealsCommands;
pub use owner::OwnerCommands;
pub use party::PartyCommands;
pub use provider::ProviderCommands;
