CREATE OR REPLACE FUNCTION api.confirm_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.confirm(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.confirm_alert(bigint, text) IS
    'Says that what the alarm asked for was done. 409 before it is acknowledged.';
REVOKE ALL ON FUNCTION api.confirm_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.confirm_alert(bigint, text) TO operator;
