-- One text for SQLite and PostgreSQL: BIGINT and TEXT only. Integers above 63 bits, and sums of money,
-- are decimal text; truth is 0 or 1. Words (status, reason, outcome) are in snake_case.
--
-- `changed_ledger`: the index wrote the row for that ledger or a later one.

-- One row: whom this database follows, and how far. It is written with what was read, in one
-- transaction.
CREATE TABLE cursor (
    id BIGINT PRIMARY KEY,
    network_passphrase TEXT NOT NULL,
    -- Contract ids: deals, escrow, registry, reputation, each after a space.
    contracts TEXT NOT NULL,
    -- Everything up to this place is in. Empty before the first page.
    event_cursor TEXT NOT NULL,
    ledger BIGINT NOT NULL,
    ledger_ts BIGINT NOT NULL,
    -- How often the tables were read anew from the contracts' queries.
    rebuilds BIGINT NOT NULL,
    -- A rebuild read what is true of some ledger up to this one.
    rebuilt_through_ledger BIGINT NOT NULL,
    -- Ledger time of the last look at what changes without events.
    facts_ts BIGINT NOT NULL
);

-- Ledgers of which no events are known: histories have a hole there, the state has none.
CREATE TABLE gaps (
    from_ledger BIGINT PRIMARY KEY,
    to_ledger BIGINT NOT NULL,
    found_ts BIGINT NOT NULL
);

-- Every event, as it was published. Ids are in the order of the ledger.
CREATE TABLE events (
    event_id TEXT PRIMARY KEY,
    ledger BIGINT NOT NULL,
    closed_ts BIGINT NOT NULL,
    tx_hash TEXT NOT NULL,
    -- deals, escrow, registry or reputation.
    contract TEXT NOT NULL,
    -- In snake_case: deal_created.
    name TEXT NOT NULL,
    -- Topics and data by name, JSON.
    body TEXT NOT NULL
);

-- Which deals an event is about.
CREATE TABLE deal_events (
    deal_id BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (deal_id, event_id)
);

CREATE TABLE providers (
    address TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    registered_ts BIGINT NOT NULL,
    updated_ts BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    -- Not deleted.
    bucket_count BIGINT NOT NULL,
    -- Funded and not closed.
    live_deals BIGINT NOT NULL,
    -- 0 to 100; decays towards 50, and is looked at again now and then.
    reputation BIGINT NOT NULL,
    completed_milli BIGINT NOT NULL,
    completed_with_credit_milli BIGINT NOT NULL,
    cancelled_milli BIGINT NOT NULL,
    breached_by_provider_milli BIGINT NOT NULL,
    breached_by_consumer_milli BIGINT NOT NULL,
    volume TEXT NOT NULL,
    first_outcome_ts BIGINT NOT NULL,
    last_outcome_ts BIGINT NOT NULL,
    changed_ledger BIGINT NOT NULL
);
CREATE INDEX providers_by_change ON providers (changed_ledger);

CREATE TABLE consumers (
    address TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    registered_ts BIGINT NOT NULL,
    updated_ts BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    -- Always 0.
    bucket_count BIGINT NOT NULL,
    live_deals BIGINT NOT NULL,
    reputation BIGINT NOT NULL,
    completed_milli BIGINT NOT NULL,
    completed_with_credit_milli BIGINT NOT NULL,
    cancelled_milli BIGINT NOT NULL,
    breached_by_provider_milli BIGINT NOT NULL,
    breached_by_consumer_milli BIGINT NOT NULL,
    volume TEXT NOT NULL,
    first_outcome_ts BIGINT NOT NULL,
    last_outcome_ts BIGINT NOT NULL,
    changed_ledger BIGINT NOT NULL
);

