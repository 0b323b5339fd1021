//! Changes that a provider makes to its bucket. Existing deals keep the conditions that they copied.

use flash_common::ensure;
use flash_interfaces::registry::{BucketFeatures, BucketStatus, Metering, RegistryError};
use soroban_sdk::{Address, Env, String};

use crate::{
    bucket, policy,
    storage::{self, BucketOffer, BucketState},
};

pub fn basic(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    name: Option<String>,
    region: Option<String>,
    country: Option<String>,
) -> Result<(), RegistryError> {
    let (mut offer, state) = bucket::own(env, provider_id, bucket_id)?;
    let moved = region.is_some() || country.is_some();
    ensure!(name.is_some() || moved, RegistryError::NothingToUpdate);
    rename(&mut offer, name, region)?;
    if let Some(country) = country {
        policy::check_country(&country)?;
        offer.country = country;
    }
    store(env, bucket_id, offer, state, moved);
    Ok(())
}

pub fn conditions(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    name: Option<String>,
    region: Option<String>,
    price_per_gb_storage: Option<u128>,
    price_per_gb_egress: Option<u128>,
    sla_avg_latency_ms: Option<u32>,
    sla_avg_uptime_bps: Option<u32>,
) -> Result<(), RegistryError> {
    let (mut offer, state) = bucket::own(env, provider_id, bucket_id)?;
    let repriced = price_per_gb_storage.is_some() || price_per_gb_egress.is_some();
    let promised = sla_avg_latency_ms.is_some() || sla_avg_uptime_bps.is_some();
    let changed = region.is_some() || repriced || promised;
    ensure!(name.is_some() || changed, RegistryError::NothingToUpdate);
    rename(&mut offer, name, region)?;
    if let Some(price) = price_per_gb_storage {
        policy::check_storage_price(price)?;
        offer.price_per_gb_storage = price;
    }
    if let Some(price) = price_per_gb_egress {
        policy::check_egress_price(price)?;
        offer.price_per_gb_egress = price;
    }
    if let Some(latency_ms) = sla_avg_latency_ms {
        policy::check_latency(latency_ms)?;
        offer.sla_avg_latency_ms = latency_ms;
    }
    if let Some(uptime_bps) = sla_avg_uptime_bps {
        policy::check_uptime(uptime_bps)?;
        offer.sla_avg_uptime_bps = uptime_bps;
    }
    store(env, bucket_id, offer, state, changed);
    Ok(())
}

pub fn features(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    features: BucketFeatures,
) -> Result<(), RegistryError> {
    let (mut offer, state) = bucket::own(env, provider_id, bucket_id)?;
    policy::check_features(&features)?;
    offer.versioning_enabled = features.versioning_enabled;
    offer.encryption_at_rest = features.encryption_at_rest;
    offer.encryption_in_transit = features.encryption_in_transit;
    offer.object_locking = features.object_locking;
    offer.access_scope = features.access_scope;
    offer.auto_accept_asset = features.auto_accept_asset;
    offer.auto_accept_policy = features.auto_accept_policy;
    offer.tags = features.tags;
    store(env, bucket_id, offer, state, true);
    Ok(())
}

pub fn service(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    endpoint: String,
    metering: Metering,
) -> Result<(), RegistryError> {
    let (mut offer, state) = bucket::own(env, provider_id, bucket_id)?;
    policy::check_endpoint(&endpoint)?;
    offer.endpoint = endpoint;
    offer.metered_by_provider = metering == Metering::Provider;
    store(env, bucket_id, offer, state, true);
    Ok(())
}

pub fn status(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    status: BucketStatus,
) -> Result<(), RegistryError> {
    change_state(env, provider_id, bucket_id, &|state| {
        ensure!(
            status != BucketStatus::Deleted,
            RegistryError::StatusNotSettable
        );
        state.listed = status == BucketStatus::Active;
        Ok(())
    })
}

/// The provider's own lock. It does not touch what is reserved.
pub fn lock(env: &Env, provider_id: &Address, bucket_id: u32) -> Result<(), RegistryError> {
    change_state(env, provider_id, bucket_id, &|state| {
        ensure!(!state.locked, RegistryError::BucketAlreadyLocked);
        state.locked = true;
        Ok(())
    })
}

pub fn unlock(env: &Env, provider_id: &Address, bucket_id: u32) -> Result<(), RegistryError> {
    change_state(env, provider_id, bucket_id, &|state| {
        ensure!(state.locked, RegistryError::BucketNotLocked);
        state.locked = false;
        Ok(())
    })
}

pub fn capacity(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    max_storage_gb: u64,
    max_egress_gb: u64,
) -> Result<(), RegistryError> {
    change_state(env, provider_id, bucket_id, &|state| {
        policy::check_capacity(max_storage_gb, max_egress_gb)?;
        state.resize(max_storage_gb, max_egress_gb)
    })
}

/// `dyn` and not inlined, so that the Wasm holds it once and not four times.
#[inline(never)]
fn change_state(
    env: &Env,
    provider_id: &Address,
    bucket_id: u32,
    change: &dyn Fn(&mut BucketState) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let (offer, mut state) = bucket::own(env, provider_id, bucket_id)?;
    change(&mut state)?;
    storage::set_state(env, bucket_id, &state);
    bucket::publish_update(env, bucket_id, offer, &state);
    Ok(())
}

/// Stores and publishes a changed offer. `counted`: deals that the bucket accepted by itself under the
/// former offer cannot be funded any more.
#[inline(never)]
fn store(env: &Env, bucket_id: u32, offer: BucketOffer, mut state: BucketState, counted: bool) {
    if counted {
        state.count_offer_change();
        storage::set_state(env, bucket_id, &state);
    }
    storage::set_offer(env, bucket_id, &offer);
    bucket::publish_update(env, bucket_id, offer, &state);
}

fn rename(
    offer: &mut BucketOffer,
    name: Option<String>,
    region: Option<String>,
) -> Result<(), RegistryError> {
    if let Some(name) = name {
        policy::check_name(&name)?;
        offer.name = name;
    }
    if let Some(region) = region {
        policy::check_region(&region)?;
        offer.region = region;
    }
    Ok(())
}
