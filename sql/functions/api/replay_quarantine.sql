CREATE OR REPLACE FUNCTION api.replay_quarantine(topic_like text DEFAULT '%', reason text DEFAULT NULL, max_messages integer DEFAULT 10000) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_result jsonb;
BEGIN
    IF max_messages IS NULL OR max_messages NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'max_messages', MESSAGE = 'max_messages must be 1 to 100000';
    END IF;
    SELECT to_jsonb(r) INTO v_result
    FROM ingest.replay(coalesce(topic_like, '%'), replay_quarantine.reason, '-infinity', max_messages) AS r;
    PERFORM auth.audit('quarantine.replay', 'quarantine', topic_like, NULL, v_result);
    RETURN v_result;
END
$$;
COMMENT ON FUNCTION api.replay_quarantine(text, text, integer) IS
    'Sends quarantined messages through today''s decoders: {messages, stored, quarantined}. What is still bad comes back as a new row.';
REVOKE ALL ON FUNCTION api.replay_quarantine(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.replay_quarantine(text, text, integer) TO engineer;
