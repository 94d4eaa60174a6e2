CREATE OR REPLACE FUNCTION api.comment_alert(id bigint, comment text) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(alarm.comment(id, comment))
$$;
COMMENT ON FUNCTION api.comment_alert(bigint, text) IS 'Adds a remark to an alarm, also to one that has cleared.';
REVOKE ALL ON FUNCTION api.comment_alert(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.comment_alert(bigint, text) TO operator;
