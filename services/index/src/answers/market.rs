//! The market as a whole, and the network under it.

use super::Stroops;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A contract of the deployment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractRef {
    pub id: String,
    /// SHA-256 of the current Wasm.
    pub wasm_hash: String,
}

/// The asset in which deals are paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Asset {
    /// The contract of the token.
    pub id: String,
    /// For a classic asset.
    pub code: Option<String>,
    pub issuer: Option<String>,
    pub decimals: u32,
}

/// What a client needs to use the same network, and how far the index is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Status {
    pub network: String,
    pub network_passphrase: String,
    pub rpc_url: String,
    /// By name: deals, escrow, registry, reputation.
    pub contracts: BTreeMap<String, ContractRef>,
    pub asset: Asset,
    /// The newest ledger in the index, and its close time.
    pub ledger: u32,
    pub ledger_ts: u64,
    /// How far the index is behind the network: seconds between the close times of their newest
    /// ledgers.
    pub lag_secs: u64,
    /// Seconds since the network's RPC last answered this index; null if it has not answered since
    /// the index started.
    pub heard_secs: Option<u64>,
    /// `deployments/<network>.json`.
    #[schema(value_type = Object)]
    pub deployment: serde_json::Value,
    /// The friendbot of a test network, which gives new accounts XLM.
    pub friendbot_url: Option<String>,
    /// Whether the page may offer its development wallet.
    pub dev_wallet: bool,
}

/// What the escrow holds and owes in one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct Solvency {
    pub asset: String,
    /// The balance that the token reports.
    pub balance_stroops: Stroops,
    pub locked_stroops: Stroops,
    pub claimable_stroops: Stroops,
    pub fees_stroops: Stroops,
    /// The balance minus everything owed. Negative only after a claw-back.
    pub surplus_stroops: Stroops,
}

/// Figures of the whole market.
#[derive(Debug, Serialize, ToSchema)]
pub struct Totals {
    pub as_of_ledger: u32,
    pub as_of_ts: u64,
    pub providers: u64,
    pub consumers: u64,
    /// Listed.
    pub buckets: u64,
    pub deals: u64,
    /// Funded and not ended yet.
    pub live_deals: u64,
    pub offered_gb: u64,
    pub reserved_gb: u64,
    /// Paid so far, including fees.
    pub paid_stroops: Stroops,
    pub fees_stroops: Stroops,
    pub credited_stroops: Stroops,
    pub solvency: Vec<Solvency>,
}

/// An announced upgrade.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingUpgrade {
    pub wasm_hash: String,
    /// It can be executed from `ready_ts` on and becomes void at `void_ts`.
    pub ready_ts: u64,
    pub void_ts: u64,
}

/// The current state of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractState {
    pub name: String,
    pub id: String,
    pub wasm_hash: String,
    /// The version of the deployed Wasm.
    pub version: String,
    /// The version of the stored shapes.
    pub schema: u32,
    pub owner: Option<String>,
    pub upgrade_delay_secs: u64,
    pub pending_upgrade: Option<PendingUpgrade>,
    /// Until when new obligations are refused.
    pub paused_until_ts: Option<u64>,
}

/// The oracle.
#[derive(Debug, Serialize, ToSchema)]
pub struct Oracle {
    /// Null while the oracle is suspended.
    pub acting: Option<String>,
    pub scheduled: Option<String>,
    pub scheduled_from_ts: Option<u64>,
    /// How far the running deal is reported that was reported last; null without running deals.
    pub newest_through_ts: Option<u64>,
    /// The same of the one that waits longest.
    pub oldest_through_ts: Option<u64>,
    /// Running deals without a report for longer than the silence after which their providers may leave at once.
    pub silent_deals: u64,
}

/// The rules for deals created now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    pub version: u32,
    pub accept_window_secs: u64,
    pub fund_window_secs: u64,
    pub notice_secs: u64,
    pub grace_secs: u64,
    pub final_window_secs: u64,
    pub silence_secs: u64,
    pub min_runway_secs: u64,
    pub min_fund_stroops: Stroops,
    pub min_window_secs: u64,
    pub critical_limit: u32,
    pub fee_bps: u32,
    pub minor_uptime_bps: u32,
    pub minor_latency_bps: u32,
    pub major_uptime_bps: u32,
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
}

/// The contracts, the oracle, and the current policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct Network {
    pub contracts: Vec<ContractState>,
    pub oracle: Oracle,
    pub policy: Policy,
    pub asset: Asset,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Bucket,
    Deal,
    Provider,
    Consumer,
    Claim,
    Ledger,
}

/// A change: the data of the server-sent event `change`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    pub kind: ChangeKind,
    /// The id of a bucket or deal, an address, or the number of the ledger.
    pub id: String,
    pub ledger: u32,
}
