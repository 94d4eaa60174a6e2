CREATE OR REPLACE FUNCTION api.predict_rul(body jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_started timestamptz := clock_timestamp();
    v_body jsonb := api.check_body(body, 'RulPredictRequest');
    v_device text := v_body ->> 'device_id';
    v_reading record;
    v_life record;
BEGIN
    PERFORM api.check_equipment(v_device, 'device_id');
    -- in their order: each is a tick, and the state depends on the one before
    FOR v_reading IN
        SELECT e.n, e.value #> '{current,value}' AS current, e.value #> '{vibration,value}' AS vibration
        FROM jsonb_array_elements(v_body -> 'sensor_data') WITH ORDINALITY AS e (value, n)
        ORDER BY e.n
    LOOP
        IF jsonb_typeof(v_reading.current) = 'number' AND ml.finite(v_reading.current) IS NULL
            OR jsonb_typeof(v_reading.vibration) = 'number' AND ml.finite(v_reading.vibration) IS NULL THEN
            PERFORM alarm.refuse('MW422', format('sensor_data[%s]', v_reading.n - 1),
                                 'a value must be a number of at most 1e100');
        END IF;
        IF num_nonnulls(ml.finite(v_reading.current), ml.finite(v_reading.vibration)) > 0 THEN
            PERFORM ml.tick_rul_lite(v_device, 'auto', ml.finite(v_reading.current), NULL, NULL,
                                     ml.finite(v_reading.vibration));
        END IF;
    END LOOP;
    SELECT c.* INTO v_life FROM report.current_life AS c WHERE c.equipment_id = v_device;
    RETURN jsonb_build_object(
        'device_id', v_device, 'rul_value', v_life.rul_hours, 'confidence', v_life.confidence,
        'uncertainty', (v_life.rul_high_hours - v_life.rul_low_hours) / 2, 'predicted_at', api.iso(v_life.time),
        'processing_time', extract(epoch FROM clock_timestamp() - v_started)::float8,
        'health_status', v_life.health_status,
        'lower', v_life.rul_low_hours, 'upper', v_life.rul_high_hours, 'method', v_life.method,
        'model_version', v_life.model_version,
        'reason', CASE WHEN v_life.rul_hours IS NULL THEN 'no method has an estimate for this machine yet' END);
END
$$;
COMMENT ON FUNCTION api.predict_rul(jsonb) IS
    'What is left of a machine by the estimate that governs it. Each reading that comes with the request is a tick of '
    'RUL-lite first (current: the magnitude, vibration); temperature has no part in it. rul_value is null, and reason '
    'says why, where there is no estimate. MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.predict_rul(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.predict_rul(jsonb) TO operator;
