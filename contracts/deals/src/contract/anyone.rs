//! What anyone may call.

use flash_common::ttl;
use flash_interfaces::deals::{AnyoneCommands, BookDeals, DealsError};
use soroban_sdk::{contractimpl, Address, Env, Vec};

use super::{begin::begin, Deals, DealsArgs, DealsClient};
use crate::{advance, settle, storage, topup};

#[contractimpl]
impl AnyoneCommands for Deals {
    /// Adds anyone's money until the deal is released. Signed by `from`.
    fn sponsor_deal(env: Env, from: Address, deal_id: u32, amount: u128) -> Result<(), DealsError> {
        begin(&env, &from);
        let record = storage::deal(&env, deal_id)?;
        topup::top_up(&env, &from, deal_id, record, amount)
    }

    /// Takes the first step that is due. Anyone.
    fn advance_deal(env: Env, deal_id: u32) -> Result<u32, DealsError> {
        ttl::extend_instance(&env);
        Ok(advance::advance(&env, deal_id)? as u32)
    }

    /// Settles deals; a code an item. Anyone.
    fn settle(env: Env, books: Vec<BookDeals>) -> Result<Vec<u32>, DealsError> {
        ttl::extend_instance(&env);
        settle::settle(&env, &books)
    }
}
