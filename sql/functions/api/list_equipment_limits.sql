CREATE OR REPLACE FUNCTION api.list_equipment_limits(id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    -- no limit is an infinite one in alarm.signal
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
            'sensor', s.name, 'sensor_id', s.id, 'unit', s.unit, 'rule', r.name, 'rule_id', r.id, 'condition', g.condition,
            'in_unit', c.series = 'series_readings' AND NOT c.steps,
            'low_low', nullif(g.low_low, '-Infinity'), 'low', nullif(g.low, '-Infinity'),
            'high', nullif(g.high, 'Infinity'), 'high_high', nullif(g.high_high, 'Infinity'),
            'deadband', g.deadband) ORDER BY s.name, r.name), '[]'),
        'next_cursor', NULL)
    FROM alarm.signal AS g
    JOIN alarm.rule AS r ON r.id = g.rule_id
    JOIN alarm.condition AS c ON c.name = g.condition
    JOIN plant.sensor AS s ON s.id = g.sensor_id
    WHERE g.equipment_id = list_equipment_limits.id AND g.assigned AND r.enabled
$$;
COMMENT ON FUNCTION api.list_equipment_limits(text) IS
    'The limits that the alarm rules hold against an equipment''s sensors. in_unit: they are in the sensor''s unit and can be drawn over its values; else they are of what the condition derives (seconds, changes, spreads).';
REVOKE ALL ON FUNCTION api.list_equipment_limits(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_equipment_limits(text) TO viewer;
