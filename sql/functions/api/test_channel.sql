CREATE OR REPLACE FUNCTION api.test_channel(id integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM relay.channel AS c WHERE c.id = test_channel.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no channel with this id';
    END IF;
    RETURN api.send_test(ARRAY[id]);
END
$$;
COMMENT ON FUNCTION api.test_channel(integer) IS 'Queues a test notification for one channel: {status, seq, channels[]}. GET notifications/deliveries shows what became of it.';
REVOKE ALL ON FUNCTION api.test_channel(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.test_channel(integer) TO engineer;
