//! The commands of `deals`, by who signs.

mod anyone;
mod consumer;
mod oracle;
mod owner;
mod provider;

pub use anyone::AnyoneCommands;
pub use consumer::ConsumerCommands;
pub use oracle::OracleCommands;
pub use owner::OwnerCommands;
pub use provider::ProviderCommands;
