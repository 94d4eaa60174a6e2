CREATE OR REPLACE FUNCTION api.check_language(language text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF language IS NOT NULL AND NOT EXISTS (SELECT FROM relay.language AS l WHERE l.code = language) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'language',
            MESSAGE = format('there is no language "%s"', left(language, 32)),
            HINT = 'One of: ' || (SELECT string_agg(l.code, ', ' ORDER BY l.rank, l.code) FROM relay.language AS l);
    END IF;
    RETURN language;
END
$$;
COMMENT ON FUNCTION api.check_language(text) IS 'A row of relay.language, or NULL for the default one; else MW422.';
REVOKE ALL ON FUNCTION api.check_language(text) FROM PUBLIC;
