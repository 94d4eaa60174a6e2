CREATE OR REPLACE FUNCTION alarm.evaluate_batch(
    sensor_id integer[], "time" timestamptz[], value float8[], late integer[] DEFAULT NULL,
    reclocked integer[] DEFAULT NULL,
    OUT transitions integer, OUT outbox_rows integer
) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
    -- states are looked up one by one: a plan made while there were none would read all of them for each
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_sensors integer[];
    v_outcomes alarm.outcome[];
    -- states to keep in alarm.checkpoint, each with the first sample after it
    v_keep alarm.state[];
    v_keep_signal bigint[];
    v_keep_until timestamptz[];
    v_revise bigint[];
    v_revise_from timestamptz[];
    v_revise_late boolean[];
    v_revise_reclocked boolean[];
    v_every interval := ops.setting_interval('alarm.checkpoint_every');
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    transitions := 0;
    outbox_rows := 0;
    -- All that quiet times cost: one look-up per sensor of the batch.
    SELECT array_agg(b.sensor_id ORDER BY b.sensor_id) INTO v_sensors
    FROM (
        SELECT u.sensor_id, min(u.value) AS lowest, max(u.value) AS highest
        FROM unnest(evaluate_batch.sensor_id, evaluate_batch.value) AS u (sensor_id, value)
        GROUP BY u.sensor_id
    ) AS b
    JOIN alarm.watch AS w ON w.sensor_id = b.sensor_id
    WHERE b.lowest < w.quiet_low OR b.highest > w.quiet_high
       OR EXISTS (SELECT FROM alarm.state AS s WHERE s.sensor_id = b.sensor_id AND NOT s.idle)
       OR b.sensor_id = ANY (evaluate_batch.late);
    IF v_sensors IS NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    -- ingest holds these already; who calls without it is serialised here, per sensor and in sensor order
    PERFORM FROM telemetry.latest AS l
    WHERE l.sensor_id = ANY (v_sensors)
    ORDER BY l.sensor_id
    FOR NO KEY UPDATE;
    -- alarm.tick may be at work on a timer of these
    PERFORM FROM alarm.state AS s
    WHERE s.sensor_id = ANY (v_sensors) AND NOT s.idle
    ORDER BY s.signal_id
    FOR NO KEY UPDATE;

    WITH point AS MATERIALIZED (
        SELECT u.sensor_id, min(u.value) AS lowest, max(u.value) AS highest,
               array_agg(u.time ORDER BY u.time) AS time, array_agg(u.value ORDER BY u.time) AS value,
               (u.sensor_id = ANY (evaluate_batch.late)) IS TRUE AS is_late
        FROM unnest(evaluate_batch.sensor_id, evaluate_batch.time, evaluate_batch.value) AS u (sensor_id, time, value)
        JOIN unnest(v_sensors) AS i (sensor_id) ON i.sensor_id = u.sensor_id
        GROUP BY u.sensor_id
    ), pair AS MATERIALIZED (
        SELECT g, s, p.time, p.value, p.is_late,
               -- belongs before what was judged already: a late point, or one that the clock did not wait for
               evaluate_batch.late IS NOT NULL AND (p.is_late OR p.time[1] <= s.last_time) IS TRUE AS revises,
               -- calm before, calm throughout and no timer due: nothing can happen but that the last value holds
               -- (what needs every sample has an empty quiet band)
               s.zone = alarm.calm_zone() AND p.lowest >= g.quiet_low + g.deadband
                   AND p.highest <= g.quiet_high - g.deadband
                   AND (s.next_due IS NULL OR s.next_due > p.time[cardinality(p.time)]) AS holds
        FROM point AS p
        JOIN alarm.signal AS g ON g.sensor_id = p.sensor_id AND g.assigned AND g.live
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        WHERE (NOT s.idle OR p.lowest < g.quiet_low OR p.highest > g.quiet_high OR p.is_late
               AND s.last_time >= p.time[1])
          -- who calls without ingest.store, which knows what is late: what is older than what the sensor has told
          -- judges nothing
          AND (evaluate_batch.late IS NOT NULL
               OR NOT EXISTS (SELECT FROM telemetry.latest AS l WHERE l.sensor_id = p.sensor_id
                              AND l.time > p.time[cardinality(p.time)]))
    ), held AS (
        UPDATE alarm.state AS s
        SET last_time = p.time[cardinality(p.time)], last_value = p.value[cardinality(p.value)],
            idle = s.active = 0 AND s.next_due IS NULL
        FROM pair AS p
        WHERE p.holds AND NOT p.revises AND s.signal_id = (p.g).id
          AND (s.last_time IS NULL OR s.last_time < p.time[cardinality(p.time)])
    )
    SELECT array_agg(alarm.run(p.g, p.s, p.time, p.value)) FILTER (WHERE NOT p.revises),
           array_agg((p.g).id) FILTER (WHERE k.keeps), array_agg(p.s) FILTER (WHERE k.keeps),
           array_agg(p.time[1]) FILTER (WHERE k.keeps),
           array_agg((p.g).id) FILTER (WHERE p.revises), array_agg(p.time[1]) FILTER (WHERE p.revises),
           array_agg(p.is_late) FILTER (WHERE p.revises),
           array_agg(((p.g).sensor_id = ANY (evaluate_batch.reclocked)) IS TRUE) FILTER (WHERE p.revises)
    INTO v_outcomes, v_keep_signal, v_keep, v_keep_until, v_revise, v_revise_from, v_revise_late, v_revise_reclocked
    FROM pair AS p
    CROSS JOIN LATERAL (
        SELECT NOT p.revises AND evaluate_batch.late IS NOT NULL
               AND ((p.s).checkpoint_at IS NULL OR p.time[1] >= (p.s).checkpoint_at + v_every) AS keeps OFFSET 0
    ) AS k
    WHERE p.holds IS NOT TRUE OR p.revises;

    IF v_keep_signal IS NOT NULL THEN
        PERFORM alarm.keep_states(v_keep_signal, v_keep, v_keep_until);
    END IF;
    IF v_outcomes IS NOT NULL THEN
        v_transitions := alarm.settle(v_outcomes);
    END IF;
    IF v_revise IS NOT NULL THEN
        v_transitions := v_transitions || alarm.revise(v_revise, v_revise_from, v_revise_late, v_revise_reclocked);
    END IF;
    IF v_outcomes IS NOT NULL OR v_revise IS NOT NULL THEN
        transitions := cardinality(v_transitions);
        outbox_rows := alarm.announce(v_transitions);
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION alarm.evaluate_batch(integer[], timestamptz[], float8[], integer[], integer[]) IS
    'Judges the new live points of a batch (arrays of equal length; sensor, time of measurement, finite value) in the '
    'ingest transaction; returns how many alarm transitions and outbox rows that made. Points of one sensor may stand '
    'in any order. late: the sensors that have told something newer than some of their points; reclocked: those of '
    'them whose clock was put back. NULL: the points are not stored, so what is late judges nothing. Called by '
    'ingest.store.';
REVOKE ALL ON FUNCTION alarm.evaluate_batch(integer[], timestamptz[], float8[], integer[], integer[]) FROM PUBLIC;