-- Prices are at most 10^13, capacities at most 2^30 GB.
CREATE TABLE buckets (
    bucket_id BIGINT PRIMARY KEY,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    country TEXT NOT NULL,
    -- The contract's fb_bucket_id.
    external_id TEXT NOT NULL,
    api TEXT NOT NULL,
    price_storage BIGINT NOT NULL,
    price_egress BIGINT NOT NULL,
    -- Both 0: exclusive.
    max_storage_gb BIGINT NOT NULL,
    max_egress_gb BIGINT NOT NULL,
    reserved_storage_mb BIGINT NOT NULL,
    reserved_egress_mb BIGINT NOT NULL,
    sla_latency_ms BIGINT NOT NULL,
    sla_uptime_bps BIGINT NOT NULL,
    versioning BIGINT NOT NULL,
    encryption_at_rest BIGINT NOT NULL,
    encryption_in_transit BIGINT NOT NULL,
    object_locking BIGINT NOT NULL,
    auto_accept BIGINT NOT NULL,
    -- The version that auto_accept holds for.
    auto_accept_policy BIGINT NOT NULL,
    -- A URL, or empty.
    endpoint TEXT NOT NULL,
    -- gateway, provider
    metering TEXT NOT NULL,
    offer_revision BIGINT NOT NULL,
    access_scope TEXT NOT NULL,
    -- JSON array of texts.
    tags TEXT NOT NULL,
    -- active, inactive, deleted
    status TEXT NOT NULL,
    -- By its provider, or because nothing is left.
    locked BIGINT NOT NULL,
    created_ts BIGINT NOT NULL,
    changed_ledger BIGINT NOT NULL
);
CREATE INDEX buckets_by_provider ON buckets (provider);
CREATE INDEX buckets_by_change ON buckets (changed_ledger);

CREATE TABLE deals (
    deal_id BIGINT PRIMARY KEY,
    consumer TEXT NOT NULL,
    provider TEXT NOT NULL,
    bucket_id BIGINT NOT NULL,
    asset TEXT NOT NULL,
    api TEXT NOT NULL,
    fb_repo_id TEXT NOT NULL,
    -- pending, accepted, funded, completed, cancelled, breached_consumer, breached_provider
    status TEXT NOT NULL,
    -- open, consumer, notice, silence, term, grace, strikes, expired, rejected, withdrawn
    reason TEXT NOT NULL,
    -- Neither pending nor accepted nor funded.
    ended BIGINT NOT NULL,
    -- Ended after funding, and its last money is settled.
    released BIGINT NOT NULL,
    created_ts BIGINT NOT NULL,
    -- 0 until accepted, and where it was accepted in a gap.
    fund_until_ts BIGINT NOT NULL,
    duration_secs BIGINT NOT NULL,
    agreed_storage_mb BIGINT NOT NULL,
    agreed_egress_mb BIGINT NOT NULL,
    price_storage BIGINT NOT NULL,
    price_egress BIGINT NOT NULL,
    sla_latency_ms BIGINT NOT NULL,
    sla_uptime_bps BIGINT NOT NULL,
    policy_version BIGINT NOT NULL,
    -- gateway, provider
    metering TEXT NOT NULL,
    -- The deal that it replaces, and the one that replaced it; NULL where that was in a gap.
    succeeds BIGINT,
    succeeded_by BIGINT,
    -- All from here on is 0 until funded.
    start_ts BIGINT NOT NULL,
    end_ts BIGINT NOT NULL,
    close_ts BIGINT NOT NULL,
    final_until_ts BIGINT NOT NULL,
    through_ts BIGINT NOT NULL,
    storage_mb_secs TEXT NOT NULL,
    payable_mb_secs_bps TEXT NOT NULL,
    egress_mb BIGINT NOT NULL,
    rate_mb BIGINT NOT NULL,
    strikes BIGINT NOT NULL,
    owed TEXT NOT NULL,
    reserve TEXT NOT NULL,
    -- Gross, the fee in it.
    paid_total TEXT NOT NULL,
    locked TEXT NOT NULL,
    credited TEXT NOT NULL,
    deposited TEXT NOT NULL,
    refunded TEXT NOT NULL,
    arrears_since_ts BIGINT NOT NULL,
    -- Of the last window that was measured.
    latency_ms BIGINT,
    uptime_bps BIGINT,
    -- What the single-deal calls have staged; NULL without a stage.
    stage_from_ts BIGINT,
    stage_through_ts BIGINT,
    stage_storage_mb BIGINT,
    stage_egress_mb BIGINT,
    stage_latency_ms BIGINT,
    stage_uptime_bps BIGINT,
    -- Where the next window begins, from events alone.
    window_from_ts BIGINT NOT NULL,
    window_storage_mb_secs TEXT NOT NULL,
    window_egress_mb BIGINT NOT NULL,
    changed_ledger BIGINT NOT NULL
);
CREATE INDEX deals_by_provider ON deals (provider, deal_id);
CREATE INDEX deals_by_consumer ON deals (consumer, deal_id);
CREATE INDEX deals_by_bucket ON deals (bucket_id, deal_id);
CREATE INDEX deals_by_status ON deals (status, deal_id);

