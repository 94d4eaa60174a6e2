CREATE OR REPLACE FUNCTION api.count_points(
    p_unit text, p_sensor_ids integer[], p_start timestamptz, p_end timestamptz, p_zone text, p_exactly boolean,
    OUT total bigint, OUT is_estimate boolean
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- rows of a rollup that are read for an estimate at the most
    c_rows CONSTANT integer := 3000;
    c_hour CONSTANT interval := INTERVAL '1 hour';
    v_hours float8 := extract(epoch FROM p_end - p_start) / 3600;
    v_read_hours float8 := v_hours;
    v_to timestamptz := p_end;
    v_end timestamptz := p_end;
BEGIN
    IF NOT p_exactly AND v_hours * cardinality(p_sensor_ids) > c_rows THEN
        v_to := p_start + make_interval(hours => greatest(c_rows / cardinality(p_sensor_ids), 1));
        -- and the rest up to the newest point is taken to be like it
        SELECT least(p_end, greatest(v_to, max(l.time))) INTO v_end
        FROM unnest(p_sensor_ids) AS s (id) CROSS JOIN LATERAL api.latest_point(s.id) AS l;
        v_read_hours := extract(epoch FROM v_to - p_start) / 3600;
    END IF;
    is_estimate := v_to < p_end;
    IF p_unit IS NULL THEN
        total := telemetry.count_readings(p_sensor_ids, p_start, v_to);
    ELSIF p_unit = 'minute' AND NOT p_exactly AND v_hours * 60 * cardinality(p_sensor_ids) > c_rows THEN
        -- an hour with 60 points or more is taken to have all its minutes
        is_estimate := true;
        IF telemetry.rollup_pending('1h', p_start, v_to, p_sensor_ids) = '{}' THEN
            SELECT sum(least(h.count, 60) * extract(epoch FROM least(h.bucket + c_hour, v_to) - greatest(h.bucket, p_start)) / 3600)
            INTO total FROM rollup.reading_1h AS h
            WHERE h.sensor_id = ANY (p_sensor_ids) AND h.bucket >= date_bin(c_hour, p_start, '2000-01-01 00:00Z') AND h.bucket < v_to;
        ELSE
            SELECT sum(least(b.count, 60)) INTO total FROM telemetry.buckets('hour', p_sensor_ids, p_start, v_to) AS b;
        END IF;
    ELSE
        total := telemetry.count_buckets(p_unit, p_sensor_ids, p_start, v_to, p_zone);
    END IF;
    total := coalesce(total, 0);
    IF v_to < v_end THEN
        total := total * extract(epoch FROM v_end - p_start) / 3600 / v_read_hours;
    END IF;
END
$$;
COMMENT ON FUNCTION api.count_points(text, integer[], timestamptz, timestamptz, text, boolean) IS
    'How many points (unit NULL) or buckets of a unit a range holds. Unless it must be exact, only so much is read as a page costs: then it is an estimate where there is more. p_start is best the time of the first point.';
REVOKE ALL ON FUNCTION api.count_points(text, integer[], timestamptz, timestamptz, text, boolean) FROM PUBLIC;
