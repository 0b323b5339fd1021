//! The only file that touches storage. Keys are private; TTLs are extended here, by setters and by
//! the getters that commands use, never by a query.

use flash_common::ttl;
use flash_interfaces::deals::{DealsError, Policy, Stage};
use soroban_sdk::{contracttype, Address, Env};

use crate::{
    record::DealRecord,
    slot::{DealPage, DealSlot},
};

#[contracttype]
enum DataKey {
    /// Instance: addresses of the other contracts.
    Links,
    /// Instance: who reports.
    Oracle,
    /// Instance: the policy in force.
    PolicyVersion,
    /// Deals ever created.
    DealCount,
    Deal(u32),
    Policy(u32),
    /// What the single-deal calls staged on a deal.
    DealStage(u32),
    /// (provider, asset, page): live deals.
    MeterPage(Address, Address, u32),
    /// (provider, asset): the page on which new deals are entered.
    BookHead(Address, Address),
    /// How many deals a consumer has ever had, and the n-th of them.
    ConsumerDealCount(Address),
    ConsumerDeal(Address, u32),
    /// The same of a provider.
    ProviderDealCount(Address),
    ProviderDeal(Address, u32),
}

/// The other three contracts, fixed at construction.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Links {
    pub registry: Address,
    pub escrow: Address,
    pub reputation: Address,
}

/// Who reports. Without a `current` one: the owner while `ever_set` is false, else nobody.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleState {
    pub ever_set: bool,
    pub current: Option<Address>,
    pub next: Option<Address>,
    pub next_from_ts: u64,
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
}

impl PageKey {
    fn data_key(&self) -> DataKey {
        DataKey::MeterPage(self.provider.clone(), self.asset.clone(), self.page)
    }
}

// ---- configuration (instance) ----

pub fn set_links(env: &Env, links: &Links) {
    env.storage().instance().set(&DataKey::Links, links);
}

/// Set by the constructor.
pub fn links(env: &Env) -> Result<Links, DealsError> {
    env.storage()
        .instance()
        .get(&DataKey::Links)
        .ok_or(DealsError::NotConstructed)
}

pub fn set_oracle(env: &Env, oracle: &OracleState) {
    env.storage().instance().set(&DataKey::Oracle, oracle);
}

pub fn oracle(env: &Env) -> OracleState {
    let unset = OracleState {
        ever_set: false,
        current: None,
        next: None,
        next_from_ts: 0,
    };
    env.storage()
        .instance()
        .get(&DataKey::Oracle)
        .unwrap_or(unset)
}

pub fn policy_version(env: &Env) -> u32 {
    env.storage()
        .instance()
        .get(&DataKey::PolicyVersion)
        .unwrap_or(0)
}

// ---- policies ----

/// Stores a policy under the next version and puts it in force.
pub fn add_policy(env: &Env, policy: &Policy) -> Result<u32, DealsError> {
    let version = policy_version(env)
        .checked_add(1)
        .ok_or(DealsError::Overflow)?;
    let key = DataKey::Policy(version);
    env.storage().persistent().set(&key, policy);
    ttl::extend_longest(env, &key);
    env.storage()
        .instance()
        .set(&DataKey::PolicyVersion, &version);
    Ok(version)
}

pub fn read_policy(env: &Env, version: u32) -> Option<Policy> {
    env.storage().persistent().get(&DataKey::Policy(version))
}

/// The policy of a deal, for a command.
pub fn policy(env: &Env, version: u32) -> Result<Policy, DealsError> {
    let policy = read_policy(env, version).ok_or(DealsError::PolicyNotFound)?;
    ttl::extend(env, &DataKey::Policy(version));
    Ok(policy)
}

// ---- deals ----

pub fn deal_count(env: &Env) -> u32 {
    env.storage()
        .persistent()
        .get(&DataKey::DealCount)
        .unwrap_or(0)
}

/// The next id: dense, from 1, never reused.
pub fn next_deal_id(env: &Env) -> Result<u32, DealsError> {
    let id = deal_count(env).checked_add(1).ok_or(DealsError::Overflow)?;
    set(env, &DataKey::DealCount, &id);
    Ok(id)
}

pub fn read_deal(env: &Env, deal_id: u32) -> Option<DealRecord> {
    env.storage().persistent().get(&DataKey::Deal(deal_id))
}

/// A deal that is not deleted.
pub fn deal(env: &Env, deal_id: u32) -> Result<DealRecord, DealsError> {
    read_deal(env, deal_id)
        .filter(|record| !record.progress.deleted)
        .ok_or(DealsError::DealNotFound)
}

pub fn set_deal(env: &Env, deal_id: u32, record: &DealRecord) {
    set(env, &DataKey::Deal(deal_id), record);
}

