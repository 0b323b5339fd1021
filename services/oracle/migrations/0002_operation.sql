-- A transaction that is stuck: how often more was offered for it, and the envelope that offers most.
ALTER TABLE outbox ADD COLUMN bumps BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN bump_envelope TEXT;

-- When the chain was last asked how a deal stands.
ALTER TABLE deals ADD COLUMN read_secs BIGINT NOT NULL DEFAULT 0;
-- When the lives of a deal's entries on the chain were last looked at.
ALTER TABLE deals ADD COLUMN ttl_secs BIGINT NOT NULL DEFAULT 0;
CREATE INDEX deals_by_ttl ON deals (finished, ttl_secs);

-- Who is paid, in what: looked at while they have live deals, or something to claim.
CREATE TABLE payees (
    who TEXT NOT NULL,
    token TEXT NOT NULL,
    checked_secs BIGINT NOT NULL,
    -- 1 while something may be left to claim.
    open BIGINT NOT NULL,
    PRIMARY KEY (who, token)
);

-- Accounts that pay fees, as of the last round.
CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    stroops BIGINT NOT NULL,
    at_secs BIGINT NOT NULL
);

-- Samples of a series before this time were forgotten: one that comes later is refused.
ALTER TABLE series ADD COLUMN forgotten_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX series_by_forgotten ON series (forgotten_ms);
