CREATE OR REPLACE FUNCTION rollup.sketch_of(p_sensor_id integer, p_from timestamptz, p_to timestamptz, p_count bigint) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_hour CONSTANT interval := INTERVAL '1 hour';
    v_first_hour timestamptz := least(public.time_bucket(c_hour, p_from + c_hour - INTERVAL '1 microsecond'), p_to);
    v_last_hour timestamptz := greatest(public.time_bucket(c_hour, p_to), v_first_hour);
    v_sketch bigint[];
    v_count bigint;
BEGIN
    SELECT rollup.sketch(array_agg(x.entry)), sum(x.entry & 4294967295) INTO v_sketch, v_count
    FROM (
        SELECT unnest(s.sketch) AS entry
        FROM rollup.sketch_1h AS s WHERE s.sensor_id = p_sensor_id AND s.bucket >= v_first_hour AND s.bucket < v_last_hour
        UNION ALL
        -- hours without a sketch, as many as follow one another together, and what is cut off at either end: from the readings
        SELECT unnest(rollup.reading_sketch(p_sensor_id, lower(p), upper(p)))
        FROM unnest(tstzmultirange(tstzrange(p_from, least(p_to, now() + INTERVAL '1 day')))
            - coalesce((SELECT range_agg(tstzrange(s.bucket, s.bucket + c_hour)) FROM rollup.sketch_1h AS s
                        WHERE s.sensor_id = p_sensor_id AND s.bucket >= v_first_hour AND s.bucket < v_last_hour), '{}')) AS p
    ) AS x;
    RETURN CASE WHEN v_count >= p_count THEN v_sketch END;
END
$$;
COMMENT ON FUNCTION rollup.sketch_of(integer, timestamptz, timestamptz, bigint) IS
    'Sketch of a sensor''s values from … to (exclusive): of its finished hours, and of the readings where there is none. NULL when that holds fewer than p_count values, because readings were dropped.';
REVOKE ALL ON FUNCTION rollup.sketch_of(integer, timestamptz, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.sketch_of(integer, timestamptz, timestamptz, bigint) TO viewer;