/// A deal that ended: an archived entry would make reading it look like a write.
pub fn set_ended_deal(env: &Env, deal_id: u32, record: &DealRecord) {
    let key = DataKey::Deal(deal_id);
    env.storage().persistent().set(&key, record);
    ttl::extend_longest(env, &key);
}

// ---- the provider's book ----

/// The page on which the next deal of this provider and asset is entered.
pub fn book_head(env: &Env, provider: &Address, asset: &Address) -> u32 {
    let key = DataKey::BookHead(provider.clone(), asset.clone());
    env.storage().persistent().get(&key).unwrap_or(0)
}

pub fn set_book_head(env: &Env, provider: &Address, asset: &Address, page: u32) {
    set(
        env,
        &DataKey::BookHead(provider.clone(), asset.clone()),
        &page,
    );
}

/// Loads a page; an absent one is empty.
pub fn load_page(env: &Env, key: &PageKey, page: &mut DealPage) -> Result<(), DealsError> {
    let stored = env.storage().persistent().get(&key.data_key());
    page.load(stored).ok_or(DealsError::CorruptPage)
}

/// Stores a page, or removes it when the last slot has left.
pub fn set_page(env: &Env, key: &PageKey, page: &DealPage) {
    let data_key = key.data_key();
    if page.is_empty() {
        env.storage().persistent().remove(&data_key);
    } else {
        set(env, &data_key, &page.to_bytes(env));
    }
}

/// Where a live deal's slot was found.
pub struct Place {
    pub key: PageKey,
    index: usize,
}

/// Loads the page of a live deal and reads its slot; an error of the caller's choice when the deal
/// is not on it.
pub fn load_slot(
    env: &Env,
    deal_id: u32,
    record: &DealRecord,
    page: &mut DealPage,
    absent: DealsError,
) -> Result<(Place, DealSlot), DealsError> {
    let key = page_key(record).ok_or(absent)?;
    load_page(env, &key, page)?;
    let (index, slot) = page.get_by_id(deal_id).ok_or(absent)?;
    Ok((Place { key, index }, slot))
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
        None => load_page(env, &page_key(record)?, &mut page).ok()?,
    }
    page.get_by_id(deal_id).map(|(_, slot)| slot)
}

/// Where a deal's slot lives; `None` unless it is in the book.
pub fn page_key(record: &DealRecord) -> Option<PageKey> {
    let page = record.progress.page?;
    Some(PageKey {
        provider: record.terms.provider_id.clone(),
        asset: record.terms.asset.clone(),
        page,
    })
}

// ---- staged windows ----

pub fn stage(env: &Env, deal_id: u32) -> Option<Stage> {
    env.storage().persistent().get(&DataKey::DealStage(deal_id))
}

pub fn set_stage(env: &Env, deal_id: u32, stage: &Stage) {
    set(env, &DataKey::DealStage(deal_id), stage);
}

pub fn remove_stage(env: &Env, deal_id: u32) {
    env.storage()
        .persistent()
        .remove(&DataKey::DealStage(deal_id));
}

// ---- indices ----

/// Enters a new deal in its consumer's or provider's list.
pub fn add_to_index(env: &Env, side: Side, who: &Address, deal_id: u32) -> Result<(), DealsError> {
    let n = index_count(env, side, who);
    let next = n.checked_add(1).ok_or(DealsError::Overflow)?;
    let item = item_key(side, who, n);
    env.storage().persistent().set(&item, &deal_id);
    // Never touched again, and lists read it: archived, it would make them look like writes.
    ttl::extend_longest(env, &item);
    set(env, &count_key(side, who), &next);
    Ok(())
}

pub fn index_count(env: &Env, side: Side, who: &Address) -> u32 {
    env.storage()
        .persistent()
        .get(&count_key(side, who))
        .unwrap_or(0)
}

/// The n-th deal of an address, from 0.
pub fn index_item(env: &Env, side: Side, who: &Address, n: u32) -> Option<u32> {
    env.storage().persistent().get(&item_key(side, who, n))
}

fn count_key(side: Side, who: &Address) -> DataKey {
    match side {
        Side::Consumer => DataKey::ConsumerDealCount(who.clone()),
        Side::Provider => DataKey::ProviderDealCount(who.clone()),
    }
}

fn item_key(side: Side, who: &Address, n: u32) -> DataKey {
    match side {
        Side::Consumer => DataKey::ConsumerDeal(who.clone(), n),
        Side::Provider => DataKey::ProviderDeal(who.clone(), n),
    }
}

fn set<V: soroban_sdk::IntoVal<Env, soroban_sdk::Val>>(env: &Env, key: &DataKey, value: &V) {
    env.storage().persistent().set(key, value);
    ttl::extend(env, key);
}
