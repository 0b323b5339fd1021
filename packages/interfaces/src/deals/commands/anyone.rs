//! What anyone may call.

use soroban_sdk::{contractclient, Address, Env, Vec};

use crate::deals::*;

/// Commands open to anyone. Who adds money signs for it.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait AnyoneCommands {
    /// Adds money of anyone until the deal is released; refunds always go to the consumer.
    ///
    /// # Errors
    /// As [`ConsumerCommands::deposit_to_deal`].
    ///
    /// # Events
    /// [`DealToppedUp`], [`ArrearsCleared`], [`DealReleased`]
    ///
    /// Authorisation: `from`, with the token transfer as a sub-invocation.
    fn sponsor_deal(env: Env, from: Address, deal_id: u32, amount: u128) -> Result<(), DealsError>;

    /// Does the first of what is due (expire, close, release, free the capacity, write the outcome)
    /// and answers with the [`Advance`] code of what it did; 0 when nothing is due.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`]
    ///
    /// # Events
    /// [`DealDropped`], [`DealClosed`], [`DealReleased`], [`DealSynced`]
    ///
    /// Authorisation: none, anyone may call.
    fn advance_deal(env: Env, deal_id: u32) -> Result<u32, DealsError>;

    /// Settles deals: pays what is owed and can be paid. One code an item as in
    /// [`OracleCommands::report`]; [`DealsError::NothingToSettle`] is a no-op that says so.
    ///
    /// # Errors
    /// [`DealsError::BatchTooLarge`]
    ///
    /// # Events
    /// [`Settled`]
    ///
    /// Authorisation: none, anyone may call.
    fn settle(env: Env, books: Vec<BookDeals>) -> Result<Vec<u32>, DealsError>;
}
