//! Policy, roles and links.

use soroban_sdk::{contracttype, Address};

use crate::admin::AdminConfig;

/// SLA tiers: the worst of uptime and latency decides. The met tier credits nothing; more than
/// `major_uptime_bps` short is critical.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlaTiers {
    /// Uptime short of the agreed by at most this (basis points) is minor. Default 90.
    pub minor_uptime_bps: u32,
    /// Latency up to this share of the agreed (basis points) is minor, above is major. Default 12_000.
    pub minor_latency_bps: u32,
    /// Uptime short by at most this (basis points) is major, by more critical. Default 490.
    pub major_uptime_bps: u32,
    /// Credits on the storage part, rising, at most 10_000. Defaults 1_000, 2_500, 10_000.
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
}

/// What a deal is held to from its creation on. Bounds in brackets.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// For the provider to accept (1 h – 14 d).
    pub accept_window_secs: u64,
    /// For the consumer to fund after acceptance (1 h – 14 d).
    pub fund_window_secs: u64,
    /// Between a provider's notice and the end (1 d – 14 d).
    pub notice_secs: u64,
    /// For a consumer whose money runs out to top up (1 d – 14 d).
    pub grace_secs: u64,
    /// For the final report, from the moment of closing (12 h – 5 d).
    pub final_window_secs: u64,
    /// Without reports for so long, a provider may leave at once (1 d – 14 d, and at most the runway at
    /// which the grace begins: grace and three windows of at least a day).
    pub silence_secs: u64,
    /// Storage that the first deposit must cover (that runway and one window more – 60 d).
    pub min_runway_secs: u64,
    /// Least first deposit, money (0 – 100 USD).
    pub min_fund: i128,
    /// Shorter windows carry no SLA verdict (1 h – 7 d).
    pub min_window_secs: u64,
    /// Critical windows in a row that breach the provider (2 – 30).
    pub critical_limit: u32,
    /// Platform fee of what is paid (0 – 1_000 basis points).
    pub fee_bps: u32,
    pub sla: SlaTiers,
}

/// Who reports.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleConfig {
    /// Who reports now: the oracle, the owner while none was ever set, or nobody while suspended.
    pub acting: Option<Address>,
    /// Scheduled, and from when on.
    pub next: Option<Address>,
    pub next_from_ts: u64,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealsConfig {
    pub admin: AdminConfig,
    pub registry: Address,
    pub escrow: Address,
    pub reputation: Address,
    pub oracle: OracleConfig,
    /// In force for new deals.
    pub policy_version: u32,
}
