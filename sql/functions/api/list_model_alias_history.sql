CREATE OR REPLACE FUNCTION api.list_model_alias_history(
    equipment_id text, power text, alias text, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_before bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'model_version', p.model_version, 'previous_version', p.previous_version, 'set_at', api.iso(p.set_at),
            'set_by', p.set_by, 'reason', p.reason, 'undoes', p.undoes) ORDER BY p.id DESC), min(p.id)
        INTO v_items, v_last
    FROM (
        SELECT h.* FROM ml.model_alias_history AS h
        WHERE h.equipment_id = list_model_alias_history.equipment_id AND h.power = list_model_alias_history.power
            AND h.alias = list_model_alias_history.alias AND (v_before IS NULL OR h.id < v_before)
        ORDER BY h.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'total', (SELECT count(*) FROM ml.model_alias_history AS h WHERE h.equipment_id = list_model_alias_history.equipment_id
            AND h.power = list_model_alias_history.power AND h.alias = list_model_alias_history.alias),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_model_alias_history(text, text, text, integer, text) IS
    'Every change of champion or challenger of a machine and power, newest first: who, when, why; undoes names the change that a rollback took back.';
REVOKE ALL ON FUNCTION api.list_model_alias_history(text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_model_alias_history(text, text, text, integer, text) TO viewer;
