//! Queries. Nothing here writes or extends a TTL. Only queries call `reputation`.

use flash_common::{
    admin, ensure,
    limits::{PAGE_JOINED, PAGE_PLAIN},
};
use flash_interfaces::{
    registry::{
        Bucket, BucketMarketplace, BucketStatus, Consumer, Parties, PartiesQuery, Provider,
        RegistryConfig, RegistryError,
    },
    reputation::{ReputationClient, Role},
};
use soroban_sdk::{vec, Address, Env, Map, String, Vec};

use crate::{
    bucket, policy,
    storage::{self, Party},
};

/// The numbers of a page, newest first: from `count` down to 1, without the first `skip`.
pub fn newest_first(count: u32, skip: u32, take: u32, cap: u32) -> impl Iterator<Item = u32> {
    let newest = count.saturating_sub(skip);
    let rest = newest.saturating_sub(take.min(cap));
    (rest..newest).rev().map(|below| below.saturating_add(1))
}

pub fn config(env: &Env) -> RegistryConfig {
    RegistryConfig {
        admin: admin::config(env),
        deals: storage::deals(env),
        reputation: storage::reputation(env),
    }
}

// ---- providers and consumers ----

pub fn provider(env: &Env, id: Address) -> Option<Provider> {
    let (party, score) = scored_party(env, Role::Provider, &id)?;
    Some(published_provider(env, id, party, score))
}

pub fn consumer(env: &Env, id: Address) -> Option<Consumer> {
    let (party, score) = scored_party(env, Role::Consumer, &id)?;
    Some(published_consumer(env, id, party, score))
}

fn scored_party(env: &Env, role: Role, id: &Address) -> Option<(Party, u32)> {
    let party = storage::party(env, role, id)?;
    let score = scores(env, &vec![env, (id.clone(), role)]).get(0)?;
    Some((party, score))
}

pub fn provider_list(env: &Env, skip: u32, take: u32) -> Vec<Provider> {
    let mut list = Vec::new(env);
    for_each_party(env, Role::Provider, skip, take, &mut |id, party, score| {
        list.push_back(published_provider(env, id, party, score));
    });
    list
}

pub fn consumer_list(env: &Env, skip: u32, take: u32) -> Vec<Consumer> {
    let mut list = Vec::new(env);
    for_each_party(env, Role::Consumer, skip, take, &mut |id, party, score| {
        list.push_back(published_consumer(env, id, party, score));
    });
    list
}

pub fn providers(env: &Env, skip: u32, take: u32) -> Map<Address, Provider> {
    let mut map = Map::new(env);
    for_each_party(env, Role::Provider, skip, take, &mut |id, party, score| {
        map.set(id.clone(), published_provider(env, id, party, score));
    });
    map
}

pub fn consumers(env: &Env, skip: u32, take: u32) -> Map<Address, Consumer> {
    let mut map = Map::new(env);
    for_each_party(env, Role::Consumer, skip, take, &mut |id, party, score| {
        map.set(id.clone(), published_consumer(env, id, party, score));
    });
    map
}

/// A page of a role, with all scores from one call. `dyn`, so that the Wasm holds it once and not
/// four times.
fn for_each_party(
    env: &Env,
    role: Role,
    skip: u32,
    take: u32,
    visit: &mut dyn FnMut(Address, Party, u32),
) {
    let mut page = Vec::new(env);
    for n in newest_first(storage::party_count(env, role), skip, take, PAGE_JOINED) {
        if let Some(id) = storage::party_at(env, role, n) {
            page.push_back((id, role));
        }
    }
    for ((id, _), score) in page.iter().zip(scores(env, &page).iter()) {
        if let Some(party) = storage::party(env, role, &id) {
            visit(id, party, score);
        }
    }
}

/// The scores, from one call to `reputation`; no call when nobody is asked about.
fn scores(env: &Env, of: &Vec<(Address, Role)>) -> Vec<u32> {
    if of.is_empty() {
        return Vec::new(env);
    }
    ReputationClient::new(env, &storage::reputation(env)).get_scores(of)
}

fn published_provider(env: &Env, id: Address, party: Party, reputation: u32) -> Provider {
    Provider {
        provider_id: id,
        description: party.description,
        reputation,
        registered_ts: party.registered_ts,
        last_update_ts: party.last_update_ts,
        units_count: party.buckets,
        deleted: party.deleted,
        buckets: Map::new(env),
        deals: Map::new(env),
        active_deals: Map::new(env),
    }
}

