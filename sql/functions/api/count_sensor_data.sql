CREATE OR REPLACE FUNCTION api.count_sensor_data(
    device_id text, sensor_type text DEFAULT NULL, sensor text DEFAULT NULL, start timestamptz DEFAULT NULL,
    "end" timestamptz DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_end timestamptz := coalesce("end", clock_timestamp());
    v_start timestamptz := coalesce(start, '0001-01-01 00:00Z');
    v_sensors integer[];
    v_first timestamptz;
BEGIN
    IF v_start >= v_end THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'end', MESSAGE = 'end must be later than start';
    ELSIF v_start < '0001-01-01 00:00Z' OR v_end > '9999-12-31 00:00Z' THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = CASE WHEN v_start < '0001-01-01 00:00Z' THEN 'start' ELSE 'end' END,
            MESSAGE = 'start and end must lie in the years 1 to 9999';
    END IF;
    PERFORM api.check_equipment(device_id, NULL);
    SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') INTO v_sensors FROM plant.sensor AS s
    WHERE s.equipment_id = device_id
        AND (count_sensor_data.sensor_type IS NULL
             OR count_sensor_data.sensor_type IN (s.type, telemetry.field_type(s.type, s.name)))
        AND (count_sensor_data.sensor IS NULL OR s.name = count_sensor_data.sensor);
    -- years without a point cost nothing
    v_first := api.next_point(v_sensors, v_start, v_end);
    RETURN jsonb_build_object(
        'device_id', device_id, 'sensor_type', sensor_type, 'sensor', sensor,
        'count', CASE WHEN v_first IS NULL THEN 0
                      ELSE telemetry.count_readings(v_sensors, greatest(v_start, v_first), v_end) END,
        'start_time', api.iso(start), 'end_time', api.iso(v_end));
END
$$;
COMMENT ON FUNCTION api.count_sensor_data(text, text, text, timestamptz, timestamptz) IS
    'How many points an equipment has, start inclusive (default: from the first), end exclusive (default: now), in '
    'hours '
    'and minutes as far as these go. sensor_type as in api.list_sensor_data.';
REVOKE ALL ON FUNCTION api.count_sensor_data(text, text, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.count_sensor_data(text, text, text, timestamptz, timestamptz) TO viewer;
