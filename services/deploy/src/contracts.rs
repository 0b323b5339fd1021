//! What the four contracts can be asked, one method a function. A test holds them against `goldens/`.

use crate::{
    call::contract,
    scval::{Address, BytesN, Map},
    types::*,
};

contract! {
    /// Terms, state machine, metering; orchestrates the other three.
    Deals {
        accept_ownership() -> ();
        add_policy(policy: Policy) -> u32;
        advance_deal(deal_id: u32) -> u32;
        cancel_upgrade() -> ();
        close_deal(consumer_id: Address, deal_id: u32) -> ();
        create_deal(consumer_id: Address, provider_id: Address, bucket_id: u32, fb_repo_id: String, duration_secs: u64, agreed_storage_mb: u64, agreed_egress_mb: u64, api_compatibility: String) -> u32;
        create_deal_at(consumer_id: Address, request: DealRequest) -> u32;
        delete_deal(consumer_id: Address, provider_id: Address, deal_id: u32) -> ();
        deposit_to_deal(consumer_id: Address, provider_id: Address, deal_id: u32, amount_usd: u128) -> ();
        get_active_deals(skip: u32, take: u32) -> Vec<Deal>;
        get_book(provider: Address, asset: Address, page: u32) -> Vec<u32>;
        get_config() -> DealsConfig;
        get_deal(consumer_id: Address, provider_id: Address, deal_id: u32) -> Option<Deal>;
        get_deal_count() -> u32;
        get_deal_health(deal_id: u32) -> Option<Health>;
        get_deal_page(deal_id: u32) -> Option<BookPage>;
        get_deal_terms(deal_id: u32) -> Option<Terms>;
        get_deals(skip: u32, take: u32) -> Vec<Deal>;
        get_deals_by_consumer(consumer_id: Address) -> Vec<DealInfo>;
        get_deals_by_consumer_page(consumer_id: Address, skip: u32, take: u32) -> Vec<DealInfo>;
        get_deals_by_provider(provider_id: Address) -> Vec<DealInfo>;
        get_deals_by_provider_page(provider_id: Address, skip: u32, take: u32) -> Vec<DealInfo>;
        get_meters(deal_ids: Vec<u32>) -> Vec<Option<Meter>>;
        get_owner() -> Option<Address>;
        get_policy(version: u32) -> Option<Policy>;
        get_quote(bucket_id: u32, duration_secs: u64, storage_mb: u64, egress_mb: u64) -> Quote;
        get_stage(deal_id: u32) -> Option<Stage>;
        migrate() -> ();
        pause() -> ();
        pay_pending_consumption(provider_id: Address, consumer_id: Address, deal_id: u32) -> ();
        reduce_deposit(consumer_id: Address, deal_id: u32, amount: u128) -> ();
        report(books: Vec<BookReports>) -> Vec<u32>;
        report_and_settle(books: Vec<BookReports>) -> Vec<u32>;
        schedule_oracle(oracle: Address) -> u64;
        schedule_upgrade(wasm_hash: BytesN<32>) -> u64;
        set_deal_accepted(provider_id: Address, consumer_id: Address, deal_id: u32) -> ();
        set_deal_cancelled(provider_id: Address, consumer_id: Address, deal_id: u32) -> ();
        set_deal_completed(consumer_id: Address, provider_id: Address, deal_id: u32) -> ();
        set_deal_funded(consumer_id: Address, provider_id: Address, deal_id: u32, amount_usd: u128, fb_repo_id: String) -> ();
        set_deal_rejected(provider_id: Address, consumer_id: Address, deal_id: u32) -> ();
        settle(books: Vec<BookDeals>) -> Vec<u32>;
        sponsor_deal(from: Address, deal_id: u32, amount: u128) -> ();
        suspend_oracle() -> ();
        transfer_ownership(new_owner: Address, live_until_ledger: u32) -> ();
        unpause() -> ();
        update_deal_consumption(provider_id: Address, consumer_id: Address, deal_id: u32, storage_mb: u64, egress_mb: u64) -> ();
        update_deal_sla(provider_id: Address, consumer_id: Address, deal_id: u32, latency_ms: u32, uptime: u32) -> ();
        upgrade(new_wasm_hash: BytesN<32>, operator: Address) -> ();
        version() -> String;
        withdraw_deal(consumer_id: Address, deal_id: u32) -> ();
    }
}

contract! {
    /// Every unit of the stable asset.
    Escrow {
        accept_ownership() -> ();
        cancel_upgrade() -> ();
        change_asset_admin(new_admin: Address) -> ();
        close(deal_id: u32, pay: i128, refund: i128, release: bool, push: bool) -> ();
        deposit(deal_id: u32, from: Address, amount: i128) -> ();
        get_account(deal_id: u32) -> Option<Account>;
        get_claimable(who: Address, token: Address) -> i128;
        get_config() -> EscrowConfig;
        get_owner() -> Option<Address>;
        get_solvency(token: Address) -> Solvency;
        get_stable_asset_address() -> Address;
        get_stable_asset_name() -> String;
        migrate() -> ();
        open(account: OpenAccount) -> ();
        push(who: Address, token: Address) -> i128;
        refund(deal_id: u32, amount: i128) -> ();
        schedule_upgrade(wasm_hash: BytesN<32>) -> u64;
        send_funds_owner(receiver: Address, amount: i128) -> ();
        set_stable_asset_address(addr: Address) -> ();
        settle(books: Vec<BookPayments>, push: bool) -> ();
        test_faucet(receiver: Address, amount: i128) -> ();
        transfer_ownership(new_owner: Address, live_until_ledger: u32) -> ();
        upgrade(new_wasm_hash: BytesN<32>, operator: Address) -> ();
        version() -> String;
        withdraw(who: Address, token: Address, to: Address, amount: i128) -> i128;
        withdraw_fees(token: Address, receiver: Address, amount: i128) -> ();
    }
}

