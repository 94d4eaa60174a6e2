CREATE OR REPLACE FUNCTION ingest.mqtt_former_emptied(client_id text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE ingest.mqtt_session AS s SET former_client_id = NULL WHERE s.client_id = mqtt_former_emptied.client_id
$$;
COMMENT ON FUNCTION ingest.mqtt_former_emptied(text) IS
    'thin says that the session of the former client id gave everything and was ended at the broker.';
REVOKE ALL ON FUNCTION ingest.mqtt_former_emptied(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.mqtt_former_emptied(text) TO thin;
