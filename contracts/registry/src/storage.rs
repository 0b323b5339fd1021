//! The only file that touches storage. Keys are private; queries never extend a TTL.
//!
//! A bucket has two entries: what its provider offers, and the small state that every funding and
//! release rewrites. Nothing derived is stored, and no entry grows with use.

use flash_common::{stored, ttl};
use flash_interfaces::{registry::RegistryError, reputation::Role};
use soroban_sdk::{xdr::ToXdr, Address, Env, IntoVal, String, Symbol, TryFromVal, Val, Vec};

/// Instance: the contract that reserves and releases.
const DEALS: &str = "Deals";
/// Instance: the contract that scores providers and consumers.
const REPUTATION: &str = "Reputation";
/// (address)
const PROVIDER: &str = "Provider";
const CONSUMER: &str = "Consumer";
/// (n): the n-th ever registered, from 1.
const PROVIDER_AT: &str = "ProviderAt";
const CONSUMER_AT: &str = "ConsumerAt";
const PROVIDER_COUNT: &str = "ProviderCount";
const CONSUMER_COUNT: &str = "ConsumerCount";
/// (bucket)
const BUCKET_OFFER: &str = "BucketOffer";
const BUCKET_STATE: &str = "BucketState";
const BUCKET_COUNT: &str = "BucketCount";
/// (provider, n): id of the n-th bucket of a provider, from 1.
const PROVIDER_BUCKET: &str = "ProviderBucket";
/// (hash of provider and external id): the bucket that is listed with them. Provider and id themselves
/// may be longer than a key.
const EXTERNAL_ID: &str = "ExternalId";
/// (bucket, repository id): a [`RepoName`].
const REPO: &str = "Repo";

stored! {
    /// A provider or a consumer. A consumer's bucket figures stay 0.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Party {
        pub description: String,
        /// First registration; a revival does not change it.
        pub registered_ts: u64,
        pub last_update_ts: u64,
        pub deleted: bool,
        /// By the owner, who has not let it back yet.
        pub removed: bool,
        /// Buckets that are not deleted.
        pub buckets: u32,
        /// Buckets ever made.
        pub buckets_made: u32,
    }
}

stored! {
    /// What a provider offers. Deals do not change it.
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
        pub auto_accept_asset: Option<Address>,
        pub auto_accept_policy: u32,
        pub tags: Vec<String>,
        pub created_ts: u64,
        pub endpoint: String,
        /// By a gateway otherwise.
        pub metered_by_provider: bool,
    }
}

stored! {
    /// What changes with deals, and what decides whether a deal fits.
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
        /// Counts the changes of the offer. Here, because a funding compares it and reads no offer.
        pub offer_revision: u32,
    }
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
        offer_revision: 1,
    };
}

// ---- configuration (instance) ----

pub fn set_links(env: &Env, deals: &Address, reputation: &Address) {
    let instance = env.storage().instance();
    instance.set(&named(env, DEALS), deals);
    instance.set(&named(env, REPUTATION), reputation);
}

/// The contract that reserves and releases. Absent only where the constructor never ran. Then it is
/// this contract, which never calls itself, so nobody can reserve.
pub fn deals(env: &Env) -> Address {
    link(env, DEALS)
}

pub fn reputation(env: &Env) -> Address {
    link(env, REPUTATION)
}

fn link(env: &Env, name: &str) -> Address {
    let stored = env.storage().instance().get(&named(env, name));
    stored.unwrap_or_else(|| env.current_contract_address())
}

// ---- providers and consumers ----

fn party_key(env: &Env, role: Role, id: &Address) -> Val {
    let name = match role {
        Role::Provider => PROVIDER,
        Role::Consumer => CONSUMER,
    };
    (Symbol::new(env, name), id).into_val(env)
}

fn party_at_key(env: &Env, role: Role, n: u32) -> Val {
    let name = match role {
        Role::Provider => PROVIDER_AT,
        Role::Consumer => CONSUMER_AT,
    };
    numbered(env, name, n)
}

fn party_count_key(env: &Env, role: Role) -> Val {
    let name = match role {
        Role::Provider => PROVIDER_COUNT,
        Role::Consumer => CONSUMER_COUNT,
    };
    named(env, name)
}

