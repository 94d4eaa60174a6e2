CREATE OR REPLACE FUNCTION api.unshelve_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.unshelve(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.unshelve_alert(bigint, text) IS
    'Ends a shelving before its time.';
REVOKE ALL ON FUNCTION api.unshelve_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.unshelve_alert(bigint, text) TO operator;
