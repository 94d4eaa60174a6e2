CREATE OR REPLACE FUNCTION api.list_serving(equipment_id text DEFAULT NULL, power text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('total', count(*), 'next_cursor', NULL, 'items', coalesce(jsonb_agg(
        to_jsonb(s) || jsonb_build_object('champion_since', api.iso(s.champion_since), 'challenger_since', api.iso(s.challenger_since))
        ORDER BY s.equipment_id, s.power), '[]'))
    FROM ml.serving AS s
    WHERE (list_serving.equipment_id IS NULL OR s.equipment_id = list_serving.equipment_id)
        AND (list_serving.power IS NULL OR s.power = list_serving.power)
$$;
COMMENT ON FUNCTION api.list_serving(text, text) IS
    'Per machine and power: champion, challenger, and which version answers, and why (because) where that is not the champion.';
REVOKE ALL ON FUNCTION api.list_serving(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_serving(text, text) TO viewer;
