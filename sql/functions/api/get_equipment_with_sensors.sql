CREATE OR REPLACE FUNCTION api.get_equipment_with_sensors(id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.equipment_json(e) || jsonb_build_object('sensors', coalesce((
        SELECT jsonb_agg(api.sensor_json(s) || jsonb_build_object('latest', CASE WHEN l.time IS NOT NULL THEN
                jsonb_build_object('time', api.iso(l.time), 'value', l.value, 'quality', l.quality) END) ORDER BY s.name)
        FROM plant.sensor AS s
        LEFT JOIN LATERAL api.latest_point(s.id) AS l ON true
        WHERE s.equipment_id = e.id), '[]'))
    FROM plant.equipment AS e WHERE e.id = get_equipment_with_sensors.id
$$;
COMMENT ON FUNCTION api.get_equipment_with_sensors(text) IS 'One equipment with its sensors and the latest value of each.';
REVOKE ALL ON FUNCTION api.get_equipment_with_sensors(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_equipment_with_sensors(text) TO viewer;
