//! What `escrow` says about each change.

use soroban_sdk::{contractevent, Address, Vec};

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
