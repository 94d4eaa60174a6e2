CREATE OR REPLACE FUNCTION alarm.judge_standing("now" timestamptz) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- bounds one transaction; the rest is a second later
    c_at_once CONSTANT integer := 2000;
    v_signals bigint[];
    v_outcomes alarm.outcome[];
    v_transitions bigint[];
BEGIN
    SELECT array_agg(x.id) INTO v_signals
    FROM (SELECT g.id FROM alarm.signal AS g WHERE g.fresh ORDER BY g.id LIMIT c_at_once FOR UPDATE SKIP LOCKED) AS x;
    IF v_signals IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    -- in ingest's order: latest values, then states. What a batch holds it judges itself, by the new limits or just
    -- before they came: then it is looked at again in a second. So it is with what alarm.feed holds, by a row of its
    -- own.
    SELECT array_agg(g.id) INTO v_signals
    FROM alarm.signal AS g
    WHERE g.id = ANY (v_signals)
      AND CASE WHEN g.live THEN g.sensor_id IN (
              SELECT l.sensor_id FROM telemetry.latest AS l
              WHERE l.sensor_id IN (SELECT x.sensor_id FROM alarm.signal AS x WHERE x.id = ANY (v_signals) AND x.live)
              ORDER BY l.sensor_id FOR NO KEY UPDATE SKIP LOCKED)
          ELSE ops.try_lock('alarm.signal:' || g.id) END;
    PERFORM FROM alarm.state AS s WHERE s.signal_id = ANY (v_signals) ORDER BY s.signal_id FOR NO KEY UPDATE;

    -- The value that stands is given once more, at the moment at which the machine's clock stands: a limit that moved
    -- judges it as if it had been there when the value came, so delays count from then, and a backtest says the same.
    -- A step cannot be given twice: such a rule goes by its next sample.
    SELECT array_agg(alarm.run(g, n.state, ARRAY[n.time], ARRAY[l.value]))
    INTO v_outcomes
    FROM alarm.signal AS g
    LEFT JOIN alarm.state AS s ON s.signal_id = g.id
    -- what a job judges, as far as the job has come: with this signal, or where it has not seen it yet, with its
    -- condition
    LEFT JOIN alarm.derived_clock AS c ON c.signal_id = g.id AND NOT g.live
    LEFT JOIN alarm.clock AS k ON k.condition = g.condition AND NOT g.live
    CROSS JOIN LATERAL alarm.standing(g, s, least(judge_standing.now, coalesce(c.evaluated_to, k.evaluated_to))) AS l
    CROSS JOIN LATERAL (
        SELECT greatest(l.time, s.last_time) AS time,
               alarm.before_sample(s, greatest(l.time, s.last_time)) AS state OFFSET 0
    ) AS n
    WHERE g.id = ANY (v_signals) AND g.assigned
      -- calm before and calm now: no row for it
      AND (s.signal_id IS NOT NULL OR l.value < g.quiet_low OR l.value > g.quiet_high);
    UPDATE alarm.signal AS g SET fresh = false WHERE g.id = ANY (v_signals);
    IF v_outcomes IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    v_transitions := alarm.settle(v_outcomes, "now" => judge_standing.now);
    -- what was judged by other limits stays as it was judged
    DELETE FROM alarm.checkpoint AS c WHERE c.signal_id = ANY (v_signals);
    PERFORM alarm.keep_states(v_signals);
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.judge_standing(timestamptz) IS
    'Holds the value that stands against limits that are new: a rule that was made or tightened raises without waiting '
    'for a sample, one that was relaxed clears. Delays count on the sensor''s time, from the value that stands. Part '
    'of alarm.tick; returns the transitions.';
REVOKE ALL ON FUNCTION alarm.judge_standing(timestamptz) FROM PUBLIC;
