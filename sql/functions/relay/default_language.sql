CREATE OR REPLACE FUNCTION relay.default_language() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.code FROM relay.language AS l ORDER BY l.is_default DESC, l.rank, l.code LIMIT 1
$$;
COMMENT ON FUNCTION relay.default_language() IS 'Language of a channel that names none.';
REVOKE ALL ON FUNCTION relay.default_language() FROM PUBLIC;
