CREATE OR REPLACE FUNCTION api.latest_point(p_sensor_id integer)
RETURNS TABLE ("time" timestamptz, value float8, quality smallint, received_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT l.time, l.value, l.quality, l.received_at FROM telemetry.latest AS l
        WHERE l.sensor_id = p_sensor_id AND isfinite(l.time);
    IF NOT FOUND THEN
        -- historical points never become the latest value; where nothing else was ever stored, the newest of them is
        -- the answer
        RETURN QUERY SELECT r.time, r.value, r.quality, NULL::timestamptz FROM telemetry.reading AS r
            WHERE r.sensor_id = p_sensor_id ORDER BY r.time DESC LIMIT 1;
    END IF;
END
$$;
COMMENT ON FUNCTION api.latest_point(integer) IS
    'The newest point of a sensor, or no row; received_at: when it arrived, where that is known. Called by endpoints '
    'that show latest values.';
REVOKE ALL ON FUNCTION api.latest_point(integer) FROM PUBLIC;
