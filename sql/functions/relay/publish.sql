CREATE OR REPLACE FUNCTION relay.publish(
    kind text, event text, severity text, equipment_id text, sensor_id integer, data jsonb
) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relay.publish_batch(ARRAY[kind], ARRAY[event], ARRAY[severity], ARRAY[equipment_id], ARRAY[sensor_id],
                               ARRAY[data])
$$;
COMMENT ON FUNCTION relay.publish(text, text, text, text, integer, jsonb) IS
    'One notification to the outbox; returns its sequence number. See relay.publish_batch.';
REVOKE ALL ON FUNCTION relay.publish(text, text, text, text, integer, jsonb) FROM PUBLIC;
