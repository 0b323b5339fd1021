//! Escrow: every unit of the stable asset, per deal; claimable balances; fees.

use soroban_sdk::{
    contractclient, contracterror, contractevent, contracttype, Address, Env, String, Vec,
};

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

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum EscrowError {
    /// The amount is zero or negative.
    AmountNotPositive = 3200,
    /// The amount, or the deal's deposits with it, exceed 2^62.
    AmountTooLarge = 3201,
    /// The fee is above 1_000 basis points.
    FeeTooHigh = 3202,
    /// The deal has an account already.
    AccountExists = 3203,
    /// No live account of that deal on that page of that provider's book.
    AccountNotFound = 3204,
    /// More is to be paid or refunded than the account has locked.
    InsufficientLocked = 3205,
    /// More is to be withdrawn than is claimable.
    InsufficientClaimable = 3206,
    /// Nothing is claimable.
    NothingClaimable = 3207,
    /// The token refused the call, or does not answer as a SEP-41 token.
    TokenRefused = 3208,
    /// The escrow's balance did not grow by the whole amount.
    TransferNotWhole = 3209,
    /// The token does not have 7 decimals.
    DecimalsNotSeven = 3210,
    /// An issuer's claw-back left the escrow short of what it owes; deposits, pushes and fee
    /// withdrawals are refused until it is made up.
    EscrowShort = 3211,
    /// More than the fees, or fees and surplus, was to be taken.
    InsufficientFees = 3212,
    /// The escrow itself cannot be the receiver.
    ReceiverIsEscrow = 3213,
    /// The page of the book has no free slot.
    PageFull = 3214,
    /// More than 60 books or 100 payments in one call.
    BatchTooLarge = 3215,
    /// The stored bytes of a page are not of a known version.
    CorruptPage = 3216,
    /// What the escrow owes in this token would exceed 2^63 − 1.
    LiabilitiesTooLarge = 3217,
    /// An amount of money is out of the range that the contract computes with.
    Overflow = 3218,
    /// The faucet gives at most 100_000 USD a call.
    FaucetAmountTooLarge = 3219,
}

/// A deal's account was opened with its first deposit.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountOpened {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    pub fee_bps: u32,
    pub amount: i128,
}

/// Money was added to a deal.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deposited {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub from: Address,
    pub amount: i128,
}

/// Payments of one batch: one item a book, `(provider, asset, net, fee)`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PaymentsSettled {
    pub books: Vec<(Address, Address, i128, i128)>,
}

/// Money of a live deal was credited back to its consumer.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refunded {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    pub amount: i128,
}

/// A closing deal paid and refunded; with `released` nothing is locked any more.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountClosed {
    #[topic]
    pub deal_id: u32,
    pub net: i128,
    pub fee: i128,
    pub refund: i128,
    pub released: bool,
}

/// Claimable money left the escrow. `amount` was written off what was claimable, `paid` was sent:
/// less than `amount` only while the escrow is short.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Withdrawn {
    #[topic]
    pub who: Address,
    #[topic]
    pub token: Address,
    pub to: Address,
    pub amount: i128,
    pub paid: i128,
}

/// A push was tried and the token refused it; the money stays claimable.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PushRefused {
    #[topic]
    pub who: Address,
    #[topic]
    pub token: Address,
    pub amount: i128,
}

/// The owner took fees, or fees and surplus.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FeesWithdrawn {
    #[topic]
    pub token: Address,
    pub receiver: Address,
    pub from_fees: i128,
    pub from_surplus: i128,
}

/// Deals created from now on are in another asset.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StableAssetChanged {
    pub old_asset: Address,
    pub new_asset: Address,
}

/// Test networks only: the faucet minted.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FaucetMinted {
    #[topic]
    pub receiver: Address,
    pub amount: i128,
}

/// Test networks only: the asset got another administrator.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AssetAdminChanged {
    pub new_admin: Address,
}

