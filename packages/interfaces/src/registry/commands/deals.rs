//! What `deals` may call.

use soroban_sdk::{contractclient, Address, Env, String};

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
    /// [`RegistryError::RepoIdOwned`],
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
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError>;

    /// Passes the capacity and the repository id of a deal on to its successor, which may have another size. The
    /// bucket may be unlisted, locked or full: only the difference in size has to fit.
    ///
    /// # Arguments
    /// * `paid` - whether the deal that is replaced has paid anything
    /// * `offer_revision` - of a successor that the bucket accepted by itself
    ///
    /// # Errors
    /// [`RegistryError::BucketNotFound`], [`RegistryError::BucketDeleted`], [`RegistryError::OfferChanged`],
    /// [`RegistryError::ReleaseExceedsReserved`], [`RegistryError::CapacityExceeded`]
    ///
    /// # Events
    /// [`CapacityReserved`]
    ///
    /// Authorisation: `deals`.
    fn replace(
        env: Env,
        bucket_id: u32,
        replaced_id: u32,
        replaced_mb: (u64, u64),
        paid: bool,
        deal_id: u32,
        fb_repo_id: String,
        storage_mb: u64,
        egress_mb: u64,
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError>;

    /// Gives the capacity of a closed deal back. Its repository id stays the consumer's for 30 days, so that
    /// nobody takes it between two deals; not where the deal paid nothing.
    ///
    /// # Arguments
    /// * `paid` - whether the deal has paid anything
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
        consumer_id: Address,
        storage_mb: u64,
        egress_mb: u64,
        paid: bool,
    ) -> Result<(), RegistryError>;
}
