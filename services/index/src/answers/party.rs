//! Providers and consumers.

use super::{Bucket, Deal, Stroops, Window};
use serde::Serialize;
use utoipa::ToSchema;

/// A provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    pub address: String,
    /// The description given at registration.
    pub name: String,
    /// 0 to 100.
    pub reputation: u32,
    pub registered_ts: u64,
    pub deleted: bool,
    /// Buckets that are not deleted.
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

/// The outcomes of an address's deals, counted in thousandths of a deal of full weight: a deal that was charged less
/// than the points table's `min_volume` counts by its part of it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Evidence {
    pub completed_milli: u64,
    /// How many of these had SLA credit.
    pub completed_with_credit_milli: u64,
    pub cancelled_milli: u64,
    pub breached_by_provider_milli: u64,
    pub breached_by_consumer_milli: u64,
    /// Paid in all these deals, including fees.
    pub volume_stroops: Stroops,
}

/// A score after an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReputationPoint {
    pub ts: u64,
    pub score: u32,
    pub deal_id: u32,
    /// The contract's `Outcome`, for example completed_clean.
    pub outcome: String,
}

/// The earnings of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earnings {
    /// Credited to the provider, after fees.
    pub paid_net_stroops: Stroops,
    pub fee_stroops: Stroops,
    /// Used but not paid yet, over all live deals.
    pub owed_stroops: Stroops,
    /// Can be withdrawn now.
    pub claimable_stroops: Stroops,
}

/// Everything about a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderPage {
    pub provider: Provider,
    pub evidence: Evidence,
    /// Buckets that are not deleted; the newest 100.
    pub buckets: Vec<Bucket>,
    /// Pending, accepted and funded deals; the newest 100.
    pub live_deals: Vec<Deal>,
    pub earnings: Earnings,
    /// Service compared with the SLA, newest window first, at most 200.
    pub service: Vec<Window>,
    /// Oldest first, the newest 200.
    pub reputation_history: Vec<ReputationPoint>,
}

/// The spending of a consumer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Spending {
    /// Paid to providers, including fees.
    pub paid_stroops: Stroops,
    pub credited_stroops: Stroops,
    pub refunded_stroops: Stroops,
    /// Held in the escrow for its deals.
    pub locked_stroops: Stroops,
    /// Can be withdrawn now.
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

/// The claimable amount in one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claim {
    /// The contract of the token.
    pub asset: String,
    pub claimable_stroops: Stroops,
}

/// What an address can withdraw from the escrow.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claims {
    pub address: String,
    pub items: Vec<Claim>,
}
