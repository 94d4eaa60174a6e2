CREATE OR REPLACE FUNCTION api.bucket_points(
    p_unit text, p_sensor_ids integer[], p_start timestamptz, p_end timestamptz, p_after_time timestamptz,
    p_after_sensor integer,
    p_limit integer, p_zone text, p_is_descending boolean
) RETURNS TABLE ("time" timestamptz, sensor_id integer, point jsonb)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- no more rows of hours or minutes are read ahead than this, where data becomes dense after a sparse time
    c_ahead CONSTANT integer := 20000;
    -- minutes and hours are the same everywhere
    v_zone text := CASE WHEN p_unit IN ('minute', 'hour') THEN 'UTC' ELSE p_zone END;
    v_sensors integer := greatest(cardinality(p_sensor_ids), 1);
    v_from timestamptz := CASE WHEN NOT p_is_descending THEN greatest(p_start, p_after_time) END;
    -- against the order of time, the bucket of the position is the first to look into
    v_to timestamptz := CASE WHEN p_is_descending
                             THEN least(p_end, telemetry.bucket_start(p_unit, p_after_time, v_zone, 1))
        END;
    -- of buckets, as many as fill the page if each sensor has each of them
    v_step integer := p_limit / v_sensors + 2;
    v_longest integer := v_step
        + c_ahead / v_sensors / greatest(extract(epoch FROM ('1 ' || p_unit)::interval) / 3600, 1);
    v_left integer := p_limit;
    v_found integer;
    v_last timestamptz;
    c_step CONSTANT interval := INTERVAL '1 microsecond'; -- back into the bucket that ends at a moment
    -- the bucket that the end of the range cuts; NULL: it cuts none
    v_cut timestamptz := telemetry.bucket_start(p_unit, p_end, v_zone);
BEGIN
    IF v_cut = p_end THEN
        v_cut := NULL;
    END IF;
    -- A loop, because only what has been read says how far the next rows are: the range may be years, and the page an
    -- hour of it.
    WHILE v_left > 0 AND CASE WHEN p_is_descending THEN v_to > p_start ELSE v_from < p_end END LOOP
        IF p_is_descending THEN
            -- no further back than the range goes: that may be before there were years
            v_from := greatest(telemetry.bucket_start(p_unit, v_to - c_step, v_zone, 1 - least(
                v_step, extract(epoch FROM v_to - p_start) / extract(epoch FROM ('1 ' || p_unit)::interval)
                    + 2)::integer), p_start);
        ELSE
            v_to := least(telemetry.bucket_start(p_unit, v_from, v_zone, v_step), p_end);
        END IF;
        RETURN QUERY
        SELECT b.bucket, b.sensor_id,
            -- what of the bucket the range leaves out
            CASE WHEN b.bucket < p_start OR b.bucket = v_cut THEN
                v.point || jsonb_strip_nulls(jsonb_build_object('from',
                                                                CASE WHEN b.bucket < p_start THEN api.iso(p_start) END,
                    'to', CASE WHEN b.bucket = v_cut THEN api.iso(p_end) END))
            ELSE v.point END
        FROM telemetry.buckets(p_unit, p_sensor_ids, greatest(p_start, telemetry.bucket_start(p_unit, v_from, v_zone)),
                               v_to, v_zone) AS b
        CROSS JOIN LATERAL (
            SELECT jsonb_build_object('value', b.sum / b.count, 'count', b.count, 'min', b.min, 'max', b.max, 'mean',
                                      b.sum / b.count,
                'stddev',
                CASE WHEN b.count > 1 THEN sqrt(greatest(0, (b.sum_sq - b.sum * b.sum / b.count) / (b.count - 1))) END,
                'first', b.first, 'last', b.last) AS point
        ) AS v
        WHERE p_after_time IS NULL
            OR CASE WHEN p_is_descending THEN (b.bucket, b.sensor_id) < (p_after_time, p_after_sensor)
                    ELSE (b.bucket, b.sensor_id) > (p_after_time, p_after_sensor) END
        ORDER BY CASE WHEN p_is_descending THEN b.bucket END DESC, CASE WHEN p_is_descending THEN b.sensor_id END DESC,
            b.bucket, b.sensor_id
        LIMIT v_left;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        v_left := v_left - v_found;
        IF p_is_descending THEN
            v_to := v_from;
            IF v_found = 0 THEN
                v_last := api.last_point(p_sensor_ids, p_start, v_from);
                -- the whole bucket that it lies in
                v_to := CASE WHEN v_last IS NULL THEN p_start
                             ELSE least(v_from, telemetry.bucket_start(p_unit, v_last - c_step, v_zone, 1)) END;
            END IF;
        ELSE
            v_from := v_to;
            IF v_found = 0 THEN
                v_from := coalesce(api.next_point(p_sensor_ids, v_to, p_end), p_end);
            END IF;
        END IF;
        v_step := least(v_step * CASE WHEN v_found = 0 THEN 16 ELSE least(v_left::float8 / v_found + 1, 16) END,
                        v_longest);
    END LOOP;
END
$$;
COMMENT ON FUNCTION api.bucket_points(text, integer[], timestamptz, timestamptz, timestamptz, integer, integer, text,
                                      boolean) IS
    'One page of aggregated buckets (minute to month) of some sensors, in time order or against it, behind a position; '
    'days and longer ones in a zone. Where the range cuts a bucket, only what lies in the range counts, and from or to '
    'say so. Called by api.list_sensor_data.';
REVOKE ALL ON FUNCTION api.bucket_points(text, integer[], timestamptz, timestamptz, timestamptz, integer, integer, text, boolean)
    FROM PUBLIC;
