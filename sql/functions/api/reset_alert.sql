CREATE OR REPLACE FUNCTION api.reset_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.reset(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.reset_alert(bigint, text) IS
    'Clears a latched alarm whose value is good again.';
REVOKE ALL ON FUNCTION api.reset_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.reset_alert(bigint, text) TO operator;
