//! What `deals` may call.

use soroban_sdk::{contractclient, Env, String};

use crate::registry::*;

/// Commands that only the contract `deals` may call.
#[contractclient(name = "RegistryClient", impl_only = true)]
pub trait DealsCommands {
    /// Takes capacity for a deal that is being funded, and its repository id on that bucket. A
    /// lock, a status or new conditions set since the deal was created do not matter: they are for
    /// deals created afterwards.
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::BucketDeleted`],
    /// [`RegistryError::ExternalIdLength`], [`RegistryError::RepoIdTaken`],
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
