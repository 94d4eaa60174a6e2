CREATE OR REPLACE FUNCTION api.system_condition_json(p_condition alarm.system_condition) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET intervalstyle = 'iso_8601'
AS $$
    SELECT to_jsonb(p_condition) - 'measure' || jsonb_build_object(
        'updated_at', api.iso(p_condition.updated_at),
        'measured_at', (SELECT api.iso(r.measured_at) FROM alarm.system_run AS r WHERE r.condition = p_condition.name),
        'error', (SELECT r.error FROM alarm.system_run AS r WHERE r.condition = p_condition.name),
        'failures', (SELECT coalesce(jsonb_agg(jsonb_build_object('object', f.object, 'level', f.level, 'value', f.value, 'limit', f.limit_value,
                        'since', api.iso(f.beyond_since), 'alarm_id', f.alarm_id) ORDER BY f.object), '[]')
                     FROM alarm.system_failure AS f WHERE f.condition = p_condition.name AND f.level IS NOT NULL))
$$;
COMMENT ON FUNCTION api.system_condition_json(alarm.system_condition) IS 'A system condition as clients see it, with what is beyond its limits.';
REVOKE ALL ON FUNCTION api.system_condition_json(alarm.system_condition) FROM PUBLIC;
