-- Finds listings by the beginnings of words, without an extension. Words are cut and lower-cased already:
-- no parser and no dictionary of a language comes between.
CREATE INDEX listings_by_words ON listings
    USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off);
