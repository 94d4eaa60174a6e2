CREATE OR REPLACE FUNCTION api.list_sensors(
    equipment_id text DEFAULT NULL, type text DEFAULT NULL, status text DEFAULT NULL,
    "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_after integer := ((api.decode_cursor(cursor, '{integer}'))[1])::integer;
    v_items jsonb;
    v_last integer;
BEGIN
    SELECT jsonb_agg(api.sensor_json(p) ORDER BY p.id), max(p.id) INTO v_items, v_last
    FROM (
        SELECT s.* FROM plant.sensor AS s
        WHERE s.id > coalesce(v_after, 0)
            AND (list_sensors.equipment_id IS NULL OR s.equipment_id = list_sensors.equipment_id)
            AND (list_sensors.type IS NULL OR s.type = list_sensors.type)
            AND (list_sensors.status IS NULL OR s.status = list_sensors.status)
        ORDER BY s.id LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object(
        'items', coalesce(v_items, '[]'),
        'total', (SELECT count(*) FROM plant.sensor AS s
            WHERE (list_sensors.equipment_id IS NULL OR s.equipment_id = list_sensors.equipment_id)
                AND (list_sensors.type IS NULL OR s.type = list_sensors.type)
                AND (list_sensors.status IS NULL OR s.status = list_sensors.status)),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_sensors(text, text, text, integer, text) IS 'Sensors in the order in which they were registered.';
REVOKE ALL ON FUNCTION api.list_sensors(text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_sensors(text, text, text, integer, text) TO viewer;
