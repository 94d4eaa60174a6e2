CREATE OR REPLACE FUNCTION api.delete_channel(id integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old relay.channel;
BEGIN
    DELETE FROM relay.channel AS c WHERE c.id = delete_channel.id RETURNING c.* INTO v_old;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no channel with this id';
    END IF;
    PERFORM auth.audit('channel.delete', 'channel', v_old.id::text, api.channel_json(v_old), NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_channel(integer) IS 'Deletes a channel with its routes and deliveries. To keep these, set enabled to false instead.';
REVOKE ALL ON FUNCTION api.delete_channel(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_channel(integer) TO admin;
