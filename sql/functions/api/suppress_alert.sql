CREATE OR REPLACE FUNCTION api.suppress_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.suppress(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.suppress_alert(bigint, text) IS
    'Suppresses the alarm of this rule and sensor until somebody unsuppresses it.';
REVOKE ALL ON FUNCTION api.suppress_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.suppress_alert(bigint, text) TO operator;
