-- What the search compares, a row for each bucket. It is derived from `buckets` and `providers`, in the
-- transaction that changes these. The rows are short: a search without words reads them all.
CREATE TABLE listings (
    -- INTEGER and not BIGINT: the row itself is found by it, without an index between.
    bucket_id INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    price_storage BIGINT NOT NULL,
    price_egress BIGINT NOT NULL,
    -- Not reserved yet; 2^63 - 1 where the bucket is exclusive and free.
    left_storage_mb BIGINT NOT NULL,
    left_egress_mb BIGINT NOT NULL,
    sla_latency_ms BIGINT NOT NULL,
    sla_uptime_bps BIGINT NOT NULL,
    -- Of the provider.
    reputation BIGINT NOT NULL,
    -- A bit for each feature.
    features BIGINT NOT NULL,
    exclusive BIGINT NOT NULL,
    locked BIGINT NOT NULL,
    -- In lower case.
    region TEXT NOT NULL,
    country TEXT NOT NULL,
    api TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- Of the bucket and its provider's name: lower-cased, each once, a space between them.
    words TEXT NOT NULL
);
CREATE INDEX listings_by_provider ON listings (provider);
