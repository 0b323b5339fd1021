//! Providers and consumers.

use super::{Bucket, Deal, Stroops, Window};
use serde::Serialize;
use utoipa::ToSchema;

/// A provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    pub address: String,
    /// The description that it registered with.
    pub name: String,
    /// 0 to 100.
    pub reputation: u32,
    pub registered_ts: u64,
    pub deleted: bool,
    /// Not deleted.
    pub buckets: u64,
    pub live_deals: u64,
}

/// A consumer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consumer {
    pub address: String,
    pub name: String,
    /// 0 to 100.
    pub reputation: u32,
    pub registered_ts: u64,
    pub deleted: bool,
    pub live_deals: u64,
}

/// What became of the deals of an address.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Evidence {
    pub completed: u64,
    /// Of these, those with SLA credit.
    pub completed_with_credit: u64,
    pub cancelled: u64,
    pub breached_by_provider: u64,
    pub breached_by_consumer: u64,
    /// Paid in all these deals, fees included.
    pub volume_stroops: Stroops,
}

/// A score after an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReputationPoint {
    pub ts: u64,
    pub score: u32,
    pub deal_id: u32,
    /// As in the contract's `Outcome`, e.g. completed_clean.
    pub outcome: String,
}

/// What a provider earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earnings {
    /// Credited to it, less the fee.
    pub paid_net_stroops: Stroops,
    pub fee_stroops: Stroops,
    /// Used and not paid yet, over all live deals.
    pub owed_stroops: Stroops,
    /// May be withdrawn now.
    pub claimable_stroops: Stroops,
}

/// Everything about a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderPage {
    pub provider: Provider,
    pub evidence: Evidence,
    /// Not deleted; the newest 100.
    pub buckets: Vec<Bucket>,
    /// Pending, accepted and funded ones; the newest 100.
    pub live_deals: Vec<Deal>,
    pub earnings: Earnings,
    /// Against the SLA, newest first, at most 200 windows.
    pub service: Vec<Window>,
    /// Oldest first, the newest 200.
    pub reputation_history: Vec<ReputationPoint>,
}

/// What a consumer spent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Spending {
    /// Paid to providers, fees included.
    pub paid_stroops: Stroops,
    pub credited_stroops: Stroops,
    pub refunded_stroops: Stroops,
    /// In the escrow for its deals.
    pub locked_stroops: Stroops,
    /// May be withdrawn now.
    pub claimable_stroops: Stroops,
}

/// Everything about a consumer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsumerPage {
    pub consumer: Consumer,
    pub evidence: Evidence,
    /// The newest 100.
    pub deals: Vec<Deal>,
    pub spending: Spending,
    /// Oldest first, the newest 200.
    pub reputation_history: Vec<ReputationPoint>,
}

/// Claimable money of one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claim {
    /// The token's contract.
    pub asset: String,
    pub claimable_stroops: Stroops,
}

/// What an address may withdraw from the escrow.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claims {
    pub address: String,
    pub items: Vec<Claim>,
}
