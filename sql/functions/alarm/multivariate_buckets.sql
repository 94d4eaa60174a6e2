CREATE OR REPLACE FUNCTION alarm.multivariate_buckets(
    equipment_id text, sensors integer[], width interval, "from" timestamptz, "to" timestamptz
)
    RETURNS TABLE (bucket timestamptz, state text, value float8[])
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    v_from timestamptz := date_bin(multivariate_buckets.width,
        multivariate_buckets.from + multivariate_buckets.width - INTERVAL '1 microsecond', c_origin);
    v_to timestamptz := date_bin(multivariate_buckets.width, multivariate_buckets.to, c_origin);
    v_pending tstzmultirange;
    v_state_sensor integer;
BEGIN
    IF v_from >= v_to THEN
        RETURN;
    END IF;
    v_pending := telemetry.rollup_pending('1m', v_from, v_to);
    SELECT s.id INTO v_state_sensor
    FROM alarm.operating_state AS o
    JOIN plant.sensor AS s ON s.equipment_id = o.equipment_id AND s.name = o.sensor
    WHERE o.equipment_id = multivariate_buckets.equipment_id
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT w.bucket, '*'::text, w.value
        FROM alarm.multivariate_means(multivariate_buckets.sensors, multivariate_buckets.width, v_from, v_to,
                                      v_pending) AS w
        ORDER BY 1;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT w.bucket, t.state, w.value
    FROM alarm.multivariate_means(multivariate_buckets.sensors, multivariate_buckets.width, v_from, v_to,
                                  v_pending) AS w
    JOIN alarm.multivariate_states(multivariate_buckets.equipment_id, v_state_sensor, multivariate_buckets.width,
                                   v_from, v_to, v_pending) AS t ON t.bucket = w.bucket
    ORDER BY 1;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) IS
    'The means of a machine''s signals (in the order of sensors) in the whole buckets of width from … to in which all '
    'of them spoke, with the operating state that held throughout; *: the machine has no states. bucket: its start.';
REVOKE ALL ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) FROM PUBLIC;
