CREATE OR REPLACE FUNCTION alarm.measure_condition_fails(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.condition, 1::float8, jsonb_build_object('error', r.error)
    FROM alarm.system_run AS r
    JOIN alarm.system_condition AS x ON x.name = r.condition AND x.enabled
    WHERE r.error IS NOT NULL AND r.condition <> c.name
$$;
COMMENT ON FUNCTION alarm.measure_condition_fails(alarm.system_condition, timestamptz) IS
    '1 for each enabled system condition that could not be measured.';
REVOKE ALL ON FUNCTION alarm.measure_condition_fails(alarm.system_condition, timestamptz) FROM PUBLIC;
