//! The capacity of a bucket: arithmetic, and how deals ask for it, take it and give it back.

use flash_common::ensure;
use flash_interfaces::{
    registry::{CapacityReleased, CapacityReserved, Listing, RegistryError},
    reputation::Role,
};
use flash_money::units;
use soroban_sdk::{Address, Env, String};

use crate::{
    bucket, party, policy,
    storage::{self, BucketState, RepoName},
};

/// Agreed storage and agreed egress.
pub type Mb = (u64, u64);

/// A capacity in MB. It is at most 2^30 GB, so the product never saturates.
fn capacity_mb(capacity_gb: u64) -> u64 {
    capacity_gb.saturating_mul(units::MB_PER_GB)
}

impl BucketState {
    /// One funded deal takes the whole bucket.
    pub fn is_exclusive(&self) -> bool {
        self.max_storage_gb == 0 && self.max_egress_gb == 0
    }

    /// Whether no further deal can be expected to fit.
    pub fn nothing_left(&self) -> bool {
        if self.is_exclusive() {
            return self.reservations > 0;
        }
        self.reserved_storage_mb >= capacity_mb(self.max_storage_gb)
            || self.reserved_egress_mb >= capacity_mb(self.max_egress_gb)
    }

    /// The offer is another from now on.
    pub fn count_offer_change(&mut self) {
        self.offer_revision = self.offer_revision.saturating_add(1);
    }

    /// Whether a deal may be entered.
    fn ensure_open(&self) -> Result<(), RegistryError> {
        ensure!(!self.deleted, RegistryError::BucketDeleted);
        ensure!(self.listed, RegistryError::BucketInactive);
        ensure!(!self.locked, RegistryError::BucketLocked);
        Ok(())
    }

    /// Whether the offer is still the one that a deal was accepted at by the bucket itself.
    fn ensure_offer(&self, revision: Option<u32>) -> Result<(), RegistryError> {
        ensure!(
            revision.is_none_or(|revision| revision == self.offer_revision),
            RegistryError::OfferChanged
        );
        Ok(())
    }

    /// Adds a funded deal. An error leaves everything as it was.
    pub fn reserve(&mut self, storage_mb: u64, egress_mb: u64) -> Result<(), RegistryError> {
        let too_large = RegistryError::CapacityExceeded;
        let exclusive = self.is_exclusive();
        ensure!(
            !exclusive || self.reservations == 0,
            RegistryError::BucketTaken
        );
        let storage_mb = self.reserved_storage_mb.checked_add(storage_mb);
        let egress_mb = self.reserved_egress_mb.checked_add(egress_mb);
        let (Some(storage_mb), Some(egress_mb)) = (storage_mb, egress_mb) else {
            return Err(too_large);
        };
        let fits = storage_mb <= capacity_mb(self.max_storage_gb)
            && egress_mb <= capacity_mb(self.max_egress_gb);
        ensure!(exclusive || fits, too_large);
        self.reservations = self.reservations.checked_add(1).ok_or(too_large)?;
        self.reserved_storage_mb = storage_mb;
        self.reserved_egress_mb = egress_mb;
        Ok(())
    }

    /// Takes a funded deal away. An error leaves everything as it was.
    pub fn release(&mut self, storage_mb: u64, egress_mb: u64) -> Result<(), RegistryError> {
        let too_much = RegistryError::ReleaseExceedsReserved;
        let storage_mb = self.reserved_storage_mb.checked_sub(storage_mb);
        let egress_mb = self.reserved_egress_mb.checked_sub(egress_mb);
        let (Some(storage_mb), Some(egress_mb)) = (storage_mb, egress_mb) else {
            return Err(too_much);
        };
        self.reservations = self.reservations.checked_sub(1).ok_or(too_much)?;
        self.reserved_storage_mb = storage_mb;
        self.reserved_egress_mb = egress_mb;
        Ok(())
    }

