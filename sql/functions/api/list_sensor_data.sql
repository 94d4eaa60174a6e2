CREATE OR REPLACE FUNCTION api.list_sensor_data(
    device_id text, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL, sensor_type text DEFAULT NULL,
    sensor text DEFAULT NULL, bucket text DEFAULT 'raw', "limit" integer DEFAULT 1000, cursor text DEFAULT NULL,
    time_zone text DEFAULT NULL, count text DEFAULT 'estimated', "order" text DEFAULT 'desc', skip integer DEFAULT 0
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_default_span CONSTANT interval := INTERVAL '24 hours';
    -- what stands in a cursor for a total that was not asked for
    c_not_counted CONSTANT bigint := -1;
    -- what existing clients ask for at once
    c_longest_page CONSTANT integer := 10000; -- rows
    c_most_skipped CONSTANT integer := 100000; -- rows, which are read all the same
    v_limit integer := api.page_limit("limit", c_longest_page);
    v_is_descending CONSTANT boolean := "order" = 'desc';
    v_unit text := telemetry.bucket_unit(bucket);
    v_zone text := api.check_time_zone(time_zone);
    v_after text[] := api.decode_cursor(cursor, '{timestamptz,integer,bigint,integer,timestamptz,timestamptz}');
    -- the first page's range and total travel in the cursor: "now" does not move while somebody pages
    v_end timestamptz := coalesce(v_after[6]::timestamptz, "end", clock_timestamp());
    v_start timestamptz := coalesce(v_after[5]::timestamptz, start, v_end - c_default_span);
    v_sensors integer[];
    v_total bigint := v_after[3];
    v_is_estimate boolean := v_after[4]::integer::boolean;
    v_data jsonb;
    v_first_time timestamptz;
    v_last_sensor integer;
    v_count bigint;
BEGIN
    IF bucket IS NULL OR bucket <> 'raw' AND v_unit IS NULL THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'bucket', MESSAGE = 'bucket must be raw, 1m, 1h, 1d, 1w or 1mo';
    ELSIF count IS NULL OR count NOT IN ('exact', 'estimated', 'none') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'count', MESSAGE = 'count must be exact, estimated or none';
    ELSIF "order" IS NULL OR "order" NOT IN ('asc', 'desc') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'order', MESSAGE = 'order must be asc or desc';
    ELSIF skip IS NULL OR skip NOT BETWEEN 0 AND c_most_skipped THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'skip', MESSAGE = format('skip must be 0 to %s', c_most_skipped),
            HINT = 'Further on by cursor.';
    ELSIF v_start >= v_end THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'end', MESSAGE = 'end must be later than start';
    ELSIF v_start < '0001-01-01 00:00Z' OR v_end > '9999-12-31 00:00Z' THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = CASE WHEN v_start < '0001-01-01 00:00Z' THEN 'start' ELSE 'end' END,
            MESSAGE = 'start and end must lie in the years 1 to 9999';
    ELSIF NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = device_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no equipment %s', device_id);
    END IF;
    SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') INTO v_sensors FROM plant.sensor AS s
    WHERE s.equipment_id = device_id
        AND (list_sensor_data.sensor_type IS NULL
             OR list_sensor_data.sensor_type IN (s.type, telemetry.field_type(s.type, s.name)))
        AND (list_sensor_data.sensor IS NULL OR s.name = list_sensor_data.sensor);

    SELECT jsonb_agg(jsonb_build_object(
            'time', to_char(p.time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'device_id', s.equipment_id, 'sensor', s.name,
            'sensor_type', CASE s.type WHEN list_sensor_data.sensor_type THEN s.type
                                       ELSE telemetry.field_type(s.type, s.name) END,
            'type', s.type, 'unit', s.unit) || p.point ORDER BY p.place),
        pg_catalog.count(*), min(p.time)
        INTO v_data, v_count, v_first_time
    FROM (
        SELECT f.*, row_number() OVER (
            ORDER BY CASE WHEN v_is_descending THEN f.time END DESC,
                CASE WHEN v_is_descending THEN f.sensor_id END DESC,
                f.time, f.sensor_id) AS place
        FROM (
            SELECT *
            FROM api.raw_points(v_sensors, v_start, v_end, v_after[1]::timestamptz, v_after[2]::integer, v_limit + skip,
                                v_is_descending)
            WHERE bucket = 'raw'
            UNION ALL
            SELECT *
            FROM api.bucket_points(v_unit, v_sensors, v_start, v_end, v_after[1]::timestamptz, v_after[2]::integer,
                                   v_limit + skip, v_zone, v_is_descending)
            WHERE bucket <> 'raw'
        ) AS f
    ) AS p
    JOIN plant.sensor AS s ON s.id = p.sensor_id
    WHERE p.place > skip;
    IF v_count = v_limit THEN
        SELECT s.id INTO v_last_sensor FROM plant.sensor AS s
        WHERE s.equipment_id = device_id AND s.name = v_data -> -1 ->> 'sensor';
    END IF;
    IF v_total IS NULL AND v_count < v_limit AND (v_count > 0 OR skip = 0) THEN
        v_total := v_count + skip;
    ELSIF v_total IS NULL AND count <> 'none' THEN
        -- before the first point there is nothing to count
        IF v_is_descending OR skip > 0 THEN
            v_first_time := coalesce(api.next_point(v_sensors, v_start, v_end), v_end);
        END IF;
        SELECT greatest(n.total, v_count + CASE WHEN v_count > 0 THEN skip ELSE 0 END), n.is_estimate
        INTO v_total, v_is_estimate
        FROM api.count_points(v_unit, v_sensors, greatest(v_start, v_first_time), v_end, v_zone, count = 'exact') AS n;
    END IF;
    RETURN jsonb_build_object(
        'data', coalesce(v_data, '[]'), 'total', nullif(v_total, c_not_counted),
        'total_is_estimate', coalesce(v_is_estimate, false),
        'device_id', device_id, 'sensor_type', list_sensor_data.sensor_type, 'bucket', bucket, 'time_zone', v_zone,
        'start_time', api.iso(v_start), 'end_time', api.iso(v_end),
        'next_cursor', CASE WHEN v_count = v_limit THEN
            api.encode_cursor(v_data -> -1 ->> 'time', v_last_sensor::text, coalesce(v_total, c_not_counted)::text,
                coalesce(v_is_estimate, false)::integer::text, api.iso(v_start), api.iso(v_end)) END);
END
$$;
COMMENT ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text, text, text,
                                         text, integer) IS
    'Points of one equipment, newest first (order asc: oldest first), start inclusive, end exclusive (default: the '
    'last 24 hours); or their buckets, where value is the mean: 1m and 1h of UTC, 1d, 1w (from Monday) and 1mo of '
    'time_zone (default: the plant''s). Each point of the range counts in one bucket; a bucket that the range cuts has '
    'from or to. count: exact reads the whole range; estimated (default) no more than a page costs, and '
    'total_is_estimate says so where that is not all; none: total is null where there are more pages. sensor_type '
    'selects by type (current, vibration) or by what the original system calls a sensor (x, y, z, vibe); rows have the '
    'latter in sensor_type unless a type was asked for, and always the type in type. created_at is time: when a point '
    'was written is not kept.';
REVOKE ALL ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text, text, text,
                                            text, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_sensor_data(text, timestamptz, timestamptz, text, text, text, integer, text, text,
                                               text, text, integer)
    TO viewer;
