CREATE OR REPLACE FUNCTION plant.check_happened(p_member text, p_time timestamptz) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_time > plant.happened_limit() THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = p_member, MESSAGE = p_member || ' must not be in the future';
    END IF;
END
$$;
COMMENT ON FUNCTION plant.check_happened(text, timestamptz) IS
    'MW422 for the time of something that cannot have happened yet. NULL is none.';
REVOKE ALL ON FUNCTION plant.check_happened(text, timestamptz) FROM PUBLIC;
