CREATE OR REPLACE FUNCTION api.unsuppress_alert(id bigint, comment text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.unsuppress(id, NULL, comment))
$$;
COMMENT ON FUNCTION api.unsuppress_alert(bigint, text) IS
    'Ends an operator''s suppression.';
REVOKE ALL ON FUNCTION api.unsuppress_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.unsuppress_alert(bigint, text) TO operator;
