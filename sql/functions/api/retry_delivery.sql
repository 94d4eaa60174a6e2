CREATE OR REPLACE FUNCTION api.retry_delivery(id bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM relay.delivery AS d WHERE d.id = retry_delivery.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no delivery with this id';
    ELSIF NOT relay.retry_delivery(id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'only a delivery with status dead is sent again';
    END IF;
    PERFORM auth.audit('delivery.retry', 'delivery', id::text);
    RETURN jsonb_build_object('id', id, 'status', 'pending');
END
$$;
COMMENT ON FUNCTION api.retry_delivery(bigint) IS 'Sends a dead letter again, with a fresh count of attempts.';
REVOKE ALL ON FUNCTION api.retry_delivery(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.retry_delivery(bigint) TO engineer;
