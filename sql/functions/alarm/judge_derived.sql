CREATE OR REPLACE FUNCTION alarm.judge_derived("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_until timestamptz := judge_derived.now - ops.setting_interval('alarm.tick_grace');
    v_clock record;
    v_signal bigint[] := ARRAY[]::bigint[];
    v_time timestamptz[] := ARRAY[]::timestamptz[];
    v_value float8[] := ARRAY[]::float8[];
    v_found record;
    v_transitions bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('millwright:alarm.judge_derived', 0)) THEN
        RETURN 0;
    END IF;

    -- windows, differences and deviations: from where the last run ended
    INSERT INTO alarm.clock (condition, evaluated_to)
    SELECT c, v_until FROM unnest('{windowed,two_signal,baseline,no_data}'::text[]) AS c
    ON CONFLICT (condition) DO NOTHING;
    FOR v_clock IN SELECT c.condition, greatest(c.evaluated_to, v_until - INTERVAL '1 hour') AS evaluated_to FROM alarm.clock AS c WHERE c.condition <> 'no_data' LOOP
        CONTINUE WHEN v_clock.evaluated_to >= v_until;
        SELECT array_agg(g.id) AS signal, array_agg(s.time) AS time, array_agg(s.value) AS value INTO v_found
        FROM alarm.signal AS g
        JOIN alarm.rule AS r ON r.id = g.rule_id
        CROSS JOIN LATERAL alarm.series(r, g, v_clock.evaluated_to, v_until) AS s
        WHERE g.assigned AND NOT g.live AND g.condition = v_clock.condition;
        v_signal := v_signal || v_found.signal;
        v_time := v_time || v_found.time;
        v_value := v_value || v_found.value;
        UPDATE alarm.clock AS c SET evaluated_to = v_until WHERE c.condition = v_clock.condition;
    END LOOP;

    -- silence, and its end: at the moment when it began to count, also one that came and went since the last run
    SELECT greatest(c.evaluated_to, v_until - INTERVAL '1 hour') AS evaluated_to INTO v_clock FROM alarm.clock AS c WHERE c.condition = 'no_data';
    WITH gap AS MATERIALIZED (
        SELECT g.id, l.seconds + 0.001 AS seconds, d.last + make_interval(secs => least(l.seconds, 1e9) + 0.001) AS time, d.next, s.last_time
        FROM alarm.signal AS g
        JOIN plant.sensor AS n ON n.id = g.sensor_id
        LEFT JOIN telemetry.latest AS t ON t.sensor_id = g.sensor_id
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        CROSS JOIN LATERAL (
            SELECT p.time AS last, lead(p.time, 1, 'infinity') OVER (ORDER BY p.time) AS next
            FROM (
                -- mostly the latest value tells; only of a sensor that spoke since are the readings asked
                SELECT coalesce(CASE WHEN t.time <= v_clock.evaluated_to THEN nullif(t.time, '-infinity') ELSE (
                           SELECT r.time FROM telemetry.reading AS r
                           WHERE r.sensor_id = g.sensor_id AND r.time <= v_clock.evaluated_to AND NOT r.is_historical
                             AND r.time > v_clock.evaluated_to - make_interval(secs => least(greatest(g.high, 3600), 1e9))
                           ORDER BY r.time DESC LIMIT 1) END, CASE WHEN isfinite(t.time) THEN NULL ELSE n.created_at END) AS time
                UNION ALL
                SELECT r.time FROM telemetry.reading AS r
                WHERE r.sensor_id = g.sensor_id AND r.time > v_clock.evaluated_to AND r.time <= t.time AND NOT r.is_historical
            ) AS p
            WHERE p.time IS NOT NULL
        ) AS d
        CROSS JOIN LATERAL (VALUES (g.high), (g.high_high)) AS l (seconds)
        WHERE g.assigned AND g.condition = 'no_data' AND l.seconds < 'Infinity'
    ), counted AS (
        SELECT p.* FROM gap AS p
        WHERE p.time <= v_until AND p.time < p.next AND (p.last_time IS NULL OR p.time > p.last_time)
          -- a silence that was over before it could be seen is none
          AND (p.time > v_clock.evaluated_to OR p.next = 'infinity')
    )
    SELECT array_agg(x.id) AS signal, array_agg(x.time) AS time, array_agg(x.value) AS value INTO v_found
    FROM (
        SELECT c.id, c.time, c.seconds AS value FROM counted AS c
        UNION ALL
        SELECT DISTINCT c.id, c.next, 0::float8 FROM counted AS c WHERE c.next <= v_until
        UNION ALL
        SELECT g.id, f.time, 0
        FROM alarm.signal AS g
        JOIN alarm.state AS s ON s.signal_id = g.id AND NOT s.idle
        JOIN telemetry.latest AS t ON t.sensor_id = g.sensor_id AND t.time > s.last_time
        CROSS JOIN LATERAL (
            SELECT r.time FROM telemetry.reading AS r
            WHERE r.sensor_id = g.sensor_id AND r.time > s.last_time AND NOT r.is_historical
            ORDER BY r.time LIMIT 1) AS f
        WHERE g.assigned AND g.condition = 'no_data' AND f.time <= v_until
    ) AS x;
    UPDATE alarm.clock AS c SET evaluated_to = greatest(c.evaluated_to, v_until) WHERE c.condition = 'no_data';
    v_signal := v_signal || v_found.signal;
    v_time := v_time || v_found.time;
    v_value := v_value || v_found.value;

    IF cardinality(v_signal) = 0 THEN
        RETURN 0;
    END IF;
    v_transitions := alarm.feed(v_signal, v_time, v_value);
    PERFORM alarm.announce(v_transitions);
    RETURN cardinality(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.judge_derived(timestamptz) IS
    'Judges the rules whose number is derived from more than one reading (windowed, two_signal, no_data, baseline by hour or state), run as a job. Returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.judge_derived(timestamptz) FROM PUBLIC;
