CREATE OR REPLACE FUNCTION api.page_limit("limit" integer, maximum integer DEFAULT 1000) RETURNS integer
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF "limit" IS NULL OR "limit" NOT BETWEEN 1 AND maximum THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'limit', MESSAGE = format('limit must be 1 to %s', maximum);
    END IF;
    RETURN "limit";
END
$$;
COMMENT ON FUNCTION api.page_limit(integer, integer) IS
    'The limit of a list if it is 1 to a maximum (rows of one page), else MW422.';
REVOKE ALL ON FUNCTION api.page_limit(integer, integer) FROM PUBLIC;
