CREATE OR REPLACE FUNCTION alarm.measure_champion(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT v.equipment_id || '/' || v.power, CASE WHEN v.serving_version IS NULL THEN 2 ELSE 1 END::float8,
           jsonb_build_object('equipment_id', v.equipment_id, 'power', v.power, 'champion', v.champion, 'status',
                              v.champion_status,
               'serving', v.serving_version,
               'text', format('the champion %s of %s %s is %s (%s); %s', v.champion, v.equipment_id, v.power,
                              v.champion_status,
                   coalesce(v.champion_reason, 'no reason given'),
                   coalesce(v.serving_version || ' answers in its place', 'nothing answers')))
    FROM ml.serving AS v
    WHERE v.champion_status <> 'ready'
$$;
COMMENT ON FUNCTION alarm.measure_champion(alarm.system_condition, timestamptz) IS
    'Champions that are not ready (ml.serving): 1 where another version answers, 2 where none does.';
REVOKE ALL ON FUNCTION alarm.measure_champion(alarm.system_condition, timestamptz) FROM PUBLIC;
