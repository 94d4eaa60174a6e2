CREATE OR REPLACE FUNCTION telemetry.count_buckets(unit text, sensor_ids integer[], "from" timestamptz, "to" timestamptz, zone text DEFAULT 'UTC')
    RETURNS bigint
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_zone CONSTANT text := CASE WHEN unit IN ('minute', 'hour') THEN 'UTC' ELSE zone END;
    v_count bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT FROM (%s) AS p GROUP BY date_trunc(%L, p.time AT TIME ZONE $2), p.sensor_id) AS g',
        coalesce(telemetry.bucket_parts(unit, sensor_ids, "from", "to", v_zone), 'SELECT NULL::timestamptz AS time, 0 AS sensor_id WHERE false'), unit)
    INTO v_count USING sensor_ids, v_zone;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION telemetry.count_buckets(text, integer[], timestamptz, timestamptz, text) IS 'How many rows telemetry.buckets has.';
REVOKE ALL ON FUNCTION telemetry.count_buckets(text, integer[], timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.count_buckets(text, integer[], timestamptz, timestamptz, text) TO viewer;
