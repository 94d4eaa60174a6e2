CREATE OR REPLACE FUNCTION api.acknowledge_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.acknowledge(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.acknowledge_alert(bigint, text) IS
    'Says that an operator has seen the alarm: it no longer escalates. 409 if somebody has already.';
REVOKE ALL ON FUNCTION api.acknowledge_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.acknowledge_alert(bigint, text) TO operator;
