//! The only file that touches storage. Keys are private; queries never extend a TTL.
//!
//! A bucket has two entries: what its provider offers, and the small state that every funding and
//! release rewrites. Nothing derived is stored, and no entry grows with use.

use flash_common::ttl;
use flash_interfaces::{registry::RegistryError, reputation::Role};
use soroban_sdk::{contracttype, Address, Env, String, Vec};

#[contracttype]
enum DataKey {
    /// Instance: the contract that reserves and releases.
    Deals,
    /// Instance: the contract that scores providers and consumers.
    Reputation,
    Provider(Address),
    Consumer(Address),
    /// The n-th ever registered, from 1.
    ProviderAt(u32),
    ConsumerAt(u32),
    ProviderCount,
    ConsumerCount,
    BucketOffer(u32),
    BucketState(u32),
    BucketCount,
    /// Id of the n-th bucket of a provider, from 1.
    ProviderBucket(Address, u32),
    /// The funded deal that uses a repository id on a bucket.
    Repo(u32, String),
}

/// A provider or a consumer. A consumer's bucket figures stay 0.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Party {
    pub description: String,
    /// First registration; a revival does not change it.
    pub registered_ts: u64,
    pub last_update_ts: u64,
    pub deleted: bool,
    /// Buckets that are not deleted.
    pub buckets: u32,
    /// Buckets ever made.
    pub buckets_made: u32,
}

/// What a provider offers. Deals do not change it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketOffer {
    pub provider_id: Address,
    pub name: String,
    pub region: String,
    pub country: String,
    pub fb_bucket_id: String,
    pub api_compatibility: String,
    pub price_per_gb_storage: u128,
    pub price_per_gb_egress: u128,
    pub sla_avg_latency_ms: u32,
    pub sla_avg_uptime_bps: u32,
    pub versioning_enabled: bool,
    pub encryption_at_rest: bool,
    pub encryption_in_transit: bool,
    pub object_locking: bool,
    pub access_scope: String,
    pub auto_accept: bool,
    pub tags: Vec<String>,
    pub created_ts: u64,
}

/// What changes with deals, and what decides whether a deal fits. Stored as [`StoredState`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketState {
    pub deleted: bool,
    pub listed: bool,
    /// By the provider.
    pub locked: bool,
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    /// Funded deals.
    pub reservations: u32,
}

impl BucketState {
    /// Listed, unlocked, exclusive, free.
    pub const NEW: Self = Self {
        deleted: false,
        listed: true,
        locked: false,
        max_storage_gb: 0,
        max_egress_gb: 0,
        reserved_storage_mb: 0,
        reserved_egress_mb: 0,
        reservations: 0,
    };
}

/// [`BucketState`] in its order: a tuple costs less to read and write than a map.
type StoredState = (bool, bool, bool, u64, u64, u64, u64, u32);

// ---- configuration (instance) ----

pub fn set_links(env: &Env, deals: &Address, reputation: &Address) {
    let instance = env.storage().instance();
    instance.set(&DataKey::Deals, deals);
    instance.set(&DataKey::Reputation, reputation);
}

/// The contract that reserves and releases. It is absent only in an instance whose constructor
/// never ran; then it is this contract, which never calls itself, so nobody can reserve.
pub fn deals(env: &Env) -> Address {
    link(env, &DataKey::Deals)
}

pub fn reputation(env: &Env) -> Address {
    link(env, &DataKey::Reputation)
}

fn link(env: &Env, key: &DataKey) -> Address {
    let stored = env.storage().instance().get(key);
    stored.unwrap_or_else(|| env.current_contract_address())
}

// ---- providers and consumers ----

fn party_key(role: Role, id: &Address) -> DataKey {
    match role {
        Role::Provider => DataKey::Provider(id.clone()),
        Role::Consumer => DataKey::Consumer(id.clone()),
    }
}

fn party_at_key(role: Role, n: u32) -> DataKey {
    match role {
        Role::Provider => DataKey::ProviderAt(n),
        Role::Consumer => DataKey::ConsumerAt(n),
    }
}

fn party_count_key(role: Role) -> DataKey {
    match role {
        Role::Provider => DataKey::ProviderCount,
        Role::Consumer => DataKey::ConsumerCount,
    }
}

/// A deleted one too.
pub fn party(env: &Env, role: Role, id: &Address) -> Option<Party> {
    env.storage().persistent().get(&party_key(role, id))
}

pub fn set_party(env: &Env, role: Role, id: &Address, party: &Party) {
    let key = party_key(role, id);
    env.storage().persistent().set(&key, party);
    ttl::extend(env, &key);
}

/// Stores a party that was never registered before, under the next number of its role.
pub fn add_party(env: &Env, role: Role, id: &Address, party: &Party) -> Result<(), RegistryError> {
    let n = next(env, &party_count_key(role))?;
    let at = party_at_key(role, n);
    env.storage().persistent().set(&at, id);
    ttl::extend_longest(env, &at);
    set_party(env, role, id, party);
    Ok(())
}

