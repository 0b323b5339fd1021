-- Finds listings by the beginnings of words. Words are cut and lower-cased already: `ascii` splits at
-- the spaces only. Beginnings of up to four characters have an index of their own.
CREATE VIRTUAL TABLE listing_words USING fts5 (
    words, content = 'listings', content_rowid = 'bucket_id',
    tokenize = 'ascii', detail = none, prefix = '1 2 3 4'
);
CREATE TRIGGER listing_inserted AFTER INSERT ON listings BEGIN
    INSERT INTO listing_words (rowid, words) VALUES (new.bucket_id, new.words);
END;
CREATE TRIGGER listing_deleted AFTER DELETE ON listings BEGIN
    INSERT INTO listing_words (listing_words, rowid, words)
        VALUES ('delete', old.bucket_id, old.words);
END;
CREATE TRIGGER listing_updated AFTER UPDATE OF words ON listings
WHEN old.words <> new.words BEGIN
    INSERT INTO listing_words (listing_words, rowid, words)
        VALUES ('delete', old.bucket_id, old.words);
    INSERT INTO listing_words (rowid, words) VALUES (new.bucket_id, new.words);
END;
