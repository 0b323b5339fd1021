//! The types of the four contracts, as values of this side. What the fields mean and in which units
//! they are is told in `packages/interfaces`; a test holds them against `goldens/`.

use crate::scval::{Address, BytesN, Map};

crate::scval::structs! {
    Account {
        asset: Address,
        consumer: Address,
        deal_id: u32,
        deposited: i128,
        fee: i128,
        fee_bps: u32,
        locked: i128,
        page: u32,
        paid: i128,
        provider: Address,
        refunded: i128,
        released: bool,
    }
    AdminConfig {
        owner: Option<Address>,
        paused_until_ts: Option<u64>,
        schema: u32,
        upgrade_delay_secs: u64,
        upgrade_ready_ts: u64,
        upgrade_void_ts: u64,
        upgrade_wasm_hash: Option<BytesN<32>>,
    }
    BookDeals {
        asset: Address,
        deal_ids: Vec<u32>,
        page: u32,
        provider: Address,
    }
    BookPage {
        asset: Address,
        page: u32,
        provider: Address,
    }
    BookPayments {
        asset: Address,
        page: u32,
        payments: Vec<(u32, i128)>,
        provider: Address,
    }
    BookReports {
        asset: Address,
        page: u32,
        provider: Address,
        reports: Vec<(u32, u128, u64, u32, u32, u64)>,
    }
    Bucket {
        access_scope: String,
        api_compatibility: String,
        auto_accept: bool,
        bucket_id: u32,
        country: String,
        created_ts: u64,
        encryption_at_rest: bool,
        encryption_in_transit: bool,
        fb_bucket_id: String,
        locked: bool,
        max_egress_gb: u64,
        max_storage_gb: u64,
        name: String,
        object_locking: bool,
        price_per_gb_egress: u128,
        price_per_gb_storage: u128,
        provider_id: Address,
        region: String,
        reserved_egress_mb: u64,
        reserved_storage_mb: u64,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
        status: BucketStatus,
        tags: Vec<String>,
        versioning_enabled: bool,
    }
    BucketFeatures {
        access_scope: String,
        auto_accept: bool,
        encryption_at_rest: bool,
        encryption_in_transit: bool,
        object_locking: bool,
        tags: Vec<String>,
        versioning_enabled: bool,
    }
    BucketMarketplace {
        access_scope: String,
        api_compatibility: String,
        auto_accept: bool,
        bucket_id: u32,
        country: String,
        created_ts: u64,
        encryption_at_rest: bool,
        encryption_in_transit: bool,
        fb_bucket_id: String,
        locked: bool,
        max_egress_gb: u64,
        max_storage_gb: u64,
        name: String,
        object_locking: bool,
        price_per_gb_egress: u128,
        price_per_gb_storage: u128,
        provider_id: Address,
        provider_name: String,
        provider_reputation: u32,
        region: String,
        reserved_egress_mb: u64,
        reserved_storage_mb: u64,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
        status: BucketStatus,
        tags: Vec<String>,
        versioning_enabled: bool,
    }
    Consumer {
        active_deals: Map<u32, u64>,
        consumer_id: Address,
        deals: Map<u32, u64>,
        deleted: bool,
        description: String,
        last_update_ts: u64,
        registered_ts: u64,
        reputation: u32,
    }
    Deal {
        agreed_egress_mb: u64,
        agreed_storage_mb: u64,
        api_compatibility: String,
        balance_consumer: u128,
        balance_provider: u128,
        bucket_id: u32,
        consumer_id: Address,
        deal_id: u32,
        duration_secs: u64,
        fb_repo_id: String,
        last_settled_ts: u64,
        paid_egress_mb: u64,
        paid_storage_mb: u64,
        provider_id: Address,
        reason: EndReason,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
        slash_amount_usd: u128,
        slash_egress_mb: u64,
        slash_storage_mb: u64,
        start_ts: u64,
        status: DealStatus,
        unpaid_egress_mb: u64,
        unpaid_storage_mb: u64,
    }
    DealInfo {
        bucket: Bucket,
        consumer_name: String,
        consumer_reputation: u32,
        deal: Deal,
        provider_name: String,
        provider_reputation: u32,
    }
    DealRequest {
        agreed_egress_mb: u64,
        agreed_storage_mb: u64,
        api_compatibility: String,
        bucket_id: u32,
        duration_secs: u64,
        fb_repo_id: String,
        max_price_egress: u128,
        max_price_storage: u128,
        policy_version: u32,
        provider_id: Address,
    }
    DealsConfig {
        admin: AdminConfig,
        escrow: Address,
        oracle: OracleConfig,
        policy_version: u32,
        registry: Address,
        reputation: Address,
    }
    EscrowConfig {
        admin: AdminConfig,
        deals: Address,
        stable_asset: Address,
    }
    Health {
        arrears: i128,
        egress_left_mb: u64,
        grace_until_ts: u64,
        level: HealthLevel,
        refund_at_close: i128,
        refund_at_release: i128,
        runway_secs: u64,
    }
    Listing {
        api_compatibility: String,
        auto_accept: bool,
        price_per_gb_egress: u128,
        price_per_gb_storage: u128,
        provider_id: Address,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
    }
    Meter {
        agreed_egress_mb: u64,
        agreed_storage_mb: u64,
        arrears_since_ts: u64,
        asset: Address,
        bucket_id: u32,
        close_ts: u64,
        credited: i128,
        deal_id: u32,
        egress_mb: u64,
        end_ts: u64,
        fb_repo_id: String,
        final_until_ts: u64,
        locked: i128,
        min_window_secs: u64,
        owed: i128,
        page: u32,
        paid_total: i128,
        payable_mb_secs_bps: u128,
        price_per_gb_egress: u128,
        price_per_gb_storage: u128,
        provider: Address,
        rate_mb: u64,
        released: bool,
        reserve: i128,
        start_ts: u64,
        status: DealStatus,
        storage_mb_secs: u128,
        strikes: u32,
        through_ts: u64,
    }
    OpenAccount {
        amount: i128,
        asset: Address,
        consumer: Address,
        deal_id: u32,
        fee_bps: u32,
        page: u32,
        provider: Address,
    }
    OracleConfig {
        acting: Option<Address>,
        next: Option<Address>,
        next_from_ts: u64,
    }
    Parties {
        bucket: Bucket,
        consumer_name: String,
        provider_name: String,
    }
    PartiesQuery {
        bucket_id: u32,
        consumer: Address,
        provider: Address,
    }
    Points {
        consumer_breach: i32,
        consumer_completed: i32,
        min_volume: i128,
        provider_breach: i32,
        provider_clean: i32,
        provider_major_credit: i32,
        provider_minor_credit: i32,
        provider_notice: i32,
        provider_unmeasured: i32,
    }
    Policy {
        accept_window_secs: u64,
        critical_limit: u32,
        fee_bps: u32,
        final_window_secs: u64,
        fund_window_secs: u64,
        grace_secs: u64,
        min_fund: i128,
        min_runway_secs: u64,
        min_window_secs: u64,
        notice_secs: u64,
        silence_secs: u64,
        sla: SlaTiers,
    }
    Provider {
        active_deals: Map<u32, u64>,
        buckets: Map<u32, u64>,
        deals: Map<u32, u64>,
        deleted: bool,
        description: String,
        last_update_ts: u64,
        provider_id: Address,
        registered_ts: u64,
        reputation: u32,
        units_count: u32,
    }
    Quote {
        asset: Address,
        fee_bps: u32,
        min_fund: i128,
        policy_version: u32,
        price: i128,
    }
    Record {
        breached_by_consumer: u32,
        breached_by_provider: u32,
        cancelled: u32,
        completed: u32,
        completed_with_credit: u32,
        distinct_counterparties: u32,
        first_outcome_ts: u64,
        last_outcome_ts: u64,
        score: u32,
        volume: i128,
    }
    RegistryConfig {
        admin: AdminConfig,
        deals: Address,
        reputation: Address,
    }
    ReputationConfig {
        admin: AdminConfig,
        deals: Address,
    }
    SlaTiers {
        critical_credit_bps: u32,
        major_credit_bps: u32,
        major_uptime_bps: u32,
        minor_credit_bps: u32,
        minor_latency_bps: u32,
        minor_uptime_bps: u32,
    }
    Solvency {
        balance: i128,
        claimable: i128,
        fees: i128,
        locked: i128,
        surplus: i128,
    }
    Stage {
        egress_mb: u64,
        from_ts: u64,
        latency_ms: u32,
        storage_mb: u64,
        through_ts: u64,
        uptime_bps: u32,
    }
    Terms {
        agreed_egress_mb: u64,
        agreed_storage_mb: u64,
        api_compatibility: String,
        asset: Address,
        bucket_id: u32,
        consumer_id: Address,
        created_ts: u64,
        duration_secs: u64,
        policy_version: u32,
        price_per_gb_egress: u128,
        price_per_gb_storage: u128,
        provider_id: Address,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
    }
}

crate::scval::unions! {
    BucketStatus { Active, Inactive, Deleted }
    DealStatus { Pending, Accepted, Funded, Completed, Cancelled, BreachedConsumer, BreachedProvider }
    EndReason { Open, Consumer, Notice, Silence, Term, Grace, Strikes, Expired, Rejected, Withdrawn }
    HealthLevel { Ok, Low, Critical, Grace }
    Outcome { CompletedClean, CompletedUnmeasured, CompletedMinorCredit, CompletedMajorCredit, CancelledByNotice, CancelledBySilence, BreachedProvider, BreachedConsumer }
    Role { Provider, Consumer }
}