#[contractclient(name = "EscrowClient")]
pub trait EscrowInterface {
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
    /// As [`EscrowInterface::open`], and [`EscrowError::AccountNotFound`].
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

    /// Sends `amount` of what `who` may claim to any address but the escrow. While the escrow is
    /// short (balance B < liabilities L), `floor(amount × B / L)` is sent and `amount` written off.
    /// Returns what was sent.
    ///
    /// A share that rounds to nothing is refused with [`EscrowError::EscrowShort`]: the claim stays.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::InsufficientClaimable`],
    /// [`EscrowError::ReceiverIsEscrow`], [`EscrowError::EscrowShort`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`Withdrawn`]
    ///
    /// Authorisation: `who`.
    fn withdraw(
        env: Env,
        who: Address,
        token: Address,
        to: Address,
        amount: i128,
    ) -> Result<i128, EscrowError>;

    /// Sends all that `who` may claim to `who`. Returns what was sent.
    ///
    /// # Errors
    /// [`EscrowError::NothingClaimable`], [`EscrowError::EscrowShort`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`Withdrawn`]
    ///
    /// Authorisation: none, anyone may call.
    fn push(env: Env, who: Address, token: Address) -> Result<i128, EscrowError>;

    fn get_account(env: Env, deal_id: u32) -> Option<Account>;
    fn get_claimable(env: Env, who: Address, token: Address) -> i128;

    /// # Errors
    /// [`EscrowError::TokenRefused`] when the token does not answer.
    fn get_solvency(env: Env, token: Address) -> Result<Solvency, EscrowError>;

    /// # Errors
    /// [`EscrowError::TokenRefused`] when the token does not answer.
    fn get_stable_asset_name(env: Env) -> Result<String, EscrowError>;
    fn get_stable_asset_address(env: Env) -> Address;

    /// Sets the asset of deals created afterwards: a SEP-41 token of 7 decimals.
    ///
    /// # Errors
    /// [`EscrowError::TokenRefused`], [`EscrowError::DecimalsNotSeven`]
    ///
    /// # Events
    /// [`StableAssetChanged`]
    ///
    /// Authorisation: owner.
    fn set_stable_asset_address(env: Env, addr: Address) -> Result<(), EscrowError>;

    /// Sends fees and surplus of the current asset; fees are taken first.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::InsufficientFees`],
    /// [`EscrowError::EscrowShort`], [`EscrowError::ReceiverIsEscrow`], [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`FeesWithdrawn`]
    ///
    /// Authorisation: owner.
    fn send_funds_owner(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError>;

    /// Sends fees of any token.
    ///
    /// # Errors
    /// As [`EscrowInterface::send_funds_owner`].
    ///
    /// # Events
    /// [`FeesWithdrawn`]
    ///
    /// Authorisation: owner.
    fn withdraw_fees(
        env: Env,
        token: Address,
        receiver: Address,
        amount: i128,
    ) -> Result<(), EscrowError>;

    fn get_config(env: Env) -> EscrowConfig;
}

/// Test networks only (Cargo feature `testnet`): in a build without it these exports do not exist.
#[contractclient(name = "EscrowFaucetClient")]
pub trait EscrowFaucet {
    /// Mints the stable asset, whose administrator the escrow is on test networks.
    ///
    /// # Errors
    /// [`EscrowError::AmountNotPositive`], [`EscrowError::FaucetAmountTooLarge`],
    /// [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`FaucetMinted`]
    ///
    /// Authorisation: `receiver`.
    fn test_faucet(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError>;

    /// Hands the administration of the stable asset over.
    ///
    /// # Errors
    /// [`EscrowError::TokenRefused`]
    ///
    /// # Events
    /// [`AssetAdminChanged`]
    ///
    /// Authorisation: owner.
    fn change_asset_admin(env: Env, new_admin: Address) -> Result<(), EscrowError>;
}
