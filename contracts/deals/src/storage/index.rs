//! Which deals an address has: one entry a deal, and their number.

use flash_interfaces::deals::DealsError;
use soroban_sdk::{symbol_short, Address, Env, IntoVal, Symbol, Val};

use super::{read, set, set_for_long};

/// (consumer): how many deals they have ever had; (consumer, n): the n-th of them.
const CONSUMER_DEALS: Symbol = symbol_short!("ConsDeals");
/// The same of a provider.
const PROVIDER_DEALS: Symbol = symbol_short!("ProvDeals");

/// One side of a deal, for the indices.
#[derive(Clone, Copy)]
pub enum Side {
    Consumer,
    Provider,
}

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
