//! What accounts, payments and solvency look like to a caller.

use soroban_sdk::{contracttype, Address, Vec};

use crate::admin::AdminConfig;

/// Payments out of the accounts on one page of a provider's book.
///
/// The page is named by (provider, asset, page): paying anybody else, or in another asset, cannot
/// be expressed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookPayments {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    /// (deal_id, gross amount with the fee in it)
    pub payments: Vec<(u32, i128)>,
}

/// What `deals` asks for when it opens a deal's account.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenAccount {
    pub deal_id: u32,
    pub consumer: Address,
    pub provider: Address,
    pub asset: Address,
    /// Page of the provider's book on which the account lives until it is released.
    pub page: u32,
    /// Platform fee in basis points of what is paid, at most 1_000.
    pub fee_bps: u32,
    /// First deposit, pulled from the consumer.
    pub amount: i128,
}

/// A deal's account. `deposited = locked + paid + fee + refunded`, always.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub deal_id: u32,
    pub consumer: Address,
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    pub fee_bps: u32,
    pub deposited: i128,
    pub locked: i128,
    /// Net of the fee, credited to the provider.
    pub paid: i128,
    pub fee: i128,
    /// Credited back to the consumer.
    pub refunded: i128,
    /// Nothing is or will be locked any more.
    pub released: bool,
}

/// Everything that the escrow holds of one token, and everything that it owes.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Solvency {
    /// The token's own answer for the escrow's balance.
    pub balance: i128,
    pub locked: i128,
    pub claimable: i128,
    pub fees: i128,
    /// `balance − locked − claimable − fees`: donations when positive, a claw-back when negative.
    pub surplus: i128,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EscrowConfig {
    pub admin: AdminConfig,
    pub deals: Address,
    /// The asset of deals created from now on.
    pub stable_asset: Address,
}
