CREATE OR REPLACE FUNCTION plant.happened_limit() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- a day: whose clock or zone is wrong is not refused what he just did
    SELECT now() + INTERVAL '1 day'
$$;
COMMENT ON FUNCTION plant.happened_limit() IS
    'What is entered as having happened later than this is a slip of the pen (plant.check_happened, '
    'plant.import_lives).';
REVOKE ALL ON FUNCTION plant.happened_limit() FROM PUBLIC;