fn published_consumer(env: &Env, id: Address, party: Party, reputation: u32) -> Consumer {
    Consumer {
        consumer_id: id,
        description: party.description,
        reputation,
        registered_ts: party.registered_ts,
        last_update_ts: party.last_update_ts,
        deleted: party.deleted,
        deals: Map::new(env),
        active_deals: Map::new(env),
    }
}

// ---- buckets ----

pub fn bucket(env: &Env, bucket_id: u32) -> Option<Bucket> {
    let (offer, state) = bucket::find(env, bucket_id).ok()?;
    Some(bucket::published(bucket_id, offer, &state))
}

/// A window of ids without the deleted ones, joined with providers and their scores.
pub fn marketplace(env: &Env, skip: u32, take: u32) -> Vec<BucketMarketplace> {
    let mut found: [Option<Bucket>; PAGE_JOINED as usize] = core::array::from_fn(|_| None);
    let mut providers = Vec::new(env);
    let window = newest_first(storage::bucket_count(env), skip, take, PAGE_JOINED);
    for (slot, bucket_id) in found.iter_mut().zip(window) {
        *slot = bucket(env, bucket_id).filter(|bucket| bucket.status != BucketStatus::Deleted);
        if let Some(bucket) = slot {
            providers.push_back((bucket.provider_id.clone(), Role::Provider));
        }
    }
    let mut list = Vec::new(env);
    let found = found.iter_mut().filter_map(Option::take);
    for (bucket, score) in found.zip(scores(env, &providers).iter()) {
        let name = description(env, Role::Provider, &bucket.provider_id);
        list.push_back(with_provider(bucket, name, score));
    }
    list
}

pub fn buckets_by_provider(env: &Env, provider_id: &Address, skip: u32, take: u32) -> Vec<Bucket> {
    let made =
        storage::party(env, Role::Provider, provider_id).map_or(0, |party| party.buckets_made);
    let mut list = Vec::new(env);
    for n in newest_first(made, skip, take, PAGE_PLAIN) {
        let bucket_id = storage::provider_bucket(env, provider_id, n);
        if let Some(bucket) = bucket_id.and_then(|bucket_id| bucket(env, bucket_id)) {
            list.push_back(bucket);
        }
    }
    list
}

/// The registry's part of a page of deals.
pub fn parties(env: &Env, of: &Vec<PartiesQuery>) -> Result<Vec<Parties>, RegistryError> {
    ensure!(of.len() <= policy::MAX_PARTIES, RegistryError::TooManyItems);
    let mut list = Vec::new(env);
    for asked in of.iter() {
        list.push_back(Parties {
            bucket: bucket(env, asked.bucket_id).ok_or(RegistryError::BucketNotFound)?,
            provider_name: description(env, Role::Provider, &asked.provider),
            consumer_name: description(env, Role::Consumer, &asked.consumer),
        });
    }
    Ok(list)
}

fn description(env: &Env, role: Role, id: &Address) -> String {
    storage::party(env, role, id)
        .map_or_else(|| String::from_str(env, ""), |party| party.description)
}

fn with_provider(
    bucket: Bucket,
    provider_name: String,
    provider_reputation: u32,
) -> BucketMarketplace {
    BucketMarketplace {
        bucket_id: bucket.bucket_id,
        name: bucket.name,
        region: bucket.region,
        country: bucket.country,
        provider_id: bucket.provider_id,
        provider_name,
        provider_reputation,
        fb_bucket_id: bucket.fb_bucket_id,
        price_per_gb_storage: bucket.price_per_gb_storage,
        price_per_gb_egress: bucket.price_per_gb_egress,
        max_storage_gb: bucket.max_storage_gb,
        max_egress_gb: bucket.max_egress_gb,
        versioning_enabled: bucket.versioning_enabled,
        encryption_at_rest: bucket.encryption_at_rest,
        encryption_in_transit: bucket.encryption_in_transit,
        object_locking: bucket.object_locking,
        api_compatibility: bucket.api_compatibility,
        sla_avg_latency_ms: bucket.sla_avg_latency_ms,
        sla_avg_uptime_pct: bucket.sla_avg_uptime_pct,
        access_scope: bucket.access_scope,
        tags: bucket.tags,
        created_ts: bucket.created_ts,
        status: bucket.status,
        locked: bucket.locked,
        auto_accept: bucket.auto_accept,
        auto_accept_asset: bucket.auto_accept_asset,
        auto_accept_policy: bucket.auto_accept_policy,
        reserved_storage_mb: bucket.reserved_storage_mb,
        reserved_egress_mb: bucket.reserved_egress_mb,
        endpoint: bucket.endpoint,
        metering: bucket.metering,
        offer_revision: bucket.offer_revision,
    }
}
