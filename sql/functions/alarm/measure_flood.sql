CREATE OR REPLACE FUNCTION alarm.measure_flood(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.equipment_id, count(*)::float8, jsonb_build_object('equipment_id', a.equipment_id, 'alarms', count(*),
               'text', format('%s: %s alarms in %s', a.equipment_id, count(*), c.period))
    FROM alarm.alarm AS a
    WHERE a.raised_at > measure_flood.now - c.period AND a.raised_at <= measure_flood.now AND a.equipment_id IS NOT NULL
      AND a.retracted_at IS NULL
    GROUP BY a.equipment_id
$$;
COMMENT ON FUNCTION alarm.measure_flood(alarm.system_condition, timestamptz) IS
    'Alarms of each machine raised within the period.';
REVOKE ALL ON FUNCTION alarm.measure_flood(alarm.system_condition, timestamptz) FROM PUBLIC;
