CREATE OR REPLACE FUNCTION ingest.mqtt_client(instance text, lane text DEFAULT '')
    RETURNS TABLE (client_id text, former_client_id text)
    LANGUAGE sql VOLATILE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ingest.mqtt_session (instance, lane, client_id, former_client_id)
    SELECT mqtt_client.instance, mqtt_client.lane,
           concat_ws('-', 'thin', mqtt_client.instance, nullif(mqtt_client.lane, ''),
                     replace(gen_random_uuid()::text, '-', '')),
           -- one of a process's lanes empties what it had before
           CASE WHEN ops.setting_bool('ingest.former_session')
                AND NOT EXISTS (SELECT FROM ingest.mqtt_session AS other WHERE other.instance = mqtt_client.instance)
               THEN 'thin-' || mqtt_client.instance END
    ON CONFLICT DO NOTHING;
    SELECT s.client_id, s.former_client_id FROM ingest.mqtt_session AS s
    WHERE s.instance = mqtt_client.instance AND s.lane = mqtt_client.lane;
$$;
COMMENT ON FUNCTION ingest.mqtt_client(text, text) IS
    'The client id of a process (THIN_INSTANCE) and lane, made at the first call and the same ever after; and that of '
    'a version before whose session is still to be emptied (ingest.mqtt_former_emptied), or NULL.';
REVOKE ALL ON FUNCTION ingest.mqtt_client(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.mqtt_client(text, text) TO thin;
