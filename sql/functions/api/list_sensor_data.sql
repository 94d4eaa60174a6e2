CREATE OR REPLACE FUNCTION api.list_sensor_data(
    device_id text, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL, sensor_type text DEFAULT NULL,
    sensor text DEFAULT NULL, bucket text DEFAULT 'raw', "limit" integer DEFAULT 1000, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_default_span CONSTANT interval := INTERVAL '24 hours';
    v_limit integer := api.page_limit("limit");
    v_after text[] := api.decode_cursor(cursor, '{timestamptz,integer,bigint,timestamptz,timestamptz}');
    -- the first page's range and total travel in the cursor: "now" does not move while somebody pages
    v_end timestamptz := coalesce(v_after[5]::timestamptz, "end", clock_timestamp());
    v_start timestamptz := coalesce(v_after[4]::timestamptz, start, v_end - c_default_span);
    v_sensors integer[];
    v_total bigint;
    v_data jsonb;
    v_last_sensor integer;
    v_count bigint;
BEGIN
    IF bucket IS NULL OR bucket NOT IN ('raw', '1m', '1h', '1d') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'bucket', MESSAGE = 'bucket must be raw, 1m, 1h or 1d';
    ELSIF v_start >= v_end THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'end', MESSAGE = 'end must be later than start';
    ELSIF NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = device_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no equipment %s', device_id);
    END IF;
    SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') INTO v_sensors FROM plant.sensor AS s
    WHERE s.equipment_id = device_id
        AND (list_sensor_data.sensor_type IS NULL OR s.type = list_sensor_data.sensor_type)
        AND (list_sensor_data.sensor IS NULL OR s.name = list_sensor_data.sensor);
    v_total := coalesce(v_after[3]::bigint, api.count_points(bucket, v_sensors, v_start, v_end));

    SELECT jsonb_agg(jsonb_build_object(
            'time', to_char(p.time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'device_id', s.equipment_id, 'sensor', s.name,
            'sensor_type', s.type, 'unit', s.unit) || p.point ORDER BY p.time, p.sensor_id),
        count(*)
        INTO v_data, v_count
    FROM (
        SELECT * FROM api.raw_points(v_sensors, v_start, v_end, v_after[1]::timestamptz, v_after[2]::integer, v_limit) WHERE bucket = 'raw'
        UNION ALL
        SELECT * FROM api.bucket_points(bucket, v_sensors, v_start, v_end, v_after[1]::timestamptz, v_after[2]::integer, v_limit)
        WHERE bucket <> 'raw'
    ) AS p
    JOIN plant.sensor AS s ON s.id = p.sensor_id;
    IF v_count = v_limit THEN
        SELECT s.id INTO v_last_sensor FROM plant.sensor AS s
        WHERE s.equipment_id = device_id AND s.name = v_data -> -1 ->> 'sensor';
    END IF;
    RETURN jsonb_build_object(
        'data', coalesce(v_data, '[]'), 'total', v_total, 'device_id', device_id, 'sensor_type', list_sensor_data.sensor_type,
        'bucket', bucket, 'start_time', api.iso(v_start), 'end_time', api.iso(v_end),
        'next_cursor', CASE WHEN v_count = v_limit THEN
            api.encode_cursor(v_data -> -1 ->> 'time', v_last_sensor::text, v_total::text, api.iso(v_start), api.iso(v_end)) END);
END
$$;
COMMENT ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text) IS
    'Points of one equipment in time order, start inclusive, end exclusive (default: the last 24 hours); or buckets of 1m, 1h or 1d from the continuous aggregates, where value is the mean.';
REVOKE ALL ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text) TO viewer;