    /// Swaps a funded deal for another of another size. An error leaves everything as it was.
    pub fn replace(&mut self, replaced_mb: Mb, new_mb: Mb) -> Result<(), RegistryError> {
        ensure!(!self.deleted, RegistryError::BucketDeleted);
        let mut swapped = self.clone();
        swapped.release(replaced_mb.0, replaced_mb.1)?;
        swapped.reserve(new_mb.0, new_mb.1)?;
        *self = swapped;
        Ok(())
    }

    /// Sets other capacities, if what is reserved allows it.
    pub fn resize(&mut self, max_storage_gb: u64, max_egress_gb: u64) -> Result<(), RegistryError> {
        let exclusive = max_storage_gb == 0 && max_egress_gb == 0;
        ensure!(
            self.is_exclusive() == exclusive || self.reservations == 0,
            RegistryError::BucketReserved
        );
        let covers = self.reserved_storage_mb <= capacity_mb(max_storage_gb)
            && self.reserved_egress_mb <= capacity_mb(max_egress_gb);
        ensure!(exclusive || covers, RegistryError::CapacityBelowReserved);
        if self.is_exclusive() != exclusive {
            self.count_offer_change();
        }
        self.max_storage_gb = max_storage_gb;
        self.max_egress_gb = max_egress_gb;
        Ok(())
    }
}

/// What a new deal of this size copies from a bucket that would take it, perhaps in place of another deal.
pub fn listing(
    env: &Env,
    bucket_id: u32,
    provider_id: &Address,
    consumer_id: &Address,
    new_mb: Mb,
    replaced_mb: Option<Mb>,
) -> Result<Listing, RegistryError> {
    party::active(env, Role::Provider, provider_id)?;
    party::active(env, Role::Consumer, consumer_id)?;
    let (offer, mut state) = bucket::own(env, provider_id, bucket_id)?;
    if let Some(replaced_mb) = replaced_mb {
        state.replace(replaced_mb, new_mb)?;
    } else {
        state.ensure_open()?;
        state.reserve(new_mb.0, new_mb.1)?;
    }
    Ok(Listing {
        metering: offer.metering(),
        auto_accept_asset: offer.auto_accept_asset,
        auto_accept_policy: offer.auto_accept_policy,
        provider_id: offer.provider_id,
        api_compatibility: offer.api_compatibility,
        price_per_gb_storage: offer.price_per_gb_storage,
        price_per_gb_egress: offer.price_per_gb_egress,
        sla_avg_latency_ms: offer.sla_avg_latency_ms,
        sla_avg_uptime_pct: offer.sla_avg_uptime_bps,
        offer_revision: state.offer_revision,
    })
}

/// Takes capacity and a repository id for a deal that is being funded.
pub fn reserve(
    env: &Env,
    bucket_id: u32,
    deal_id: u32,
    fb_repo_id: &String,
    consumer: &Address,
    storage_mb: u64,
    egress_mb: u64,
    offer_revision: Option<u32>,
) -> Result<(), RegistryError> {
    let mut state = storage::state(env, bucket_id).ok_or(RegistryError::BucketNotFound)?;
    state.ensure_open()?;
    state.ensure_offer(offer_revision)?;
    policy::check_external_id(fb_repo_id)?;
    let owned_until_ts = owned_until_ts(env, bucket_id, fb_repo_id, consumer)?;
    state.reserve(storage_mb, egress_mb)?;
    let name = RepoName::Used {
        deal_id,
        owned_until_ts,
    };
    storage::set_repo_name(env, bucket_id, fb_repo_id, name);
    store_reserved(env, bucket_id, deal_id, &state);
    Ok(())
}

