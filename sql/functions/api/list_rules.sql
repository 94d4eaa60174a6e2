CREATE OR REPLACE FUNCTION api.list_rules(
    condition text DEFAULT NULL, enabled boolean DEFAULT NULL, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_after bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(api.rule_json(p) ORDER BY p.id), max(p.id) INTO v_items, v_last
    FROM (
        SELECT r.* FROM alarm.rule AS r
        WHERE r.id > coalesce(v_after, 0)
            AND (list_rules.condition IS NULL OR r.condition = list_rules.condition)
            AND (list_rules.enabled IS NULL OR r.enabled = list_rules.enabled)
        ORDER BY r.id LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'total', (SELECT count(*) FROM alarm.rule AS r
            WHERE (list_rules.condition IS NULL OR r.condition = list_rules.condition)
                AND (list_rules.enabled IS NULL OR r.enabled = list_rules.enabled)),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_rules(text, boolean, integer, text) IS 'Alarm rules in the order in which they were made.';
REVOKE ALL ON FUNCTION api.list_rules(text, boolean, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_rules(text, boolean, integer, text) TO viewer;
