CREATE OR REPLACE FUNCTION api.me() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF auth.account_id() IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'nobody is logged in';
    END IF;
    RETURN (SELECT auth.account_json(a) FROM auth.account AS a WHERE a.id = auth.account_id());
END
$$;
COMMENT ON FUNCTION api.me() IS 'The account that makes the request; MW401 where there is none.';
REVOKE ALL ON FUNCTION api.me() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me() TO viewer;
