//! What only `deals` may call.

use flash_interfaces::escrow::{BookPayments, DealsCommands, EscrowError, OpenAccount};
use soroban_sdk::{contractimpl, Address, Env, Vec};

use super::{enforce_deals, Escrow, EscrowArgs, EscrowClient};
use crate::{
    close::{self, Closing},
    open, settle,
};

#[contractimpl]
impl DealsCommands for Escrow {
    /// Opens a deal's account and pulls the first deposit from the consumer. Authorisation: deals.
    fn open(env: Env, account: OpenAccount) -> Result<(), EscrowError> {
        enforce_deals(&env);
        open::open(&env, &account)
    }

    /// Adds money of anyone to a deal's account. Authorisation: deals.
    fn deposit(env: Env, deal_id: u32, from: Address, amount: i128) -> Result<(), EscrowError> {
        enforce_deals(&env);
        open::deposit(&env, deal_id, &from, amount)
    }

    /// Pays gross amounts out of accounts. Authorisation: deals.
    fn settle(env: Env, books: Vec<BookPayments>, push: bool) -> Result<(), EscrowError> {
        enforce_deals(&env);
        settle::settle(&env, &books, push)
    }

    /// Credits money of a live deal back to its consumer. Authorisation: deals.
    fn refund(env: Env, deal_id: u32, amount: i128) -> Result<(), EscrowError> {
        enforce_deals(&env);
        close::refund(&env, deal_id, amount)
    }

    /// Pays, refunds and, with `release`, ends a deal's account. Authorisation: deals.
    fn close(
        env: Env,
        deal_id: u32,
        pay: i128,
        refund: i128,
        release: bool,
        push: bool,
    ) -> Result<(), EscrowError> {
        enforce_deals(&env);
        let closing = Closing {
            pay,
            refund,
            release,
            push,
        };
        close::close(&env, deal_id, &closing)
    }
}
