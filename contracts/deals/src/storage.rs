//! The only file that touches storage. Keys are private; TTLs are extended here, by setters and by
//! the getters that commands use, never by a query.

use flash_common::{stored, ttl};
use flash_interfaces::deals::{DealsError, Policy, Stage};
use soroban_sdk::{symbol_short, Address, Env, FromVal, IntoVal, Symbol, Val};

use crate::record::DealRecord;

mod book;
mod index;
mod shapes;

pub use book::{
    book_head, load_page, load_slot, page_key, read_slot, set_book_head, set_page, set_slot,
    PageKey, Place,
};
pub use index::{add_to_index, index_count, index_item, Side};
use shapes::{StoredDeal, StoredPolicy};

/// Instance: addresses of the other contracts.
const LINKS: Symbol = symbol_short!("Links");
/// Instance: who reports.
const ORACLE: Symbol = symbol_short!("Oracle");
/// Instance: the policy in force.
const POLICY_IN_FORCE: Symbol = symbol_short!("PolicyNow");
/// Deals ever created.
const DEAL_COUNT: Symbol = symbol_short!("DealCount");
/// (deal)
const DEAL: Symbol = symbol_short!("Deal");
/// (version)
const POLICY: Symbol = symbol_short!("Policy");
/// (deal): what the single-deal calls staged.
const DEAL_STAGE: Symbol = symbol_short!("DealStage");
stored! {
    /// The other three contracts, fixed at construction.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Links {
        pub registry: Address,
        pub escrow: Address,
        pub reputation: Address,
    }
}

stored! {
    /// Who reports. Without a `current` one: the owner while `ever_set` is false, else nobody.
    #[derive(Clone, Debug, Default, Eq, PartialEq)]
    pub struct OracleState {
        pub ever_set: bool,
        pub current: Option<Address>,
        pub next: Option<Address>,
        pub next_from_ts: u64,
        /// Counts the times that the role was given or taken away: what was staged in an earlier one is void.
        pub epoch: u32,
    }
}

// ---- configuration (instance) ----

pub fn set_links(env: &Env, links: &Links) {
    configure(env, &LINKS, links);
}

/// Set by the constructor.
pub fn links(env: &Env) -> Result<Links, DealsError> {
    configured(env, &LINKS).ok_or(DealsError::NotConstructed)
}

pub fn set_oracle(env: &Env, oracle: &OracleState) {
    configure(env, &ORACLE, oracle);
}

pub fn oracle(env: &Env) -> OracleState {
    configured(env, &ORACLE).unwrap_or_default()
}

pub fn policy_version(env: &Env) -> u32 {
    configured(env, &POLICY_IN_FORCE).unwrap_or(0)
}

// ---- policies ----

/// Stores a policy under the next version and puts it in force.
pub fn add_policy(env: &Env, policy: &Policy) -> Result<u32, DealsError> {
    let version = policy_version(env)
        .checked_add(1)
        .ok_or(DealsError::Overflow)?;
    let stored = StoredPolicy::from(policy);
    set_for_long(env, numbered(env, POLICY, version), &stored);
    configure(env, &POLICY_IN_FORCE, &version);
    Ok(version)
}

pub fn read_policy(env: &Env, version: u32) -> Option<Policy> {
    let stored: Option<StoredPolicy> = read(env, numbered(env, POLICY, version));
    stored.map(Policy::from)
}

/// The policy of a deal, for a command.
pub fn policy(env: &Env, version: u32) -> Result<Policy, DealsError> {
    let policy = read_policy(env, version).ok_or(DealsError::PolicyNotFound)?;
    ttl::extend(env, &numbered(env, POLICY, version));
    Ok(policy)
}

// ---- deals ----

pub fn deal_count(env: &Env) -> u32 {
    read(env, DEAL_COUNT.to_val()).unwrap_or(0)
}

