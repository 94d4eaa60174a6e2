CREATE OR REPLACE FUNCTION alarm.judge_expressions("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- No rule is begun later than this, so that each has at least the rest of the job's max_runtime (5 s) for itself.
    c_begin_within CONSTANT interval := '2 seconds';
    c_first_pause CONSTANT interval := '30 seconds';
    c_longest_pause CONSTANT interval := '1 hour';
    c_longest_error CONSTANT integer := 500; -- characters: the server quotes whole values
    v_until timestamptz := judge_expressions.now - ops.setting_interval('alarm.tick_grace');
    v_began timestamptz := clock_timestamp();
    v_allowance text := alarm.allowance_state();
    v_approved text;
    v_rule record;
    v_machine record;
    v_result record;
    v_rule_began timestamptz;
    v_error text;
    v_state text;
    v_cut boolean := false;
    v_signal bigint[] := ARRAY[]::bigint[];
    v_time timestamptz[] := ARRAY[]::timestamptz[];
    v_value float8[] := ARRAY[]::float8[];
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    IF NOT ops.try_lock('alarm.judge_expressions') THEN
        RETURN NULL;
    END IF;

    -- a rule that is gone, disabled or renamed fails no more
    DELETE FROM alarm.expression_run AS e
    WHERE NOT EXISTS (SELECT FROM alarm.rule AS r
                      WHERE r.id = e.rule_id AND r.enabled AND r.condition = 'expression'
                        AND e.code = 'expression:' || r.name);
    INSERT INTO alarm.expression_run (rule_id, code)
    SELECT r.id, 'expression:' || r.name FROM alarm.rule AS r WHERE r.enabled AND r.condition = 'expression'
    ON CONFLICT DO NOTHING;

    -- row by row: each rule is a statement of its own, and one that fails or takes too long must not take the others
    -- along
    FOR v_rule IN
        SELECT r.id, r.name, r.parameters, e.code, e.failures, e.approved_under
        FROM alarm.expression_run AS e
        JOIN alarm.rule AS r ON r.id = e.rule_id
        WHERE e.next_run <= judge_expressions.now
        ORDER BY e.evaluated_at, e.rule_id
    LOOP
        v_rule_began := clock_timestamp();
        EXIT WHEN v_cut OR v_rule_began - v_began > c_begin_within;
        v_error := NULL;
        v_approved := md5(concat_ws('|', v_allowance, v_rule.parameters ->> 'sql'));
        BEGIN
            -- written before rules were judged so, or under an allowance that an administrator has narrowed since
            IF v_rule.parameters ? 'sql' AND v_rule.approved_under IS DISTINCT FROM v_approved THEN
                PERFORM alarm.approve_expression(v_rule.parameters);
            END IF;
            SELECT array_agg(m.id) AS signal, array_agg(m.equipment_id) AS equipment_id,
                   array_agg(m.sensors) AS sensors, array_agg(m.at) AS at
            INTO v_machine
            FROM (
                SELECT g.id, g.equipment_id,
                       coalesce(jsonb_object_agg(n.name, t.value) FILTER (WHERE n.name IS NOT NULL), '{}') AS sensors,
                       -- SQL may ask for anything, also for what does not come any more: it is judged as of now
                       CASE WHEN v_rule.parameters ? 'sql' THEN v_until ELSE max(t.time) END AS at
                FROM alarm.signal AS g
                LEFT JOIN (plant.sensor AS n JOIN telemetry.latest AS t ON t.sensor_id = n.id AND isfinite(t.time))
                    ON n.equipment_id = g.equipment_id
                WHERE g.rule_id = v_rule.id AND g.assigned
                GROUP BY g.id
            ) AS m
            WHERE m.at IS NOT NULL;
            IF v_machine.signal IS NOT NULL THEN
                SELECT e.* INTO v_result
                FROM alarm.evaluate_expression(alarm.expression_query(v_rule.parameters), v_machine.equipment_id,
                                               v_machine.sensors, v_machine.at) AS e;
                v_state := v_result.sqlstate;
                v_error := CASE WHEN v_result.failed < cardinality(v_machine.signal)
                                THEN format('on %s of %s machines: ', v_result.failed,
                                            cardinality(v_machine.signal)) ELSE '' END
                    || v_result.error;
                SELECT v_signal || array_agg(u.signal), v_time || array_agg(u.time), v_value || array_agg(u.value)
                INTO v_signal, v_time, v_value
                FROM unnest(v_machine.signal, v_machine.at, v_result.value) AS u (signal, time, value)
                WHERE alarm.finite_or_null(u.value) IS NOT NULL;
            END IF;
        EXCEPTION WHEN query_canceled OR OTHERS THEN
            v_approved := NULL;
            -- The statement's timeout is spent: what is left to do here is not limited by it any more, so no further
            -- rule.
            v_cut := SQLSTATE = '57014';
            v_state := SQLSTATE;
            v_error := SQLERRM;
        END;
        v_error := left(v_error, c_longest_error);

        UPDATE alarm.expression_run AS e
        SET approved_under = v_approved, evaluated_at = clock_timestamp(), duration = clock_timestamp() - v_rule_began,
            failures = CASE WHEN v_error IS NULL THEN 0 ELSE e.failures + 1 END, error = v_state || ': ' || v_error,
            next_run = CASE WHEN v_cut THEN clock_timestamp()
                            + least(c_first_pause * 2 ^ least(e.failures, 20), c_longest_pause) ELSE '-infinity' END
        WHERE e.rule_id = v_rule.id;
    END LOOP;

    IF cardinality(v_signal) > 0 THEN
        v_transitions := alarm.feed(v_signal, v_time, v_value);
    END IF;
    -- alarms by id before the outbox counter, which is held from the first announcement on
    PERFORM FROM alarm.alarm AS a
    WHERE starts_with(a.code, 'expression:') AND a.equipment_id IS NULL AND a.cleared_at IS NULL
    ORDER BY a.id
    FOR UPDATE;
    PERFORM alarm.announce(v_transitions);
    PERFORM alarm.judge_system('{expression}');
    RETURN cardinality(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.judge_expressions(timestamptz) IS
    'Judges the rules of condition expression, run as a job. One that fails raises the system alarm expression:<rule>, '
    'which clears when it works again; one that is cut off by the job''s timeout is also left alone for a while '
    '(alarm.expression_run). Returns the transitions made; NULL: another session is at it.';
REVOKE ALL ON FUNCTION alarm.judge_expressions(timestamptz) FROM PUBLIC;