-- One row a report of a deal.
CREATE TABLE windows (
    deal_id BIGINT NOT NULL,
    through_ts BIGINT NOT NULL,
    from_ts BIGINT NOT NULL,
    bucket_id BIGINT NOT NULL,
    provider TEXT NOT NULL,
    -- In this window.
    storage_mb_secs TEXT NOT NULL,
    egress_mb BIGINT NOT NULL,
    -- NULL where it was not measured, or is not known any more.
    latency_ms BIGINT,
    uptime_bps BIGINT,
    -- `report_flags` of the interface, without the credit.
    flags BIGINT NOT NULL,
    credit_bps BIGINT NOT NULL,
    -- Gross, paid with the report.
    paid TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (deal_id, through_ts)
);
CREATE INDEX windows_by_bucket ON windows (bucket_id, through_ts);
CREATE INDEX windows_by_provider ON windows (provider, through_ts);

-- Payments out of deals: with reports, by settling, at the close and at the release.
CREATE TABLE settlements (
    deal_id BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    ts BIGINT NOT NULL,
    -- Gross, the fee in it.
    paid TEXT NOT NULL,
    refund TEXT NOT NULL,
    arrears TEXT NOT NULL,
    PRIMARY KEY (deal_id, event_id)
);

-- What may be withdrawn; nobody has a row with 0.
CREATE TABLE claims (
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (address, token)
);

CREATE TABLE withdrawals (
    event_id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    to_address TEXT NOT NULL,
    -- Written off, and sent: less only while the escrow is short.
    amount TEXT NOT NULL,
    paid TEXT NOT NULL,
    ts BIGINT NOT NULL
);
CREATE INDEX withdrawals_by_address ON withdrawals (address, event_id);

CREATE TABLE reputation_history (
    address TEXT NOT NULL,
    -- provider, consumer
    role TEXT NOT NULL,
    event_id TEXT NOT NULL,
    ts BIGINT NOT NULL,
    score BIGINT NOT NULL,
    deal_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    volume TEXT NOT NULL,
    PRIMARY KEY (address, role, event_id)
);

CREATE TABLE policies (
    version BIGINT PRIMARY KEY,
    accept_window_secs BIGINT NOT NULL,
    fund_window_secs BIGINT NOT NULL,
    notice_secs BIGINT NOT NULL,
    grace_secs BIGINT NOT NULL,
    final_window_secs BIGINT NOT NULL,
    silence_secs BIGINT NOT NULL,
    min_runway_secs BIGINT NOT NULL,
    min_fund TEXT NOT NULL,
    min_window_secs BIGINT NOT NULL,
    critical_limit BIGINT NOT NULL,
    fee_bps BIGINT NOT NULL,
    minor_uptime_bps BIGINT NOT NULL,
    minor_latency_bps BIGINT NOT NULL,
    major_uptime_bps BIGINT NOT NULL,
    minor_credit_bps BIGINT NOT NULL,
    major_credit_bps BIGINT NOT NULL,
    critical_credit_bps BIGINT NOT NULL
);

-- One row: what is in force.
CREATE TABLE market (
    id BIGINT PRIMARY KEY,
    policy_version BIGINT NOT NULL,
    -- Of deals created from now on.
    asset TEXT NOT NULL,
    -- NULL while suspended.
    oracle TEXT,
    oracle_next TEXT,
    oracle_next_from_ts BIGINT NOT NULL
);

-- What the escrow holds and owes of one asset.
CREATE TABLE solvency (
    asset TEXT PRIMARY KEY,
    balance TEXT NOT NULL,
    locked TEXT NOT NULL,
    claimable TEXT NOT NULL,
    fees TEXT NOT NULL,
    surplus TEXT NOT NULL
);

CREATE TABLE contracts (
    -- deals, escrow, registry, reputation
    name TEXT PRIMARY KEY,
    contract_id TEXT NOT NULL,
    wasm_hash TEXT NOT NULL,
    version TEXT NOT NULL,
    schema_version BIGINT NOT NULL,
    owner TEXT,
    upgrade_delay_secs BIGINT NOT NULL,
    -- NULL without a pending upgrade.
    upgrade_wasm_hash TEXT,
    upgrade_ready_ts BIGINT NOT NULL,
    upgrade_void_ts BIGINT NOT NULL,
    paused_until_ts BIGINT
);
