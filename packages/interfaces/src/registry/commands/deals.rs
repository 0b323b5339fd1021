//! What `deals` may call.

use soroban_sdk::{contractclient, Env, String};

use crate::registry::*;

/// Commands that only the contract `deals` may call.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait DealsCommands {
    /// Takes capacity for a deal that is being funded, and its repository id on that bucket. New
    /// conditions do not matter to a deal that its provider accepted; one that the bucket accepted by
    /// itself is funded only while the offer is the one that it was created with.
    ///
    /// # Arguments
    /// * `offer_revision` - of a deal that the bucket accepted by itself
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::BucketDeleted`],
    /// [`RegistryError::BucketInactive`], [`RegistryError::BucketLocked`],
    /// [`RegistryError::OfferChanged`], [`RegistryError::ExternalIdLength`], [`RegistryError::RepoIdTaken`],
    /// [`RegistryError::BucketTaken`], [`RegistryError::CapacityExceeded`]
    ///
    /// # Events
    /// [`CapacityReserved`]
    ///
    /// Authorisation: `deals`.
    fn reserve(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError>;

    /// Gives the capacity and the repository id of a closed deal back.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::ReleaseExceedsReserved`]
    ///
    /// # Events
    /// [`CapacityReleased`]
    ///
    /// Authorisation: `deals`.
    fn release(
        env: Env,
        bucket_id: u32,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), RegistryError>;
}
