CREATE OR REPLACE FUNCTION alarm.verdict(
    equipment_id text, "time" timestamptz, is_anomaly boolean, severity text, confidence float8, data jsonb
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_data jsonb := coalesce(verdict.data, '{}') || jsonb_build_object('confidence', verdict.confidence);
    v_kind text := verdict.data ->> 'bundle_kind';
    v_power text := verdict.data ->> 'power';
    v_signal bigint;
    v_state alarm.state;
    v_transitions bigint[] := ARRAY[]::bigint[];
    v_changed bigint[];
BEGIN
    -- Who speaks: what one bundle finds, no other one ends. A calm verdict of one that never found anything has no
    -- signal.
    IF is_anomaly THEN
        PERFORM alarm.bundle_signals('model_verdict', ARRAY[verdict.equipment_id], ARRAY[v_kind], ARRAY[v_power]);
    END IF;
    -- a loop over the equipment's model_verdict rules: mostly one
    FOR v_signal IN
        SELECT g.id FROM alarm.signal AS g
        WHERE g.equipment_id = verdict.equipment_id AND g.condition = 'model_verdict' AND g.assigned
          AND g.bundle_kind IS NOT DISTINCT FROM v_kind AND g.power IS NOT DISTINCT FROM v_power
        ORDER BY g.id
    LOOP
        PERFORM ops.lock('alarm.signal:' || v_signal);
        -- the judged number is how many anomalies came in a row; read now that nobody else can count
        SELECT s.* INTO v_state FROM alarm.state AS s WHERE s.signal_id = v_signal;
        -- one that comes late changes neither the count nor the severity
        CONTINUE WHEN v_state.last_time >= verdict.time;
        v_transitions := v_transitions || alarm.feed(
            ARRAY[v_signal], ARRAY[verdict.time],
                ARRAY[CASE WHEN is_anomaly THEN coalesce(v_state.last_value, 0) + 1 ELSE 0 END],
            CASE WHEN is_anomaly THEN verdict.severity END, v_data);
        CONTINUE WHEN NOT is_anomaly;
        -- an alarm that stands follows the verdict's severity
        WITH changed AS (
            UPDATE alarm.alarm AS a
            SET severity = n.name, data = v_data, updated_at = clock_timestamp(),
                worst_severity = CASE WHEN n.rank > w.rank THEN n.name ELSE a.worst_severity END
            FROM alarm.severity AS n, alarm.severity AS w
            WHERE a.signal_id = v_signal AND a.cleared_at IS NULL AND a.severity <> verdict.severity
              AND a.raised_at < verdict.time AND n.name = verdict.severity AND w.name = a.worst_severity
            RETURNING a.*
        ), told AS (
            INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
            SELECT c.id, 'severity_changed', verdict.time, c.severity, c.level, c.value, c.limit_value FROM changed AS c
            RETURNING id
        )
        SELECT array_agg(t.id) INTO v_changed FROM told AS t;
        v_transitions := v_transitions || v_changed;
    END LOOP;
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.verdict(text, timestamptz, boolean, text, float8, jsonb) IS
    'One verdict of the equipment''s champion model for the model_verdict rules that select it (they raise after '
    'parameters.consecutive anomalies in a row). severity and confidence (0…1) are the verdict''s, data goes into the '
    'alarm; its members bundle_kind and power say which of the machine''s bundles speaks, and each has its own count, '
    'clock and alarm. A verdict older than the last one of its bundle is passed over. Returns the transitions for '
    'alarm.announce.';
REVOKE ALL ON FUNCTION alarm.verdict(text, timestamptz, boolean, text, float8, jsonb) FROM PUBLIC;