/// The next id: dense, from 1, never reused.
pub fn next_deal_id(env: &Env) -> Result<u32, DealsError> {
    let id = deal_count(env).checked_add(1).ok_or(DealsError::Overflow)?;
    set(env, DEAL_COUNT.to_val(), &id);
    Ok(id)
}

#[inline(never)]
pub fn read_deal(env: &Env, deal_id: u32) -> Option<DealRecord> {
    let stored: StoredDeal = read(env, numbered(env, DEAL, deal_id))?;
    stored.into_record()
}

/// A deal that is not deleted.
pub fn deal(env: &Env, deal_id: u32) -> Result<DealRecord, DealsError> {
    read_deal(env, deal_id)
        .filter(|record| !record.progress.deleted)
        .ok_or(DealsError::DealNotFound)
}

pub fn set_deal(env: &Env, deal_id: u32, record: &DealRecord) {
    store(env, numbered(env, DEAL, deal_id), stored_deal(env, record));
}

/// A deal that ended: an archived entry would make reading it look like a write.
pub fn set_ended_deal(env: &Env, deal_id: u32, record: &DealRecord) {
    set_for_long(env, numbered(env, DEAL, deal_id), &stored_deal(env, record));
}

#[inline(never)]
fn stored_deal(env: &Env, record: &DealRecord) -> Val {
    StoredDeal::of(record).into_val(env)
}

// ---- staged windows ----

/// What is staged, and the epoch of the oracle that staged it.
pub fn stage(env: &Env, deal_id: u32) -> Option<(Stage, u32)> {
    let (from_ts, through_ts, storage_mb, egress_mb, latency_ms, uptime_bps, epoch) =
        read(env, numbered(env, DEAL_STAGE, deal_id))?;
    let stage = Stage {
        from_ts,
        through_ts,
        storage_mb,
        egress_mb,
        latency_ms,
        uptime_bps,
    };
    Some((stage, epoch))
}

pub fn set_stage(env: &Env, deal_id: u32, stage: &Stage, epoch: u32) {
    let Stage {
        from_ts,
        through_ts,
        storage_mb,
        egress_mb,
        latency_ms,
        uptime_bps,
    } = *stage;
    let value = (
        from_ts, through_ts, storage_mb, egress_mb, latency_ms, uptime_bps, epoch,
    );
    set(env, numbered(env, DEAL_STAGE, deal_id), &value);
}

pub fn remove_stage(env: &Env, deal_id: u32) {
    env.storage()
        .persistent()
        .remove(&numbered(env, DEAL_STAGE, deal_id));
}

// ---- entries of any kind ----

fn numbered(env: &Env, name: Symbol, number: u32) -> Val {
    (name, number).into_val(env)
}

fn configured<V: FromVal<Env, Val>>(env: &Env, key: &Symbol) -> Option<V> {
    let value: Option<Val> = env.storage().instance().get(key);
    value.map(|value| V::from_val(env, &value))
}

fn configure<V: IntoVal<Env, Val>>(env: &Env, key: &Symbol, value: &V) {
    env.storage()
        .instance()
        .set::<Symbol, Val>(key, &value.into_val(env));
}

fn read<V: FromVal<Env, Val>>(env: &Env, key: Val) -> Option<V> {
    load(env, key).map(|value| V::from_val(env, &value))
}

/// Sets an entry that commands come back to.
fn set<V: IntoVal<Env, Val>>(env: &Env, key: Val, value: &V) {
    store(env, key, value.into_val(env));
}

/// Sets an entry that may never be touched again.
fn set_for_long<V: IntoVal<Env, Val>>(env: &Env, key: Val, value: &V) {
    env.storage()
        .persistent()
        .set::<Val, Val>(&key, &value.into_val(env));
    ttl::extend_longest(env, &key);
}

#[inline(never)]
fn load(env: &Env, key: Val) -> Option<Val> {
    env.storage().persistent().get(&key)
}

#[inline(never)]
fn store(env: &Env, key: Val, value: Val) {
    env.storage().persistent().set(&key, &value);
    ttl::extend(env, &key);
}
