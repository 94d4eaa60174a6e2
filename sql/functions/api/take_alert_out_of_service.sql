CREATE OR REPLACE FUNCTION api.take_alert_out_of_service(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.take_out_of_service(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.take_alert_out_of_service(bigint, text) IS
    'Takes the alarm of this rule and sensor out of service (a defective sensor, say): still recorded, but nobody is told.';
REVOKE ALL ON FUNCTION api.take_alert_out_of_service(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.take_alert_out_of_service(bigint, text) TO operator;
