CREATE OR REPLACE FUNCTION api.list_rule_versions(id bigint, "limit" integer DEFAULT 100, cursor text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_before integer := ((api.decode_cursor(cursor, '{integer}'))[1])::integer;
    v_items jsonb;
    v_last integer;
BEGIN
    IF NOT EXISTS (SELECT FROM alarm.rule_version AS v WHERE v.rule_id = list_rule_versions.id) THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_agg(jsonb_build_object('rule_id', p.rule_id, 'version', p.version, 'operation', p.operation,
            'changed_at', api.iso(p.changed_at), 'changed_by', p.changed_by, 'reason', p.reason, 'changes', p.changes,
            'definition', p.definition) ORDER BY p.version DESC), min(p.version)
        INTO v_items, v_last
    FROM (
        SELECT v.* FROM alarm.rule_version AS v
        WHERE v.rule_id = list_rule_versions.id AND (v_before IS NULL OR v.version < v_before)
        ORDER BY v.version DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'total', (SELECT count(*) FROM alarm.rule_version AS v WHERE v.rule_id = list_rule_versions.id),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_rule_versions(bigint, integer, text) IS
    'Every state that a rule ever had, newest first: who changed it, when, why, what. Also of a deleted rule.';
REVOKE ALL ON FUNCTION api.list_rule_versions(bigint, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_rule_versions(bigint, integer, text) TO viewer;
