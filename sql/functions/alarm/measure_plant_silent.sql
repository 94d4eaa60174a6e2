CREATE OR REPLACE FUNCTION alarm.measure_plant_silent(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '', round(extract(epoch FROM measure_plant_silent.now
               -- nobody listened before some thin was here
               - greatest(max(l.received_at), ops.watched_since(measure_plant_silent.now))))::float8,
           jsonb_build_object('last_received', max(l.received_at))
    FROM telemetry.latest AS l
    HAVING max(l.received_at) IS NOT NULL
$$;
COMMENT ON FUNCTION alarm.measure_plant_silent(alarm.system_condition, timestamptz) IS
    'Seconds since the last live point of any sensor arrived; nothing where none ever did.';
REVOKE ALL ON FUNCTION alarm.measure_plant_silent(alarm.system_condition, timestamptz) FROM PUBLIC;