fn named(env: &Env, name: &str) -> Val {
    (Symbol::new(env, name),).into_val(env)
}

#[inline(never)]
fn numbered(env: &Env, name: &str, number: u32) -> Val {
    (Symbol::new(env, name), number).into_val(env)
}

fn provider_bucket_key(env: &Env, provider_id: &Address, n: u32) -> Val {
    (Symbol::new(env, PROVIDER_BUCKET), provider_id, n).into_val(env)
}

fn external_id_key(env: &Env, provider_id: &Address, fb_bucket_id: &String) -> Val {
    let named = (provider_id, fb_bucket_id).to_xdr(env);
    let hash = env.crypto().sha256(&named).to_bytes();
    (Symbol::new(env, EXTERNAL_ID), hash).into_val(env)
}

fn repo_key(env: &Env, bucket_id: u32, fb_repo_id: &String) -> Val {
    (Symbol::new(env, REPO), bucket_id, fb_repo_id).into_val(env)
}

/// A deleted one too.
pub fn party(env: &Env, role: Role, id: &Address) -> Option<Party> {
    env.storage().persistent().get(&party_key(env, role, id))
}

pub fn set_party(env: &Env, role: Role, id: &Address, party: &Party) {
    let key = party_key(env, role, id);
    env.storage().persistent().set(&key, party);
    ttl::extend(env, &key);
}

/// Stores a party that was never registered before, under the next number of its role.
pub fn add_party(env: &Env, role: Role, id: &Address, party: &Party) -> Result<(), RegistryError> {
    let n = next(env, party_count_key(env, role))?;
    let at = party_at_key(env, role, n);
    env.storage().persistent().set(&at, id);
    ttl::extend_longest(env, &at);
    set_party(env, role, id, party);
    Ok(())
}

/// All ever registered.
pub fn party_count(env: &Env, role: Role) -> u32 {
    count(env, party_count_key(env, role))
}

pub fn party_at(env: &Env, role: Role, n: u32) -> Option<Address> {
    env.storage().persistent().get(&party_at_key(env, role, n))
}

// ---- buckets ----

/// All ever made.
pub fn bucket_count(env: &Env) -> u32 {
    count(env, named(env, BUCKET_COUNT))
}

/// Stores a [`BucketState::NEW`] bucket as the `n`-th of its provider; returns its id.
pub fn add_bucket(env: &Env, n: u32, offer: &BucketOffer) -> Result<u32, RegistryError> {
    let bucket_id = next(env, named(env, BUCKET_COUNT))?;
    let nth = provider_bucket_key(env, &offer.provider_id, n);
    env.storage().persistent().set(&nth, &bucket_id);
    ttl::extend_longest(env, &nth);
    let external_id = external_id_key(env, &offer.provider_id, &offer.fb_bucket_id);
    env.storage().persistent().set(&external_id, &bucket_id);
    ttl::extend(env, &external_id);
    set_offer(env, bucket_id, offer);
    set_state(env, bucket_id, &BucketState::NEW);
    extend_bucket(env, bucket_id);
    Ok(bucket_id)
}

pub fn offer(env: &Env, bucket_id: u32) -> Option<BucketOffer> {
    env.storage()
        .persistent()
        .get(&numbered(env, BUCKET_OFFER, bucket_id))
}

/// The caller extends the bucket's TTL.
pub fn set_offer(env: &Env, bucket_id: u32, offer: &BucketOffer) {
    env.storage()
        .persistent()
        .set(&numbered(env, BUCKET_OFFER, bucket_id), offer);
}

pub fn state(env: &Env, bucket_id: u32) -> Option<BucketState> {
    env.storage()
        .persistent()
        .get(&numbered(env, BUCKET_STATE, bucket_id))
}

/// The caller extends the bucket's TTL.
pub fn set_state(env: &Env, bucket_id: u32, state: &BucketState) {
    env.storage()
        .persistent()
        .set(&numbered(env, BUCKET_STATE, bucket_id), state);
}

/// Both entries of a bucket that a command has touched.
pub fn extend_bucket(env: &Env, bucket_id: u32) {
    ttl::extend(env, &numbered(env, BUCKET_OFFER, bucket_id));
    ttl::extend(env, &numbered(env, BUCKET_STATE, bucket_id));
}

