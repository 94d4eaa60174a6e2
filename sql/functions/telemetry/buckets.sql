CREATE OR REPLACE FUNCTION telemetry.buckets(unit text, sensor_ids integer[], "from" timestamptz, "to" timestamptz, zone text DEFAULT 'UTC')
    RETURNS TABLE (bucket timestamptz, sensor_id integer, count bigint, min float8, max float8, sum float8, sum_sq float8,
                   first float8, last float8, first_time timestamptz, last_time timestamptz)
    LANGUAGE plpgsql STABLE STRICT ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- minutes and hours are the same everywhere
    v_zone CONSTANT text := CASE WHEN unit IN ('minute', 'hour') THEN 'UTC' ELSE zone END;
    -- Sorted by what is no key of the groups, so that no row is returned before all are computed.
    v_query CONSTANT text := format($sql$
        SELECT %s, g.sensor_id, g.count, g.min, g.max, g.sum, g.sum_sq, g.first, g.last, g.first_time, g.last_time
        FROM (
            SELECT date_trunc(%L, p.time AT TIME ZONE $2) AS label, p.sensor_id, sum(p.count)::bigint AS count, min(p.min) AS min, max(p.max) AS max,
                sum(p.sum) AS sum, sum(p.sum_sq) AS sum_sq, public.first(p.first, p.first_time) AS first, public.last(p.last, p.last_time) AS last,
                min(p.first_time) AS first_time, max(p.last_time) AS last_time
            FROM (%%s) AS p
            GROUP BY 1, 2
        ) AS g
        ORDER BY 1, 2$sql$,
        CASE WHEN v_zone = 'UTC' THEN 'g.label AT TIME ZONE $2' ELSE 'telemetry.first_moment(g.label, $2)' END, unit);
    v_parts CONSTANT text := telemetry.bucket_parts(unit, sensor_ids, "from", "to", v_zone);
BEGIN
    IF v_parts IS NULL THEN
        RETURN;
    END IF;
    BEGIN
        RETURN QUERY EXECUTE format(v_query, v_parts) USING sensor_ids, v_zone;
    EXCEPTION WHEN data_exception THEN
        -- a bucket that cannot be computed waits for ever for its refresh, which leaves it out: so is it here
        RETURN QUERY EXECUTE format(v_query, telemetry.bucket_parts(unit, sensor_ids, "from", "to", v_zone, false)) USING sensor_ids, v_zone;
    END;
END
$$;
COMMENT ON FUNCTION telemetry.buckets(text, integer[], timestamptz, timestamptz, text) IS
    'The readings of some sensors from … to (exclusive) by bucket, in time order: minute or hour of UTC, day, week or month of a zone. What the plain GROUP BY over telemetry.reading says, also where the range cuts a bucket or a rollup is behind, but read from rollup.reading_1h and reading_1m as far as these go. Values in the sensors'' units.';
REVOKE ALL ON FUNCTION telemetry.buckets(text, integer[], timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.buckets(text, integer[], timestamptz, timestamptz, text) TO viewer;
