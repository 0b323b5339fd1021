//! Registry: providers, consumers, buckets, and the capacity that deals reserve on them.

use soroban_sdk::contractclient;

mod commands;
mod errors;
mod events;
mod queries;
mod types;

pub use commands::{DealsCommands, OwnerCommands, PartyCommands, ProviderCommands};
pub use errors::RegistryError;
pub use events::{
    BucketCreated, BucketRemoved, BucketUpdated, CapacityReleased, CapacityReserved,
    ConsumerDeleted, ConsumerReadmitted, ConsumerRegistered, ConsumerUpdated, ProviderDeleted,
    ProviderReadmitted, ProviderRegistered, ProviderUpdated,
};
pub use queries::Queries;
pub use types::{
    Bucket, BucketFeatures, BucketMarketplace, BucketStatus, Consumer, Listing, Metering, Parties,
    PartiesQuery, Provider, RegistryConfig,
};

/// Everything that the contract exports, constructor and administration apart.
#[contractclient(name = "RegistryClient")]
pub trait RegistryInterface:
    PartyCommands + ProviderCommands + OwnerCommands + DealsCommands + Queries
{
}
