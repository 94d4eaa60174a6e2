CREATE OR REPLACE FUNCTION alarm.measure_disk_full(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(' ', p.instance, v.path), round((100 * (1 - v.free_bytes / v.total_bytes))::numeric, 1)::float8,
           jsonb_build_object('instance', p.instance, 'path', v.path, 'free_bytes', v.free_bytes, 'total_bytes',
                              v.total_bytes)
    FROM ops.live_processes(measure_disk_full.now) AS p
    JOIN ops.process_volume AS v ON v.process_id = p.id
$$;
COMMENT ON FUNCTION alarm.measure_disk_full(alarm.system_condition, timestamptz) IS
    'Per cent used of each file system that a running thin sees (THIN_VOLUMES).';
REVOKE ALL ON FUNCTION alarm.measure_disk_full(alarm.system_condition, timestamptz) FROM PUBLIC;
