CREATE OR REPLACE FUNCTION api.send_test(p_channels integer[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_seq bigint;
    v_names text[];
BEGIN
    IF coalesce(cardinality(p_channels), 0) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'no channel of this kind is enabled and available',
            HINT = 'Add one with POST /api/v1/notifications/channels, or give thin the variable that its target names.';
    END IF;
    v_seq := relay.publish('test', 'test', 'low', NULL, NULL, jsonb_build_object(
        'actor', auth.actor(), 'message', (
            SELECT jsonb_object_agg(l.code, relay.phrase('message.test', l.code)) FROM relay.language AS l)));
    INSERT INTO relay.delivery (seq, channel_id) SELECT v_seq, c FROM unnest(p_channels) AS c ON CONFLICT (seq, channel_id) DO NOTHING;
    PERFORM pg_notify('millwright_deliveries', '');
    SELECT array_agg(c.name ORDER BY c.id) INTO v_names FROM relay.channel AS c WHERE c.id = ANY (p_channels);
    RETURN jsonb_build_object('status', 'queued', 'seq', v_seq, 'channels', to_jsonb(v_names),
        'message', format('a test notification goes to %s', array_to_string(v_names, ', ')));
END
$$;
COMMENT ON FUNCTION api.send_test(integer[]) IS
    'Queues a test notification for some channels; MW409 for none. Called by api.test_slack, api.test_email and api.test_channel.';
REVOKE ALL ON FUNCTION api.send_test(integer[]) FROM PUBLIC;
