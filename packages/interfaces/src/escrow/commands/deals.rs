//! What `deals` may call.

use soroban_sdk::{contractclient, Address, Env, Vec};

use crate::escrow::*;

/// Commands that only the contract `deals` may call.
#[contractclient(name = "EscrowClient", impl_only = true)]
pub trait DealsCommands {
    /// Opens a deal's account and pulls the first deposit from the consumer.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::AmountTooLarge`], [`EscrowError::FeeTooHigh`],
    /// [`EscrowError::AccountExists`], [`EscrowError::PageFull`], [`EscrowError::EscrowShort`],
    /// [`EscrowError::TokenRefused`], [`EscrowError::TransferNotWhole`],
    /// [`EscrowError::LiabilitiesTooLarge`], [`EscrowError::ReceiverIsEscrow`] when a party is the escrow
    ///
    /// # Events
    /// [`AccountOpened`]
    ///
    /// Authorisation: `deals`; the token asks the consumer for the transfer.
    fn open(env: Env, account: OpenAccount) -> Result<(), EscrowError>;

    /// Adds money of anyone to a deal's account.
    ///
    /// # Errors
    /// As [`DealsCommands::open`], and [`EscrowError::AccountNotFound`].
    ///
    /// # Events
    /// [`Deposited`]
    ///
    /// Authorisation: `deals`; the token asks `from` for the transfer.
    fn deposit(env: Env, deal_id: u32, from: Address, amount: i128) -> Result<(), EscrowError>;

    /// Pays gross amounts out of accounts: the fee is kept, the rest becomes claimable by the
    /// provider that the page names. With `push`, each provider's claimable balance is sent at once
    /// where the token lets it.
    ///
    /// # Errors
    /// [`EscrowError::AccountNotFound`], [`EscrowError::AmountNotPositive`],
    /// [`EscrowError::InsufficientLocked`], [`EscrowError::BatchTooLarge`]
    ///
    /// # Events
    /// [`PaymentsSettled`]; with `push` [`Withdrawn`] or [`PushRefused`] a provider.
    ///
    /// Authorisation: `deals`.
    fn settle(env: Env, books: Vec<BookPayments>, push: bool) -> Result<(), EscrowError>;

    /// Credits money of a live deal back to its consumer.
    ///
    /// # Errors
    /// [`EscrowError::AccountNotFound`], [`EscrowError::AmountNotPositive`],
    /// [`EscrowError::InsufficientLocked`]
    ///
    /// # Events
    /// [`Refunded`]
    ///
    /// Authorisation: `deals`.
    fn refund(env: Env, deal_id: u32, amount: i128) -> Result<(), EscrowError>;

    /// Pays the provider `pay` (gross, may be 0) and credits the consumer `refund` (may be 0). With
    /// `release` whatever is still locked is refunded too and the account leaves the book. With
    /// `push` both parties' claimable balances are sent at once where the token lets it.
    ///
    /// # Errors
    /// [`EscrowError::AccountNotFound`], [`EscrowError::InsufficientLocked`],
    /// [`EscrowError::AmountNotPositive`] for a negative amount
    ///
    /// # Events
    /// [`AccountClosed`]; with `push` [`Withdrawn`] or [`PushRefused`] a party.
    ///
    /// Authorisation: `deals`.
    fn close(
        env: Env,
        deal_id: u32,
        pay: i128,
        refund: i128,
        release: bool,
        push: bool,
    ) -> Result<(), EscrowError>;
}
