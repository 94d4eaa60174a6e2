CREATE OR REPLACE FUNCTION ingest.mqtt_connected(client_id text, session_present boolean) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_old ingest.mqtt_session;
    v_lost boolean;
BEGIN
    SELECT s.* INTO v_old FROM ingest.mqtt_session AS s WHERE s.client_id = mqtt_connected.client_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_lost := v_old.established_at IS NOT NULL AND NOT mqtt_connected.session_present;
    UPDATE ingest.mqtt_session AS s
    SET connected_at = clock_timestamp(),
        established_at = coalesce(s.established_at, clock_timestamp()),
        lost_at = CASE WHEN v_lost THEN clock_timestamp() ELSE s.lost_at END,
        losses = s.losses + v_lost::integer
    WHERE s.client_id = mqtt_connected.client_id;
    IF v_lost THEN
        PERFORM alarm.judge_system('{mqtt_session_lost}');
    END IF;
    RETURN v_lost;
END
$$;
COMMENT ON FUNCTION ingest.mqtt_connected(text, boolean) IS
    'thin says that the broker accepted it under this client id, and whether it had a session for it (CONNACK). '
    'Returns whether one was lost: judges the system condition mqtt_session_lost, whose alarm stands until it is '
    'acknowledged, at most for its period.';
REVOKE ALL ON FUNCTION ingest.mqtt_connected(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.mqtt_connected(text, boolean) TO thin;