/// Passes capacity and repository id of a deal on to its successor.
pub fn replace(
    env: &Env,
    bucket_id: u32,
    fb_repo_id: &String,
    (replaced_id, replaced_mb, paid): (u32, Mb, bool),
    (deal_id, new_mb, offer_revision): (u32, Mb, Option<u32>),
) -> Result<(), RegistryError> {
    let mut state = storage::state(env, bucket_id).ok_or(RegistryError::BucketNotFound)?;
    state.ensure_offer(offer_revision)?;
    let owned_until_ts = used_by(env, bucket_id, fb_repo_id, replaced_id)?;
    state.replace(replaced_mb, new_mb)?;
    let name = RepoName::Used {
        deal_id,
        owned_until_ts: if paid {
            env.ledger()
                .timestamp()
                .saturating_add(policy::NAME_OWNED_SECS)
        } else {
            owned_until_ts
        },
    };
    storage::set_repo_name(env, bucket_id, fb_repo_id, name);
    store_reserved(env, bucket_id, deal_id, &state);
    Ok(())
}

/// Until when the repository id of a funded deal is its consumer's from an earlier one. The name proves the
/// reservation, so nothing is given back twice, or by another deal.
fn used_by(
    env: &Env,
    bucket_id: u32,
    fb_repo_id: &String,
    deal_id: u32,
) -> Result<u64, RegistryError> {
    match storage::repo_name(env, bucket_id, fb_repo_id) {
        Some(RepoName::Used {
            deal_id: user,
            owned_until_ts,
        }) if user == deal_id => Ok(owned_until_ts),
        _ => Err(RegistryError::ReleaseExceedsReserved),
    }
}

/// Stores what is reserved on a bucket, and says so.
fn store_reserved(env: &Env, bucket_id: u32, deal_id: u32, state: &BucketState) {
    storage::set_state(env, bucket_id, state);
    storage::extend_state(env, bucket_id);
    CapacityReserved {
        bucket_id,
        deal_id,
        reserved_storage_mb: state.reserved_storage_mb,
        reserved_egress_mb: state.reserved_egress_mb,
    }
    .publish(env);
}

/// Until when a repository id is the consumer's from an earlier deal; 0: it is nobody's. An error if it is
/// another's, or a funded deal uses it: the usage of one would count for the other.
fn owned_until_ts(
    env: &Env,
    bucket_id: u32,
    fb_repo_id: &String,
    consumer: &Address,
) -> Result<u64, RegistryError> {
    match storage::repo_name(env, bucket_id, fb_repo_id) {
        Some(RepoName::Used { .. }) => Err(RegistryError::RepoIdTaken),
        Some(RepoName::Owned {
            consumer: owner,
            until_ts,
        }) if until_ts > env.ledger().timestamp() => {
            ensure!(owner == *consumer, RegistryError::RepoIdOwned);
            Ok(until_ts)
        }
        _ => Ok(0),
    }
}

/// Gives back what a deal reserved.
pub fn release(
    env: &Env,
    bucket_id: u32,
    deal_id: u32,
    fb_repo_id: &String,
    consumer: Address,
    storage_mb: u64,
    egress_mb: u64,
    paid: bool,
) -> Result<(), RegistryError> {
    let mut state = storage::state(env, bucket_id).ok_or(RegistryError::BucketNotFound)?;
    let owned_until_ts = used_by(env, bucket_id, fb_repo_id, deal_id)?;
    state.release(storage_mb, egress_mb)?;
    let now = env.ledger().timestamp();
    let until_ts = if paid {
        now.saturating_add(policy::NAME_OWNED_SECS)
    } else {
        owned_until_ts
    };
    if until_ts > now {
        let name = RepoName::Owned { consumer, until_ts };
        storage::set_repo_name(env, bucket_id, fb_repo_id, name);
    } else {
        storage::remove_repo_name(env, bucket_id, fb_repo_id);
    }
    storage::set_state(env, bucket_id, &state);
    storage::extend_bucket(env, bucket_id);
    CapacityReleased {
        bucket_id,
        deal_id,
        reserved_storage_mb: state.reserved_storage_mb,
        reserved_egress_mb: state.reserved_egress_mb,
    }
    .publish(env);
    Ok(())
}
