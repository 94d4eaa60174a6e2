CREATE OR REPLACE FUNCTION api.page_limit("limit" integer) RETURNS integer
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_maximum CONSTANT integer := 1000; -- rows of one page
BEGIN
    IF "limit" IS NULL OR "limit" NOT BETWEEN 1 AND c_maximum THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'limit', MESSAGE = format('limit must be 1 to %s', c_maximum);
    END IF;
    RETURN "limit";
END
$$;
COMMENT ON FUNCTION api.page_limit(integer) IS 'The limit of a list if it is 1 to 1000, else MW422.';
REVOKE ALL ON FUNCTION api.page_limit(integer) FROM PUBLIC;