/// The entry that a funding writes. A funding does not read the offer, whose TTL grows whenever a deal
/// is released; extending it here too would cost every funding one more entry.
pub fn extend_state(env: &Env, bucket_id: u32) {
    ttl::extend(env, &numbered(env, BUCKET_STATE, bucket_id));
}

/// Both entries of a bucket that no command will touch again.
pub fn extend_deleted_bucket(env: &Env, bucket_id: u32) {
    ttl::extend_longest(env, &numbered(env, BUCKET_OFFER, bucket_id));
    ttl::extend_longest(env, &numbered(env, BUCKET_STATE, bucket_id));
}

/// Whether a bucket of this provider that is not deleted has this external id.
pub fn is_external_id_taken(env: &Env, provider_id: &Address, fb_bucket_id: &String) -> bool {
    env.storage()
        .persistent()
        .has(&external_id_key(env, provider_id, fb_bucket_id))
}

/// Lets the provider of a deleted bucket list its external id again.
pub fn free_external_id(env: &Env, offer: &BucketOffer) {
    env.storage().persistent().remove(&external_id_key(
        env,
        &offer.provider_id,
        &offer.fb_bucket_id,
    ));
}

/// Id of the n-th bucket of a provider, from 1.
pub fn provider_bucket(env: &Env, provider_id: &Address, n: u32) -> Option<u32> {
    let key = provider_bucket_key(env, provider_id, n);
    env.storage().persistent().get(&key)
}

// ---- repository ids ----

/// Who has a repository id of a bucket.
pub enum RepoName {
    /// A funded deal. Its consumer has it from an earlier deal too, until then; 0: it does not.
    Used { deal_id: u32, owned_until_ts: u64 },
    /// The consumer of an earlier deal, until then.
    Owned { consumer: Address, until_ts: u64 },
}

pub fn repo_name(env: &Env, bucket_id: u32, fb_repo_id: &String) -> Option<RepoName> {
    let key = repo_key(env, bucket_id, fb_repo_id);
    let stored: Val = env.storage().persistent().get(&key)?;
    if let Ok(deal_id) = u32::try_from_val(env, &stored) {
        return Some(RepoName::Used {
            deal_id,
            owned_until_ts: 0,
        });
    }
    let (whose, until_ts) = <(Val, u64)>::try_from_val(env, &stored).ok()?;
    Some(match u32::try_from_val(env, &whose) {
        Ok(deal_id) => RepoName::Used {
            deal_id,
            owned_until_ts: until_ts,
        },
        Err(_) => RepoName::Owned {
            consumer: Address::try_from_val(env, &whose).ok()?,
            until_ts,
        },
    })
}

/// The number alone where nobody owned it before, as for most deals: every byte is paid for as long as the
/// deal runs.
pub fn set_repo_name(env: &Env, bucket_id: u32, fb_repo_id: &String, name: RepoName) {
    let value: Val = match name {
        RepoName::Used {
            deal_id,
            owned_until_ts: 0,
        } => deal_id.into_val(env),
        RepoName::Used {
            deal_id,
            owned_until_ts,
        } => (deal_id, owned_until_ts).into_val(env),
        RepoName::Owned { consumer, until_ts } => (consumer, until_ts).into_val(env),
    };
    let key = repo_key(env, bucket_id, fb_repo_id);
    env.storage().persistent().set(&key, &value);
    ttl::extend(env, &key);
}

pub fn remove_repo_name(env: &Env, bucket_id: u32, fb_repo_id: &String) {
    env.storage()
        .persistent()
        .remove(&repo_key(env, bucket_id, fb_repo_id));
}

// ---- counters, each an entry of its own ----

fn count(env: &Env, key: Val) -> u32 {
    env.storage().persistent().get(&key).unwrap_or(0)
}

fn next(env: &Env, key: Val) -> Result<u32, RegistryError> {
    let n = count(env, key)
        .checked_add(1)
        .ok_or(RegistryError::IdsExhausted)?;
    env.storage().persistent().set(&key, &n);
    ttl::extend(env, &key);
    Ok(n)
}
