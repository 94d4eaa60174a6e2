CREATE OR REPLACE FUNCTION api.test_email() RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.send_test(ARRAY(SELECT c.id FROM relay.channel AS c WHERE c.kind = 'email' AND c.enabled AND c.available))
$$;
COMMENT ON FUNCTION api.test_email() IS 'Queues a test notification for every enabled e-mail channel: {status, seq, channels[]}. 409 where there is none.';
REVOKE ALL ON FUNCTION api.test_email() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.test_email() TO engineer;
