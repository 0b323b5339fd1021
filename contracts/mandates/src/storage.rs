//! The only file that touches storage.

use flash_common::{stored, ttl};
use soroban_sdk::{contracttype, Address, BytesN, Env};

use crate::window::{Drawn, DRAWN_LEN};

#[contracttype]
enum DataKey {
    /// Instance: the contract whose deals are topped up.
    Deals,
    /// Instance: the contract that holds their money.
    Escrow,
    /// Persistent: [`MandateEntry`] of a deal.
    Mandate(u32),
}

/// The mandate of a deal.
pub struct StoredMandate {
    pub consumer: Address,
    pub asset: Address,
    pub top_up: i128,
    pub most_per_30_days: i128,
    pub until_ts: u64,
    pub drawn: Drawn,
}

stored! {
    struct MandateEntry {
        consumer: Address,
        asset: Address,
        top_up: i128,
        most_per_30_days: i128,
        until_ts: u64,
        drawn: BytesN<DRAWN_LEN>,
    }
}

pub fn set_links(env: &Env, deals: &Address, escrow: &Address) {
    env.storage().instance().set(&DataKey::Deals, deals);
    env.storage().instance().set(&DataKey::Escrow, escrow);
}

/// The contract whose deals are topped up.
pub fn deals(env: &Env) -> Address {
    link(env, &DataKey::Deals)
}

/// The contract that holds their money.
pub fn escrow(env: &Env) -> Address {
    link(env, &DataKey::Escrow)
}

/// Absent only where the constructor never ran. Then it is this contract, which never calls itself, so
/// nothing can be set or drawn.
fn link(env: &Env, key: &DataKey) -> Address {
    env.storage()
        .instance()
        .get(key)
        .unwrap_or_else(|| env.current_contract_address())
}

pub fn mandate(env: &Env, deal_id: u32) -> Option<StoredMandate> {
    let entry: MandateEntry = env.storage().persistent().get(&DataKey::Mandate(deal_id))?;
    Some(StoredMandate {
        consumer: entry.consumer,
        asset: entry.asset,
        top_up: entry.top_up,
        most_per_30_days: entry.most_per_30_days,
        until_ts: entry.until_ts,
        drawn: Drawn::read(&entry.drawn.to_array()),
    })
}

pub fn set_mandate(env: &Env, deal_id: u32, mandate: &StoredMandate) {
    let key = DataKey::Mandate(deal_id);
    let entry = MandateEntry {
        consumer: mandate.consumer.clone(),
        asset: mandate.asset.clone(),
        top_up: mandate.top_up,
        most_per_30_days: mandate.most_per_30_days,
        until_ts: mandate.until_ts,
        drawn: BytesN::from_array(env, &mandate.drawn.write()),
    };
    env.storage().persistent().set(&key, &entry);
    ttl::extend(env, &key);
}

pub fn remove_mandate(env: &Env, deal_id: u32) {
    env.storage()
        .persistent()
        .remove(&DataKey::Mandate(deal_id));
}
