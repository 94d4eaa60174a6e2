CREATE OR REPLACE FUNCTION relay.one_line(plain text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- control characters of ASCII and Latin-1 (next line is one), line and paragraph separators, direction overrides
    SELECT regexp_replace(plain, U&'[\0001-\001F\007F-\009F\2028\2029\200E\200F\202A-\202E\2066-\2069]+', ' ', 'g')
$$;
COMMENT ON FUNCTION relay.one_line(text) IS
    'Text as one line, for a header: whatever some reader takes for a line''s end, and what turns the direction of '
    'writing, becomes a blank.';
REVOKE ALL ON FUNCTION relay.one_line(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.one_line(text) TO viewer;
