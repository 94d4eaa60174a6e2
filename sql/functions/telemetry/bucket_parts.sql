-- The coarsest rows that lie whole in the range and in one bucket, and are not behind their readings; of the rest the finer ones.
CREATE OR REPLACE FUNCTION telemetry.bucket_parts(unit text, sensor_ids integer[], "from" timestamptz, "to" timestamptz, zone text, up_to_date boolean DEFAULT true)
    RETURNS text
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_hour CONSTANT interval := INTERVAL '1 hour';
    c_minute CONSTANT interval := INTERVAL '1 minute';
    -- ranges of one source that are read each by a scan of its own: the planner then leaves out chunks
    c_scans CONSTANT integer := 4;
    -- more changes that wait for a refresh than this are taken together
    c_changes CONSTANT integer := 32;
    c_columns CONSTANT text := 'sensor_id, count, min, max, sum, sum_sq, first, last, first_time, last_time';
    v_left tstzmultirange := tstzmultirange(tstzrange("from", "to"));
    v_straddling tstzmultirange := '{}';
    v_pending_minutes tstzmultirange;
    v_pending_hours tstzmultirange;
    v_days tstzmultirange := '{}';
    v_hours tstzmultirange := '{}';
    v_minutes tstzmultirange;
BEGIN
    IF isempty(range_merge(v_left)) THEN
        RETURN NULL;
    END IF;
    v_pending_minutes := CASE WHEN up_to_date THEN telemetry.coarse(telemetry.rollup_pending('1m', "from", "to", sensor_ids), c_changes) ELSE '{}' END;
    IF unit <> 'minute' THEN
        v_pending_hours := v_pending_minutes
            + CASE WHEN up_to_date THEN telemetry.coarse(telemetry.rollup_pending('1h', "from", "to", sensor_ids), c_changes) ELSE '{}' END;
        IF unit <> 'hour' THEN
            v_days := telemetry.finished_days(sensor_ids, "from", "to", zone, v_pending_hours);
            v_left := v_left - v_days;
        END IF;
        v_hours := telemetry.whole(c_hour, v_left) - v_pending_hours;
        IF zone <> 'UTC' AND v_hours <> '{}' THEN
            -- where minutes have been dropped, an hour counts in the bucket in which it begins
            v_straddling := telemetry.straddling(c_hour, unit, lower(v_hours), upper(v_hours), zone)
                * v_hours * tstzmultirange(tstzrange(now() - ops.setting_interval('rollup.minute_retention'), NULL));
        END IF;
        v_hours := v_hours - v_straddling;
        v_left := v_left - v_hours;
    END IF;
    v_minutes := telemetry.whole(c_minute, v_left) - v_pending_minutes;
    IF v_straddling <> '{}' THEN
        -- times of long ago, when a place's clock went by its sun
        v_minutes := v_minutes - telemetry.straddling(c_minute, unit, "from", "to", zone);
    END IF;
    v_left := v_left - v_minutes;
    IF (SELECT count(*) FROM unnest(v_straddling)) > c_changes THEN
        -- an hour of each of many days: of those that hold anything
        v_minutes := v_minutes - v_straddling + v_minutes * (
            SELECT coalesce(range_agg(tstzrange(h.bucket, h.bucket + c_hour)), '{}')
            FROM rollup.reading_1h AS h
            WHERE h.sensor_id = ANY (sensor_ids) AND h.bucket >= lower(v_straddling) AND h.bucket < upper(v_straddling) AND h.bucket <@ v_straddling);
    END IF;

    RETURN (
        SELECT string_agg(p.sql, E'\nUNION ALL\n')
        FROM (VALUES
            ('rollup.day', 'bucket', 'bucket AS time, ' || c_columns, v_days, NULL::interval),
            ('rollup.reading_1h', 'bucket', 'bucket AS time, ' || c_columns, v_hours, c_hour),
            ('rollup.reading_1m', 'bucket', 'bucket AS time, ' || c_columns, v_minutes, c_minute),
            ('telemetry.reading', 'time', 'time, sensor_id, 1::bigint AS count, value AS min, value AS max, value AS sum, value * value AS sum_sq, '
                'value AS first, value AS last, time AS first_time, time AS last_time', v_left, NULL)
        ) AS l (relation, column_name, columns, ranges, width)
        CROSS JOIN LATERAL (SELECT count(*) AS count, sum(upper(r) - lower(r)) AS span FROM unnest(l.ranges) AS r) AS n
        CROSS JOIN LATERAL (
            SELECT format('SELECT %s FROM %s WHERE sensor_id = ANY ($1) AND %I >= %L AND %3$I < %5$L', l.columns, l.relation, l.column_name, lower(r), upper(r)) AS sql
            FROM unnest(CASE WHEN n.count > c_scans THEN tstzmultirange(range_merge(l.ranges)) ELSE l.ranges END) AS r
        ) AS scan
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN n.count <= c_scans THEN scan.sql
                -- of very many ranges, what lies between them is passed over
                WHEN l.column_name = 'time' THEN format('SELECT i.* FROM unnest(%L::tstzmultirange) AS p CROSS JOIN LATERAL (%s AND time >= lower(p) AND time < upper(p)) AS i',
                    l.ranges, scan.sql)
                WHEN l.width IS NULL THEN format('%s AND bucket <@ %L::tstzmultirange', scan.sql, l.ranges)
                -- a hash of what is left out: <@ would read the ranges for each row
                WHEN n.span * 2 > upper(l.ranges) - lower(l.ranges) THEN format('%s AND bucket <> ALL (%L::timestamptz[])', scan.sql,
                    ARRAY(SELECT generate_series(lower(r), upper(r) - l.width, l.width) FROM unnest(tstzmultirange(range_merge(l.ranges)) - l.ranges) AS r))
                -- sensor by sensor: of many at once the planner would go by time and read all sensors
                ELSE format('SELECT i.* FROM unnest($1) AS s (id) CROSS JOIN LATERAL (%s AND bucket = ANY (%L::timestamptz[]) OFFSET 0) AS i',
                    replace(scan.sql, 'sensor_id = ANY ($1)', 'sensor_id = s.id'),
                    ARRAY(SELECT generate_series(lower(r), upper(r) - l.width, l.width) FROM unnest(l.ranges) AS r)) END AS sql
        ) AS p);
END
$$;
COMMENT ON FUNCTION telemetry.bucket_parts(text, integer[], timestamptz, timestamptz, text, boolean) IS
    'SQL of the rows (time and sums) of which telemetry.buckets makes its buckets, of some sensors ($1): the coarsest ones that lie whole in the range and in one bucket of the zone and are not behind their readings. NULL: the range is empty. up_to_date false: rollups as they are.';
REVOKE ALL ON FUNCTION telemetry.bucket_parts(text, integer[], timestamptz, timestamptz, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.bucket_parts(text, integer[], timestamptz, timestamptz, text, boolean) TO viewer;