/// All ever registered.
pub fn party_count(env: &Env, role: Role) -> u32 {
    count(env, &party_count_key(role))
}

pub fn party_at(env: &Env, role: Role, n: u32) -> Option<Address> {
    env.storage().persistent().get(&party_at_key(role, n))
}

// ---- buckets ----

/// All ever made.
pub fn bucket_count(env: &Env) -> u32 {
    count(env, &DataKey::BucketCount)
}

/// Stores a [`BucketState::NEW`] bucket as the `n`-th of its provider; returns its id.
pub fn add_bucket(env: &Env, n: u32, offer: &BucketOffer) -> Result<u32, RegistryError> {
    let bucket_id = next(env, &DataKey::BucketCount)?;
    let nth = DataKey::ProviderBucket(offer.provider_id.clone(), n);
    env.storage().persistent().set(&nth, &bucket_id);
    ttl::extend_longest(env, &nth);
    set_offer(env, bucket_id, offer);
    set_state(env, bucket_id, &BucketState::NEW);
    extend_bucket(env, bucket_id);
    Ok(bucket_id)
}

pub fn offer(env: &Env, bucket_id: u32) -> Option<BucketOffer> {
    env.storage()
        .persistent()
        .get(&DataKey::BucketOffer(bucket_id))
}

/// The caller extends the bucket's TTL.
pub fn set_offer(env: &Env, bucket_id: u32, offer: &BucketOffer) {
    env.storage()
        .persistent()
        .set(&DataKey::BucketOffer(bucket_id), offer);
}

pub fn state(env: &Env, bucket_id: u32) -> Option<BucketState> {
    let stored: StoredState = env
        .storage()
        .persistent()
        .get(&DataKey::BucketState(bucket_id))?;
    let (
        deleted,
        listed,
        locked,
        max_storage_gb,
        max_egress_gb,
        reserved_storage_mb,
        reserved_egress_mb,
        reservations,
    ) = stored;
    Some(BucketState {
        deleted,
        listed,
        locked,
        max_storage_gb,
        max_egress_gb,
        reserved_storage_mb,
        reserved_egress_mb,
        reservations,
    })
}

/// The caller extends the bucket's TTL.
pub fn set_state(env: &Env, bucket_id: u32, state: &BucketState) {
    let stored: StoredState = (
        state.deleted,
        state.listed,
        state.locked,
        state.max_storage_gb,
        state.max_egress_gb,
        state.reserved_storage_mb,
        state.reserved_egress_mb,
        state.reservations,
    );
    env.storage()
        .persistent()
        .set(&DataKey::BucketState(bucket_id), &stored);
}

/// Both entries of a bucket that a command has touched.
pub fn extend_bucket(env: &Env, bucket_id: u32) {
    ttl::extend(env, &DataKey::BucketOffer(bucket_id));
    ttl::extend(env, &DataKey::BucketState(bucket_id));
}

/// The entry that a funding writes. It does not read the offer, whose TTL grows whenever a deal is
/// released; to name it here would cost every funding a decoded entry.
pub fn extend_state(env: &Env, bucket_id: u32) {
    ttl::extend(env, &DataKey::BucketState(bucket_id));
}

/// Both entries of a bucket that no command will touch again.
pub fn extend_deleted_bucket(env: &Env, bucket_id: u32) {
    ttl::extend_longest(env, &DataKey::BucketOffer(bucket_id));
    ttl::extend_longest(env, &DataKey::BucketState(bucket_id));
}

/// Id of the n-th bucket of a provider, from 1.
pub fn provider_bucket(env: &Env, provider_id: &Address, n: u32) -> Option<u32> {
    let key = DataKey::ProviderBucket(provider_id.clone(), n);
    env.storage().persistent().get(&key)
}

// ---- repository ids ----

/// The funded deal that uses a repository id on a bucket.
pub fn repo_deal(env: &Env, bucket_id: u32, fb_repo_id: &String) -> Option<u32> {
    env.storage()
        .persistent()
        .get(&DataKey::Repo(bucket_id, fb_repo_id.clone()))
}

pub fn set_repo_deal(env: &Env, bucket_id: u32, fb_repo_id: &String, deal_id: u32) {
    let key = DataKey::Repo(bucket_id, fb_repo_id.clone());
    env.storage().persistent().set(&key, &deal_id);
    ttl::extend(env, &key);
}

pub fn remove_repo_deal(env: &Env, bucket_id: u32, fb_repo_id: &String) {
    env.storage()
        .persistent()
        .remove(&DataKey::Repo(bucket_id, fb_repo_id.clone()));
}

// ---- counters, each an entry of its own ----

fn count(env: &Env, key: &DataKey) -> u32 {
    env.storage().persistent().get(key).unwrap_or(0)
}

fn next(env: &Env, key: &DataKey) -> Result<u32, RegistryError> {
    let n = count(env, key)
        .checked_add(1)
        .ok_or(RegistryError::IdsExhausted)?;
    env.storage().persistent().set(key, &n);
    ttl::extend(env, key);
    Ok(n)
}
