CREATE OR REPLACE FUNCTION api.return_alert_to_service(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.return_to_service(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.return_alert_to_service(bigint, text) IS
    'Returns the alarm of this rule and sensor to service.';
REVOKE ALL ON FUNCTION api.return_alert_to_service(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.return_alert_to_service(bigint, text) TO operator;
