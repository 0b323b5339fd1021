-- What happened to objects, as access logs tell it: each line once, whatever file it came in. What an
-- event changes of the stored size is computed from the events of its object, in the order of their times.
CREATE TABLE object_events (
    series_id BIGINT NOT NULL,
    -- A digest of what makes the line unique.
    origin BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    object TEXT NOT NULL,
    -- Orders the events of one second.
    request TEXT NOT NULL,
    -- 0 put, 1 deleted.
    action BIGINT NOT NULL,
    -- Empty where the line names none.
    version TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- Computed, and how often: a checkpoint is void when it is computed anew.
    size_change BIGINT NOT NULL,
    -- After all events of the same second.
    size_after BIGINT NOT NULL,
    -- 1 where the object was put and deleted in the same second: then a later line may change the order.
    tied BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (series_id, origin)
);
CREATE INDEX object_events_by_time ON object_events (series_id, at_ms, origin);
CREATE INDEX object_events_by_object ON object_events (series_id, object, at_ms);
CREATE INDEX object_events_with_version ON object_events (series_id, object) WHERE action = 0 AND version <> '';
CREATE INDEX object_events_tied ON object_events (series_id, object) WHERE tied = 1;

-- Seconds in which a line shows that an object is there.
CREATE TABLE sightings (
    series_id BIGINT NOT NULL,
    object TEXT NOT NULL,
    at_secs BIGINT NOT NULL,
    PRIMARY KEY (series_id, object, at_secs)
);

-- Sizes that were known before: the newest put of each object is its first event. What it changed is in
-- the samples already, and is taken out of them; what is older than that is not taken any more.
INSERT INTO samples (series_id, at_ms, origin, upl_bytes, dwl_bytes, size_change, latency_ms, host)
    SELECT series_id, at_ms, -1, 0, 0, -SUM(size_bytes), NULL, 'objects' FROM objects
    WHERE size_bytes > 0 GROUP BY series_id, at_ms;
INSERT INTO object_events (series_id, origin, at_ms, object, request, action, version, size_bytes, size_change,
    size_after, tied, revision)
    SELECT series_id, -ROW_NUMBER() OVER (ORDER BY series_id, object), at_ms, object, '', 0, '', size_bytes,
    size_bytes, size_bytes, 0, 1 FROM objects WHERE size_bytes > 0;
UPDATE series SET forgotten_ms = (SELECT MAX(at_ms) + 1 FROM objects WHERE objects.series_id = series.series_id)
    WHERE EXISTS (SELECT 1 FROM objects WHERE objects.series_id = series.series_id AND objects.at_ms >= series.forgotten_ms);
DELETE FROM checkpoints;
DROP TABLE objects;

-- The number that a source gave to a sample, as a digest: no other sample may have it.
ALTER TABLE samples ADD COLUMN number BIGINT;
CREATE UNIQUE INDEX samples_by_number ON samples (number) WHERE number IS NOT NULL;

-- 1 where somebody has to look at the line.
ALTER TABLE rejects ADD COLUMN alerts BIGINT NOT NULL DEFAULT 0;

-- Who told of a series first: one source may begin only so many.
ALTER TABLE series ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX series_by_source ON series (source);

-- How many rows the large tables have, so that nobody has to count them.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY,
    total BIGINT NOT NULL
);
INSERT INTO tallies (name, total)
    SELECT 'samples', COUNT(*) FROM samples
    UNION ALL SELECT 'object_events', COUNT(*) FROM object_events
    UNION ALL SELECT 'probes', COUNT(*) FROM probes
    UNION ALL SELECT 'rejects', COUNT(*) FROM rejects;
