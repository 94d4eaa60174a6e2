CREATE OR REPLACE FUNCTION alarm.evaluate_batch(
    sensor_id integer[], "time" timestamptz[], value float8[],
    OUT transitions integer, OUT outbox_rows integer
) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_sensors integer[];
    v_outcomes alarm.outcome[];
    v_transitions bigint[];
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
       OR EXISTS (SELECT FROM alarm.state AS s WHERE s.sensor_id = b.sensor_id AND NOT s.idle);
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
               array_agg(u.time ORDER BY u.time) AS time, array_agg(u.value ORDER BY u.time) AS value
        FROM unnest(evaluate_batch.sensor_id, evaluate_batch.time, evaluate_batch.value) AS u (sensor_id, time, value)
        JOIN unnest(v_sensors) AS i (sensor_id) ON i.sensor_id = u.sensor_id
        GROUP BY u.sensor_id
    ), pair AS MATERIALIZED (
        SELECT g, s, p.time, p.value,
               -- calm before, calm throughout and no timer due: nothing can happen but that the last value holds
               s.zone = 240 AND g.condition NOT IN ('inside', 'rate_of_change', 'flat_line')
                   AND p.lowest >= g.quiet_low + g.deadband AND p.highest <= g.quiet_high - g.deadband
                   AND (s.next_due IS NULL OR s.next_due > p.time[cardinality(p.time)]) AS holds
        FROM point AS p
        JOIN alarm.signal AS g ON g.sensor_id = p.sensor_id AND g.assigned AND g.live
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        WHERE (NOT s.idle OR p.lowest < g.quiet_low OR p.highest > g.quiet_high)
          -- all of them older than what the sensor has told before: late, so they judge nothing (who calls without ingest.store)
          AND NOT EXISTS (SELECT FROM telemetry.latest AS l WHERE l.sensor_id = p.sensor_id AND l.time > p.time[cardinality(p.time)])
    ), held AS (
        UPDATE alarm.state AS s
        SET last_time = p.time[cardinality(p.time)], last_value = p.value[cardinality(p.value)]
        FROM pair AS p
        WHERE p.holds AND s.signal_id = (p.g).id AND (s.last_time IS NULL OR s.last_time < p.time[cardinality(p.time)])
    )
    SELECT array_agg(alarm.run(p.g, p.s, p.time, p.value)) INTO v_outcomes
    FROM pair AS p
    WHERE p.holds IS NOT TRUE;

    IF v_outcomes IS NOT NULL THEN
        v_transitions := alarm.settle(v_outcomes);
        transitions := cardinality(v_transitions);
        outbox_rows := alarm.announce(v_transitions);
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION alarm.evaluate_batch(integer[], timestamptz[], float8[]) IS
    'Judges the new live points of a batch (arrays of equal length; sensor, time of measurement, finite value) in the ingest transaction; returns how many alarm transitions and outbox rows that made. Points of one sensor may stand in any order. Called by ingest.store.';
REVOKE ALL ON FUNCTION alarm.evaluate_batch(integer[], timestamptz[], float8[]) FROM PUBLIC;
