//! What the owner may call.

use soroban_sdk::{contractclient, Address, Env};

use crate::registry::*;

/// Commands that the owner signs.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait OwnerCommands {
    /// As [`PartyCommands::delete_provider`]; the provider stays deleted until it is readmitted.
    /// Authorisation: owner.
    fn remove_provider(env: Env, id: Address) -> Result<(), RegistryError>;

    /// As [`PartyCommands::delete_consumer`]; the consumer stays deleted until it is readmitted.
    /// Authorisation: owner.
    fn remove_consumer(env: Env, id: Address) -> Result<(), RegistryError>;

    /// Lets a removed provider register again.
    ///
    /// # Errors
    /// [`RegistryError::PartyNotRemoved`]
    ///
    /// # Events
    /// [`ProviderReadmitted`]
    ///
    /// Authorisation: owner.
    fn readmit_provider(env: Env, id: Address) -> Result<(), RegistryError>;

    /// Lets a removed consumer register again.
    ///
    /// # Errors
    /// [`RegistryError::PartyNotRemoved`]
    ///
    /// # Events
    /// [`ConsumerReadmitted`]
    ///
    /// Authorisation: owner.
    fn readmit_consumer(env: Env, id: Address) -> Result<(), RegistryError>;

    /// As [`ProviderCommands::delete_bucket`]. Authorisation: owner.
    fn remove_bucket(env: Env, bucket_id: u32) -> Result<(), RegistryError>;
}
