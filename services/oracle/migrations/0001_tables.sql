-- One text for SQLite and PostgreSQL: BIGINT and TEXT only. Integers above 63 bits are decimal text.

-- A stream of samples: a repo in a bucket of a provider.
CREATE TABLE series (
    series_id BIGINT PRIMARY KEY,
    provider TEXT NOT NULL,
    bucket TEXT NOT NULL,
    repo TEXT NOT NULL,
    UNIQUE (provider, bucket, repo)
);

-- Never changed. `origin` is a digest of what makes a sample unique at its time: the host, or the
-- request of an access log.
CREATE TABLE samples (
    series_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    origin BIGINT NOT NULL,
    upl_bytes BIGINT NOT NULL,
    dwl_bytes BIGINT NOT NULL,
    size_change BIGINT NOT NULL,
    latency_ms BIGINT,
    host TEXT NOT NULL,
    PRIMARY KEY (series_id, at_ms, origin)
);

-- One row a bucket, node and minute: what the network's probes saw.
CREATE TABLE probes (
    bucket TEXT NOT NULL,
    minute BIGINT NOT NULL,
    node TEXT NOT NULL,
    up BIGINT NOT NULL,
    latency_ms BIGINT NOT NULL,
    PRIMARY KEY (bucket, minute, node)
);

-- Lines that were not understood, with the reason.
CREATE TABLE rejects (
    reject_id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    line TEXT NOT NULL
);
CREATE INDEX rejects_by_time ON rejects (at_ms);

-- Sizes of objects as access logs tell them, to know what an overwrite or a deletion changes.
CREATE TABLE objects (
    series_id BIGINT NOT NULL,
    object TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (series_id, object)
);

-- How far a source was read.
CREATE TABLE cursors (
    source TEXT PRIMARY KEY,
    position TEXT NOT NULL
);

-- Derived from samples; may be deleted at any time.
CREATE TABLE checkpoints (
    deal_id BIGINT PRIMARY KEY,
    basis BIGINT NOT NULL,
    at_secs BIGINT NOT NULL,
    size_bytes TEXT NOT NULL,
    byte_secs TEXT NOT NULL,
    egress_bytes TEXT NOT NULL,
    samples BIGINT NOT NULL
);

-- What the chain said of a deal when it was last asked.
CREATE TABLE deals (
    deal_id BIGINT PRIMARY KEY,
    first_seen_secs BIGINT NOT NULL,
    -- All its money is settled.
    finished BIGINT NOT NULL,
    -- No step is left to take.
    synced BIGINT NOT NULL,
    -- When `advance_deal` was last tried out.
    checked_secs BIGINT NOT NULL,
    -- Close, else end; 0 while unfunded.
    limit_secs BIGINT NOT NULL,
    meter TEXT
);
CREATE INDEX deals_by_limit ON deals (limit_secs);

CREATE TABLE buckets (
    bucket_id BIGINT PRIMARY KEY,
    external_id TEXT NOT NULL
);

-- One row a batch. Hash and envelope are here before the envelope is sent.
CREATE TABLE outbox (
    batch_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    priority BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    items TEXT NOT NULL,
    channel TEXT,
    hash TEXT,
    envelope TEXT,
    max_time BIGINT,
    attempts BIGINT NOT NULL,
    outcome TEXT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL
);
CREATE INDEX outbox_by_state ON outbox (state, priority, created_ms);

-- Deals that are left alone for a while, and why.
CREATE TABLE set_aside (
    deal_id BIGINT PRIMARY KEY,
    code BIGINT NOT NULL,
    reason TEXT NOT NULL,
    until_secs BIGINT NOT NULL
);

-- Where the chain has more than was metered: totals were held flat.
CREATE TABLE holds (
    deal_id BIGINT NOT NULL,
    through_secs BIGINT NOT NULL,
    metered_mb_secs TEXT NOT NULL,
    reported_mb_secs TEXT NOT NULL,
    metered_egress_mb BIGINT NOT NULL,
    reported_egress_mb BIGINT NOT NULL,
    PRIMARY KEY (deal_id, through_secs)
);

-- Who may send with a key. The others wait.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms BIGINT NOT NULL
);
