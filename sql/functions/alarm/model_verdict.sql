CREATE OR REPLACE FUNCTION alarm.model_verdict(
    equipment_id text, "time" timestamptz, is_anomaly boolean, severity text, confidence float8, data jsonb
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_data jsonb := coalesce(model_verdict.data, '{}') || jsonb_build_object('confidence', model_verdict.confidence);
    v_signal record;
    v_transitions bigint[] := ARRAY[]::bigint[];
    v_changed bigint[];
BEGIN
    FOR v_signal IN
        SELECT g.id, s.last_value AS run
        FROM alarm.signal AS g
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        WHERE g.equipment_id = model_verdict.equipment_id AND g.condition = 'model_verdict' AND g.assigned
        ORDER BY g.id
    LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('millwright:alarm.signal', v_signal.id));
        -- the judged number is how many anomalies came in a row; read again, now that nobody else can count
        v_transitions := v_transitions || alarm.feed(
            ARRAY[v_signal.id], ARRAY[model_verdict.time],
            ARRAY[CASE WHEN is_anomaly
                       THEN coalesce((SELECT s.last_value FROM alarm.state AS s WHERE s.signal_id = v_signal.id), 0) + 1
                       ELSE 0 END],
            CASE WHEN is_anomaly THEN model_verdict.severity END, v_data);
        CONTINUE WHEN NOT is_anomaly;
        -- an alarm that stands follows the verdict's severity
        WITH changed AS (
            UPDATE alarm.alarm AS a
            SET severity = n.name, data = v_data, updated_at = clock_timestamp(),
                worst_severity = CASE WHEN n.rank > w.rank THEN n.name ELSE a.worst_severity END
            FROM alarm.severity AS n, alarm.severity AS w
            WHERE a.signal_id = v_signal.id AND a.cleared_at IS NULL AND a.severity <> model_verdict.severity
              AND a.raised_at < model_verdict.time AND n.name = model_verdict.severity AND w.name = a.worst_severity
            RETURNING a.*
        ), told AS (
            INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
            SELECT c.id, 'severity_changed', model_verdict.time, c.severity, c.level, c.value, c.limit_value FROM changed AS c
            RETURNING id
        )
        SELECT array_agg(t.id) INTO v_changed FROM told AS t;
        v_transitions := v_transitions || v_changed;
    END LOOP;
    RETURN alarm.announce(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.model_verdict(text, timestamptz, boolean, text, float8, jsonb) IS
    'One verdict of the equipment''s champion model for the model_verdict rules that select it (they raise after parameters.consecutive anomalies in a row). severity and confidence (0…1) are the verdict''s, data goes into the alarm. Returns the outbox rows written. Called by ml.record_predictions.';
REVOKE ALL ON FUNCTION alarm.model_verdict(text, timestamptz, boolean, text, float8, jsonb) FROM PUBLIC;
