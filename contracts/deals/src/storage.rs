//! The only file that touches storage. Keys are private; TTLs are extended here, by setters and by
//! the getters that commands use, never by a query.

use flash_common::ttl;
use flash_interfaces::deals::{DealsError, Policy, Stage};
use soroban_sdk::{symbol_short, Address, Bytes, Env, FromVal, IntoVal, Symbol, Val, Vec};

use crate::{
    record::DealRecord,
    slot::{DealPage, DealSlot},
};

mod shapes;

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
/// (provider, asset, page): live deals.
const METER_PAGE: Symbol = symbol_short!("MeterPage");
/// (provider, asset): the page on which new deals are entered.
const BOOK_HEAD: Symbol = symbol_short!("BookHead");
/// (consumer): how many deals they have ever had; (consumer, n): the n-th of them.
const CONSUMER_DEALS: Symbol = symbol_short!("ConsDeals");
/// The same of a provider.
const PROVIDER_DEALS: Symbol = symbol_short!("ProvDeals");

/// The other three contracts, fixed at construction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Links {
    pub registry: Address,
    pub escrow: Address,
    pub reputation: Address,
}

/// Who reports. Without a `current` one: the owner while `ever_set` is false, else nobody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleState {
    pub ever_set: bool,
    pub current: Option<Address>,
    pub next: Option<Address>,
    pub next_from_ts: u64,
    /// Counts the times that the role was given or taken away: what was staged in an earlier one is void.
    pub epoch: u32,
}

/// One side of a deal, for the indices.
#[derive(Clone, Copy)]
pub enum Side {
    Consumer,
    Provider,
}

/// Names a page of a provider's book.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageKey {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    /// The entry in which it is stored.
    pub entry: Vec<Val>,
}

impl PageKey {
    #[inline(never)]
    pub fn new(env: &Env, provider: &Address, asset: &Address, page: u32) -> Self {
        let names = [
            METER_PAGE.to_val(),
            provider.to_val(),
            asset.to_val(),
            page.into(),
        ];
        Self {
            provider: provider.clone(),
            asset: asset.clone(),
            page,
            entry: Vec::from_array(env, names),
        }
    }
}

// ---- configuration (instance) ----

pub fn set_links(env: &Env, links: &Links) {
    let Links {
        registry,
        escrow,
        reputation,
    } = links;
    configure(env, &LINKS, &(registry, escrow, reputation));
}

/// Set by the constructor.
pub fn links(env: &Env) -> Result<Links, DealsError> {
    let (registry, escrow, reputation) =
        configured(env, &LINKS).ok_or(DealsError::NotConstructed)?;
    Ok(Links {
        registry,
        escrow,
        reputation,
    })
}

pub fn set_oracle(env: &Env, oracle: &OracleState) {
    let OracleState {
        ever_set,
        current,
        next,
        next_from_ts,
        epoch,
    } = oracle;
    let stored = (*ever_set, current, next, *next_from_ts, *epoch);
    configure(env, &ORACLE, &stored);
}

pub fn oracle(env: &Env) -> OracleState {
    let (ever_set, current, next, next_from_ts, epoch) =
        configured(env, &ORACLE).unwrap_or((false, None, None, 0, 0));
    OracleState {
        ever_set,
        current,
        next,
        next_from_ts,
        epoch,
    }
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

// ---- the provider's book ----

/// The page on which the next deal of this provider and asset is entered.
pub fn book_head(env: &Env, provider: &Address, asset: &Address) -> u32 {
    let key = (BOOK_HEAD, provider, asset);
    read(env, key.into_val(env)).unwrap_or(0)
}

pub fn set_book_head(env: &Env, provider: &Address, asset: &Address, page: u32) {
    set(env, (BOOK_HEAD, provider, asset).into_val(env), &page);
}

/// Loads a page; an absent one is empty.
pub fn load_page(env: &Env, key: &PageKey, page: &mut DealPage) -> Result<(), DealsError> {
    let stored = load(env, key.entry.to_val()).map(|stored| Bytes::from_val(env, &stored));
    page.load(stored).ok_or(DealsError::CorruptPage)
}

/// Stores a page, or removes it when the last slot has left.
pub fn set_page(env: &Env, key: &PageKey, page: &DealPage) {
    if page.is_empty() {
        env.storage().persistent().remove(&key.entry);
    } else {
        store(env, key.entry.to_val(), page.to_bytes(env).to_val());
    }
}

/// Where a live deal's slot was found.
pub struct Place {
    pub key: PageKey,
    index: usize,
}

/// Loads the page of a live deal and reads its slot, in place; an error of the caller's choice when
/// the deal is not on it.
pub fn load_slot(
    env: &Env,
    deal_id: u32,
    record: &DealRecord,
    page: &mut DealPage,
    slot: &mut DealSlot,
    absent: DealsError,
) -> Result<Place, DealsError> {
    let key = page_key(env, record).ok_or(absent)?;
    load_page(env, &key, page)?;
    let index = page.read(deal_id, slot).ok_or(absent)?;
    Ok(Place { key, index })
}

/// Stores the page of a live deal with its changed slot.
pub fn set_slot(
    env: &Env,
    place: &Place,
    page: &mut DealPage,
    slot: &DealSlot,
) -> Result<(), DealsError> {
    page.set(place.index, slot).ok_or(DealsError::Overflow)?;
    set_page(env, &place.key, page);
    Ok(())
}

/// A deal's slot, wherever it is: on its page while live, in its own entry once released.
pub fn read_slot(env: &Env, deal_id: u32, record: &DealRecord) -> Option<DealSlot> {
    let mut page = DealPage::default();
    match &record.progress.last_slot {
        Some(last) => page.load(Some(last.clone()))?,
        None => load_page(env, &page_key(env, record)?, &mut page).ok()?,
    }
    page.get_by_id(deal_id).map(|(_, slot)| slot)
}

/// Where a deal's slot lives; `None` unless it is in the book.
pub fn page_key(env: &Env, record: &DealRecord) -> Option<PageKey> {
    let terms = &record.terms;
    let page = record.progress.page?;
    Some(PageKey::new(env, &terms.provider_id, &terms.asset, page))
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

// ---- indices ----

/// Enters a new deal in its consumer's or provider's list.
pub fn add_to_index(env: &Env, side: Side, who: &Address, deal_id: u32) -> Result<(), DealsError> {
    let n = index_count(env, side, who);
    let next = n.checked_add(1).ok_or(DealsError::Overflow)?;
    // Never touched again, and lists read it: archived, it would make them look like writes.
    set_for_long(env, item_key(env, side, who, n), &deal_id);
    set(env, count_key(env, side, who), &next);
    Ok(())
}

pub fn index_count(env: &Env, side: Side, who: &Address) -> u32 {
    read(env, count_key(env, side, who)).unwrap_or(0)
}

/// The n-th deal of an address, from 0.
pub fn index_item(env: &Env, side: Side, who: &Address, n: u32) -> Option<u32> {
    read(env, item_key(env, side, who, n))
}

fn count_key(env: &Env, side: Side, who: &Address) -> Val {
    (index_name(side), who).into_val(env)
}

fn item_key(env: &Env, side: Side, who: &Address, n: u32) -> Val {
    (index_name(side), who, n).into_val(env)
}

fn index_name(side: Side) -> Symbol {
    match side {
        Side::Consumer => CONSUMER_DEALS,
        Side::Provider => PROVIDER_DEALS,
    }
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
