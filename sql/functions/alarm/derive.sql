CREATE OR REPLACE FUNCTION alarm.derive(
    machine alarm.signal, "time" timestamptz[], value float8[], after timestamptz,
    INOUT anchor_time timestamptz, INOUT anchor_value float8, OUT derived float8[]
)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_is_step boolean := machine.condition = 'rate_of_change';
    v_after timestamptz := after;
    v_seconds float8;
BEGIN
    derived := array_fill(NULL::float8, ARRAY[coalesce(cardinality(value), 0)]);
    -- a loop: which sample the next one is measured from depends on those before
    FOR i IN 1 .. coalesce(cardinality(value), 0) LOOP
        CONTINUE WHEN time[i] <= v_after;
        v_after := time[i];
        IF anchor_time IS NULL THEN
            anchor_time := time[i];
            anchor_value := value[i];
            CONTINUE WHEN v_is_step;
        END IF;
        v_seconds := extract(epoch FROM time[i] - anchor_time);
        IF v_is_step THEN
            CONTINUE WHEN v_seconds < machine.parameter;
            derived[i] := (value[i] - anchor_value) / v_seconds;
            anchor_time := time[i];
            anchor_value := value[i];
        ELSIF abs(value[i] - anchor_value) > machine.parameter THEN
            anchor_time := time[i];
            anchor_value := value[i];
            derived[i] := 0;
        ELSE
            derived[i] := v_seconds;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION alarm.derive(alarm.signal, timestamptz[], float8[], timestamptz, timestamptz, float8) IS
    'What rate_of_change (change per second since the anchor) and flat_line (seconds without a change) judge in place '
    'of each value; NULL where a sample makes no number: at or before after, the first of all, or too soon. The anchor '
    'is the sample that is measured from; it comes back as it is then.';
REVOKE ALL ON FUNCTION alarm.derive(alarm.signal, timestamptz[], float8[], timestamptz, timestamptz, float8)
    FROM PUBLIC;
