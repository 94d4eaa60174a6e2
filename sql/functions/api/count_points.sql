CREATE OR REPLACE FUNCTION api.count_points(p_bucket text, p_sensor_ids integer[], p_start timestamptz, p_end timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- whole minutes are counted in the aggregate, the two ends in the points themselves
    v_from timestamptz := public.time_bucket(INTERVAL '1 minute', p_start + INTERVAL '59.999999 seconds');
    v_to timestamptz := public.time_bucket(INTERVAL '1 minute', p_end);
    v_count bigint;
BEGIN
    CASE
    WHEN p_bucket = 'raw' AND v_from < v_to THEN
        SELECT sum(c.n) INTO v_count FROM (
            SELECT sum(m.count) AS n FROM rollup.reading_1m AS m
            WHERE m.sensor_id = ANY (p_sensor_ids) AND m.bucket >= v_from AND m.bucket < v_to
            UNION ALL
            SELECT count(*) FROM telemetry.reading AS r
            WHERE r.sensor_id = ANY (p_sensor_ids) AND r.time >= p_start AND r.time < v_from
            UNION ALL
            SELECT count(*) FROM telemetry.reading AS r
            WHERE r.sensor_id = ANY (p_sensor_ids) AND r.time >= v_to AND r.time < p_end) AS c;
    WHEN p_bucket = 'raw' THEN
        SELECT count(*) INTO v_count FROM telemetry.reading AS r
        WHERE r.sensor_id = ANY (p_sensor_ids) AND r.time >= p_start AND r.time < p_end;
    WHEN p_bucket = '1m' THEN
        SELECT count(*) INTO v_count FROM rollup.reading_1m AS m
        WHERE m.sensor_id = ANY (p_sensor_ids) AND m.bucket >= p_start AND m.bucket < p_end;
    WHEN p_bucket = '1h' THEN
        SELECT count(*) INTO v_count FROM rollup.reading_1h AS h
        WHERE h.sensor_id = ANY (p_sensor_ids) AND h.bucket >= p_start AND h.bucket < p_end;
    ELSE
        SELECT count(DISTINCT (h.sensor_id, public.time_bucket(INTERVAL '1 day', h.bucket))) INTO v_count FROM rollup.reading_1h AS h
        WHERE h.sensor_id = ANY (p_sensor_ids) AND h.bucket >= p_start AND h.bucket < p_end;
    END CASE;
    RETURN coalesce(v_count, 0);
END
$$;
COMMENT ON FUNCTION api.count_points(text, integer[], timestamptz, timestamptz) IS
    'How many points or buckets a range holds, without reading every point. Points that a retention has dropped since still count in whole minutes.';
REVOKE ALL ON FUNCTION api.count_points(text, integer[], timestamptz, timestamptz) FROM PUBLIC;
