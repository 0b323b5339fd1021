//! A bucket: how it is made, published and deleted.

use flash_common::ensure;
use flash_interfaces::{
    registry::{
        Bucket, BucketCreated, BucketRemoved, BucketStatus, BucketUpdated, Metering, RegistryError,
    },
    reputation::Role,
};
use soroban_sdk::{Address, Env, String, Vec};

use crate::{
    party, policy,
    storage::{self, BucketOffer, BucketState},
};

/// The bucket that a command names. It must belong to `provider_id` and not be deleted.
pub fn own(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
) -> Result<(BucketOffer, BucketState), RegistryError> {
    let (offer, state) = find(env, bucket_id)?;
    ensure!(
        offer.provider_id == *provider_id,
        RegistryError::NotBucketProvider
    );
    ensure!(!state.deleted, RegistryError::BucketDeleted);
    Ok((offer, state))
}

pub fn find(env: &Env, bucket_id: u32) -> Result<(BucketOffer, BucketState), RegistryError> {
    let missing = RegistryError::BucketNotFound;
    let offer = storage::offer(env, bucket_id).ok_or(missing)?;
    let state = storage::state(env, bucket_id).ok_or(missing)?;
    Ok((offer, state))
}

/// Lists a bucket of a registered provider: Active, unlocked, exclusive, without features.
pub fn create(
    env: &Env,
    provider_id: Address,
    name: String,
    region: String,
    fb_bucket_id: String,
    api_compatibility: String,
    price_per_gb_storage: u128,
    price_per_gb_egress: u128,
    sla_avg_latency_ms: u32,
    sla_avg_uptime_bps: u32,
) -> Result<u32, RegistryError> {
    let mut provider = party::active(env, Role::Provider, &provider_id)?;
    let offer = BucketOffer {
        provider_id,
        name,
        region,
        country: String::from_str(env, ""),
        fb_bucket_id,
        api_compatibility,
        price_per_gb_storage,
        price_per_gb_egress,
        sla_avg_latency_ms,
        sla_avg_uptime_bps,
        versioning_enabled: false,
        encryption_at_rest: false,
        encryption_in_transit: false,
        object_locking: false,
        access_scope: String::from_str(env, ""),
        auto_accept_asset: None,
        auto_accept_policy: 0,
        tags: Vec::new(env),
        created_ts: env.ledger().timestamp(),
        endpoint: String::from_str(env, ""),
        metered_by_provider: false,
    };
    check_bounds(&offer)?;
    ensure!(
        !storage::is_external_id_taken(env, &offer.provider_id, &offer.fb_bucket_id),
        RegistryError::ExternalIdTaken
    );
    provider.buckets_made = increased(provider.buckets_made)?;
    provider.buckets = increased(provider.buckets)?;
    storage::set_party(env, Role::Provider, &offer.provider_id, &provider);
    let bucket_id = storage::add_bucket(env, provider.buckets_made, &offer)?;
    BucketCreated {
        bucket_id,
        provider_id: offer.provider_id.clone(),
        bucket: published(bucket_id, offer, &BucketState::NEW),
    }
    .publish(env);
    Ok(bucket_id)
}

/// Deletes a bucket: for `provider_id`, to whom it must belong, or for the owner when that is `None`.
pub fn delete(
    env: &Env,
    provider_id: Option<&Address>,
    bucket_id: u32,
) -> Result<(), RegistryError> {
    let (offer, mut state) = find(env, bucket_id)?;
    ensure!(
        provider_id.is_none_or(|id| *id == offer.provider_id),
        RegistryError::NotBucketProvider
    );
    ensure!(!state.deleted, RegistryError::BucketDeleted);
    ensure!(state.reservations == 0, RegistryError::BucketReserved);
    // A provider cannot leave before its buckets are deleted, so it exists and has this one.
    let mut provider = party::active(env, Role::Provider, &offer.provider_id)?;
    provider.buckets = provider.buckets.saturating_sub(1);
    storage::set_party(env, Role::Provider, &offer.provider_id, &provider);
    state.deleted = true;
    storage::set_state(env, bucket_id, &state);
    storage::extend_deleted_bucket(env, bucket_id);
    storage::free_external_id(env, &offer);
    BucketRemoved {
        bucket_id,
        provider_id: offer.provider_id,
        by_owner: provider_id.is_none(),
    }
    .publish(env);
    Ok(())
}

/// Publishes a change, once both entries are stored.
pub fn publish_update(env: &Env, bucket_id: u32, offer: BucketOffer, state: &BucketState) {
    storage::extend_bucket(env, bucket_id);
    BucketUpdated {
        bucket_id,
        provider_id: offer.provider_id.clone(),
        bucket: published(bucket_id, offer, state),
    }
    .publish(env);
}

/// The published shape, with derived fields. Not inlined: it is long, and used in four places.
#[inline(never)]
pub fn published(bucket_id: u32, offer: BucketOffer, state: &BucketState) -> Bucket {
    let metering = offer.metering();
    Bucket {
        bucket_id,
        name: offer.name,
        region: offer.region,
        country: offer.country,
        provider_id: offer.provider_id,
        fb_bucket_id: offer.fb_bucket_id,
        price_per_gb_storage: offer.price_per_gb_storage,
        price_per_gb_egress: offer.price_per_gb_egress,
        max_storage_gb: state.max_storage_gb,
        max_egress_gb: state.max_egress_gb,
        versioning_enabled: offer.versioning_enabled,
        encryption_at_rest: offer.encryption_at_rest,
        encryption_in_transit: offer.encryption_in_transit,
        object_locking: offer.object_locking,
        api_compatibility: offer.api_compatibility,
        sla_avg_latency_ms: offer.sla_avg_latency_ms,
        sla_avg_uptime_pct: offer.sla_avg_uptime_bps,
        access_scope: offer.access_scope,
        tags: offer.tags,
        created_ts: offer.created_ts,
        status: status(state),
        locked: state.locked || state.nothing_left(),
        auto_accept: offer.auto_accept_asset.is_some(),
        auto_accept_asset: offer.auto_accept_asset,
        auto_accept_policy: offer.auto_accept_policy,
        reserved_storage_mb: state.reserved_storage_mb,
        reserved_egress_mb: state.reserved_egress_mb,
        endpoint: offer.endpoint,
        metering,
        offer_revision: state.offer_revision,
    }
}

impl BucketOffer {
    pub fn metering(&self) -> Metering {
        if self.metered_by_provider {
            Metering::Provider
        } else {
            Metering::Gateway
        }
    }
}

fn status(state: &BucketState) -> BucketStatus {
    if state.deleted {
        BucketStatus::Deleted
    } else if state.listed {
        BucketStatus::Active
    } else {
        BucketStatus::Inactive
    }
}

fn check_bounds(offer: &BucketOffer) -> Result<(), RegistryError> {
    policy::check_name(&offer.name)?;
    policy::check_region(&offer.region)?;
    policy::check_external_id(&offer.fb_bucket_id)?;
    policy::check_api(&offer.api_compatibility)?;
    policy::check_storage_price(offer.price_per_gb_storage)?;
    policy::check_egress_price(offer.price_per_gb_egress)?;
    policy::check_latency(offer.sla_avg_latency_ms)?;
    policy::check_uptime(offer.sla_avg_uptime_bps)
}

fn increased(count: u32) -> Result<u32, RegistryError> {
    count.checked_add(1).ok_or(RegistryError::IdsExhausted)
}
