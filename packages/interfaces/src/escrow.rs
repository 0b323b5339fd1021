//! Escrow: every unit of the stable asset, per deal; claimable balances; fees.

use soroban_sdk::contractclient;

mod commands;
mod errors;
mod events;
mod faucet;
mod queries;
mod types;

pub use commands::{ClaimantCommands, DealsCommands, OwnerCommands};
pub use errors::EscrowError;
pub use events::{
    AccountClosed, AccountOpened, AssetAdminChanged, Deposited, FaucetMinted, FeesWithdrawn,
    PaymentsSettled, PushRefused, Refunded, StableAssetChanged, Withdrawn,
};
pub use faucet::{EscrowFaucet, EscrowFaucetClient};
pub use queries::Queries;
pub use types::{Account, BookPayments, EscrowConfig, OpenAccount, Solvency};

/// Everything that the contract exports, constructor and administration apart.
#[contractclient(name = "EscrowClient")]
pub trait EscrowInterface: DealsCommands + ClaimantCommands + OwnerCommands + Queries {}