contract! {
    /// Providers, consumers, buckets.
    Registry {
        accept_ownership() -> ();
        cancel_upgrade() -> ();
        create_bucket(provider_id: Address, name: String, region: String, fb_bucket_id: String, api_compatibility: String, price_per_gb_storage: u128, price_per_gb_egress: u128, sla_avg_latency_ms: u32, sla_avg_uptime_pct: u32) -> u32;
        delete_bucket(provider_id: Address, bucket_id: u32) -> ();
        delete_consumer(consumer_id: Address) -> ();
        delete_provider(provider_id: Address) -> ();
        get_bucket(bucket_id: u32) -> Option<Bucket>;
        get_bucket_count() -> u32;
        get_buckets(skip: u32, take: u32) -> Vec<BucketMarketplace>;
        get_buckets_by_provider(provider_id: Address) -> Vec<Bucket>;
        get_buckets_by_provider_page(provider_id: Address, skip: u32, take: u32) -> Vec<Bucket>;
        get_config() -> RegistryConfig;
        get_consumer(id: Address) -> Option<Consumer>;
        get_consumer_count() -> u32;
        get_consumer_list(skip: u32, take: u32) -> Vec<Consumer>;
        get_consumers(skip: u32, take: u32) -> Map<Address, Consumer>;
        get_listing(bucket_id: u32, provider_id: Address, consumer_id: Address, storage_mb: u64, egress_mb: u64) -> Listing;
        get_owner() -> Option<Address>;
        get_parties(of: Vec<PartiesQuery>) -> Vec<Parties>;
        get_provider(id: Address) -> Option<Provider>;
        get_provider_count() -> u32;
        get_provider_list(skip: u32, take: u32) -> Vec<Provider>;
        get_providers(skip: u32, take: u32) -> Map<Address, Provider>;
        lock_bucket(provider_id: Address, bucket_id: u32) -> ();
        migrate() -> ();
        pause() -> ();
        register_consumer(consumer_id: Address, description: String) -> ();
        register_full_user(user_id: Address, description: String) -> ();
        register_provider(provider_id: Address, description: String) -> ();
        release(bucket_id: u32, deal_id: u32, fb_repo_id: String, storage_mb: u64, egress_mb: u64) -> ();
        remove_bucket(bucket_id: u32) -> ();
        remove_consumer(id: Address) -> ();
        remove_provider(id: Address) -> ();
        reserve(bucket_id: u32, deal_id: u32, fb_repo_id: String, storage_mb: u64, egress_mb: u64) -> ();
        schedule_upgrade(wasm_hash: BytesN<32>) -> u64;
        set_bucket_capacity(provider_id: Address, bucket_id: u32, max_storage_gb: u64, max_egress_gb: u64) -> ();
        set_bucket_features(provider_id: Address, bucket_id: u32, features: BucketFeatures) -> ();
        set_bucket_status(provider_id: Address, bucket_id: u32, status: BucketStatus) -> ();
        transfer_ownership(new_owner: Address, live_until_ledger: u32) -> ();
        unlock_bucket(provider_id: Address, bucket_id: u32) -> ();
        unpause() -> ();
        update_bucket_basic(provider_id: Address, bucket_id: u32, name: Option<String>, region: Option<String>, country: Option<String>) -> ();
        update_bucket_conditions(provider_id: Address, bucket_id: u32, name: Option<String>, region: Option<String>, price_per_gb_storage: Option<u128>, price_per_gb_egress: Option<u128>, sla_avg_latency_ms: Option<u32>, sla_avg_uptime_pct: Option<u32>) -> ();
        update_consumer(consumer_id: Address, description: String) -> ();
        update_provider(provider_id: Address, description: String) -> ();
        upgrade(new_wasm_hash: BytesN<32>, operator: Address) -> ();
        version() -> String;
    }
}

contract! {
    /// Scores and their evidence.
    Reputation {
        accept_ownership() -> ();
        cancel_upgrade() -> ();
        get_config() -> ReputationConfig;
        get_owner() -> Option<Address>;
        get_points() -> Points;
        get_record(who: Address, role: Role) -> Option<Record>;
        get_score(who: Address, role: Role) -> u32;
        get_scores(of: Vec<(Address, Role)>) -> Vec<u32>;
        migrate() -> ();
        record(deal_id: u32, provider: Address, consumer: Address, outcome: Outcome, volume: i128) -> ();
        schedule_upgrade(wasm_hash: BytesN<32>) -> u64;
        set_points(points: Points) -> ();
        transfer_ownership(new_owner: Address, live_until_ledger: u32) -> ();
        upgrade(new_wasm_hash: BytesN<32>, operator: Address) -> ();
        version() -> String;
    }
}
