//! What an address may call for itself.

use soroban_sdk::{contractclient, Address, Env, String};

use crate::registry::*;

/// Registration. The address that is registered signs.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait PartyCommands {
    /// Registers a provider, or revives a deleted one.
    ///
    /// # Arguments
    /// * `description` - at most 256 bytes; shown as the provider's name
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ProviderExists`], [`RegistryError::PartyRemoved`],
    /// [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ProviderRegistered`]
    ///
    /// Authorisation: `provider_id`.
    fn register_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Registers a consumer, or revives a deleted one.
    ///
    /// # Errors
    /// [`RegistryError::Paused`], [`RegistryError::ConsumerExists`], [`RegistryError::PartyRemoved`],
    /// [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ConsumerRegistered`]
    ///
    /// Authorisation: `consumer_id`.
    fn register_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Registers an address in both roles; fails when it has either.
    ///
    /// # Errors
    /// As [`PartyCommands::register_provider`] and [`PartyCommands::register_consumer`].
    ///
    /// # Events
    /// [`ProviderRegistered`], [`ConsumerRegistered`]
    ///
    /// Authorisation: `user_id`.
    fn register_full_user(
        env: Env,
        user_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ProviderUpdated`]
    ///
    /// Authorisation: `provider_id`.
    fn update_provider(
        env: Env,
        provider_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// # Errors
    /// [`RegistryError::ConsumerNotFound`], [`RegistryError::DescriptionLength`]
    ///
    /// # Events
    /// [`ConsumerUpdated`]
    ///
    /// Authorisation: `consumer_id`.
    fn update_consumer(
        env: Env,
        consumer_id: Address,
        description: String,
    ) -> Result<(), RegistryError>;

    /// Marks a provider deleted: it makes no new deals. Its buckets must be deleted first.
    ///
    /// # Errors
    /// [`RegistryError::ProviderNotFound`], [`RegistryError::ProviderHasBuckets`]
    ///
    /// # Events
    /// [`ProviderDeleted`]
    ///
    /// Authorisation: `provider_id`.
    fn delete_provider(env: Env, provider_id: Address) -> Result<(), RegistryError>;

    /// Marks a consumer deleted: it makes no new deals. Running deals are untouched.
    ///
    /// # Errors
    /// [`RegistryError::ConsumerNotFound`]
    ///
    /// # Events
    /// [`ConsumerDeleted`]
    ///
    /// Authorisation: `consumer_id`.
    fn delete_consumer(env: Env, consumer_id: Address) -> Result<(), RegistryError>;
}
