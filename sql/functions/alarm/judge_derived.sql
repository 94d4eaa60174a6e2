CREATE OR REPLACE FUNCTION alarm.judge_derived("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_until timestamptz := judge_derived.now - ops.setting_interval('alarm.tick_grace');
    v_longest_burst interval := ops.setting_interval('alarm.longest_burst');
    v_clock record;
    v_signal bigint[] := ARRAY[]::bigint[];
    v_time timestamptz[] := ARRAY[]::timestamptz[];
    v_value float8[] := ARRAY[]::float8[];
    v_found record;
    v_transitions bigint[];
BEGIN
    IF NOT ops.try_lock('alarm.judge_derived') THEN
        RETURN NULL;
    END IF;
    -- What batches store from now on they tell us of (alarm.note_late), and those that did not are waited for here: so
    -- no point comes between what is read now and what is written down as judged.
    LOCK TABLE alarm.derived_source IN EXCLUSIVE MODE;

    -- what came since the last run and belongs before what that judged
    v_transitions := alarm.revise_derived(v_until, judge_derived.now);

    -- windows, differences and deviations: from where the last run ended
    INSERT INTO alarm.clock (condition, evaluated_to)
    SELECT c.name, v_until
    FROM alarm.condition AS c
    -- what is judged by sample where its limits do not move (alarm.compile), is judged by the clock where they do
    WHERE c.judged IN ('clock', 'silence')
       OR c.judged = 'sample'
          AND EXISTS (SELECT FROM alarm.signal AS g WHERE g.condition = c.name AND g.assigned AND NOT g.live)
    ON CONFLICT (condition) DO NOTHING;
    -- Each by its sensor's own time: how far it was judged, and how far it can be. A sensor that had not spoken was
    -- taken to go by our time: its first value may come with one that the job has passed.
    INSERT INTO alarm.derived_clock (signal_id, evaluated_from, evaluated_to, heard)
    SELECT g.id,
           least(c.evaluated_to,
                 CASE WHEN s.signal_id IS NULL AND isfinite(l.time) THEN l.time - INTERVAL '1 microsecond' END),
           -- a whole machine as far as the last of its sensors
           CASE WHEN g.sensor_id IS NULL THEN (
               SELECT least(v_until, min(alarm.sensor_time(v_until, x.time, x.received_at, x.burst, v_longest_burst)))
               FROM alarm.multivariate_clock AS k
               JOIN telemetry.latest AS x ON x.sensor_id = ANY (k.sensors)
               WHERE k.equipment_id = g.equipment_id)
               ELSE alarm.sensor_time(v_until, l.time, l.received_at, l.burst, v_longest_burst) END,
           isfinite(l.time) IS TRUE
    FROM alarm.signal AS g
    JOIN alarm.clock AS c ON c.condition = g.condition
    LEFT JOIN telemetry.latest AS l ON l.sensor_id = g.sensor_id
    LEFT JOIN alarm.state AS s ON s.signal_id = g.id
    WHERE g.assigned AND NOT g.live
    ORDER BY g.id
    ON CONFLICT (signal_id) DO UPDATE
    -- a sensor's time may turn out to be less far than was thought: what belongs before it is told as late
    SET evaluated_from = least(derived_clock.evaluated_to, excluded.evaluated_from),
        evaluated_to = greatest(derived_clock.evaluated_to, excluded.evaluated_to), heard = excluded.heard;
    WITH source AS MATERIALIZED (
        SELECT s.sensor_id, s.signal_id FROM alarm.derived_sources() AS s
    ), gone AS (
        DELETE FROM alarm.derived_source AS d
        WHERE NOT EXISTS (SELECT FROM source AS s WHERE s.sensor_id = d.sensor_id AND s.signal_id = d.signal_id)
    )
    INSERT INTO alarm.derived_source AS d (sensor_id, signal_id)
    SELECT s.sensor_id, s.signal_id FROM source AS s
    WHERE NOT EXISTS (SELECT FROM alarm.derived_source AS d
                      WHERE d.sensor_id = s.sensor_id AND d.signal_id = s.signal_id);
    FOR v_clock IN
        SELECT c.condition FROM alarm.clock AS c JOIN alarm.condition AS n ON n.name = c.condition
        WHERE n.judged <> 'silence'
    LOOP
        SELECT array_agg(g.id) AS signal, array_agg(s.time) AS time, array_agg(s.value) AS value INTO v_found
        FROM alarm.signal AS g
        JOIN alarm.rule AS r ON r.id = g.rule_id
        JOIN alarm.derived_clock AS d ON d.signal_id = g.id AND d.evaluated_from < d.evaluated_to
        CROSS JOIN LATERAL alarm.series(r, g, greatest(d.evaluated_from, d.evaluated_to - INTERVAL '1 hour'),
                                        d.evaluated_to) AS s
        WHERE g.assigned AND NOT g.live AND g.condition = v_clock.condition;
        v_signal := v_signal || v_found.signal;
        v_time := v_time || v_found.time;
        v_value := v_value || v_found.value;
        UPDATE alarm.clock AS c SET evaluated_to = v_until WHERE c.condition = v_clock.condition;
    END LOOP;

    -- silence, and its end: at the moment when it began to count, also one that came and went since the last run
    WITH gap AS MATERIALIZED (
        SELECT g.id, l.seconds + 0.001 AS seconds,
               d.last + make_interval(secs => least(l.seconds, 1e9) + 0.001) AS time, d.next, s.last_time,
               k.since, k.until
        FROM alarm.signal AS g
        JOIN alarm.condition AS c ON c.name = g.condition AND c.judged = 'silence'
        JOIN plant.sensor AS n ON n.id = g.sensor_id
        LEFT JOIN telemetry.latest AS t ON t.sensor_id = g.sensor_id
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        JOIN alarm.derived_clock AS e ON e.signal_id = g.id
        CROSS JOIN LATERAL (SELECT greatest(e.evaluated_from, e.evaluated_to - INTERVAL '1 hour') AS since,
                                   e.evaluated_to AS until,
                                   EXISTS (SELECT FROM telemetry.late_run AS u
                                           WHERE u.sensor_id = g.sensor_id) AS may_lie_ahead OFFSET 0) AS k
        CROSS JOIN LATERAL (
            SELECT p.time AS last, lead(p.time, 1, 'infinity') OVER (ORDER BY p.time) AS next
            FROM (
                -- mostly the latest value tells; the readings are asked only of a sensor that spoke since, or whose
                -- clock was put back (perhaps: it told something late), so that points lie ahead of its latest one
                SELECT coalesce(CASE WHEN t.time <= k.since AND NOT k.may_lie_ahead THEN nullif(t.time, '-infinity')
                       ELSE (
                           SELECT r.time FROM telemetry.reading AS r
                           WHERE r.sensor_id = g.sensor_id AND r.time <= k.since AND NOT r.is_historical
                             AND r.time > k.since - make_interval(secs => least(greatest(g.high, 3600), 1e9))
                           ORDER BY r.time DESC
                               LIMIT 1) END,
                       CASE WHEN isfinite(t.time) IS NOT TRUE THEN n.created_at
                            WHEN t.time <= k.since THEN t.time END) AS time
                UNION ALL
                SELECT r.time FROM telemetry.reading AS r
                WHERE r.sensor_id = g.sensor_id AND r.time > k.since AND NOT r.is_historical
                  AND r.time <= CASE WHEN k.may_lie_ahead THEN greatest(t.time, k.until) ELSE t.time END
            ) AS p
            WHERE p.time IS NOT NULL
        ) AS d
        CROSS JOIN LATERAL (VALUES (g.high), (g.high_high)) AS l (seconds)
        WHERE g.assigned AND l.seconds < 'Infinity'
    ), counted AS (
        SELECT p.* FROM gap AS p
        WHERE p.time <= p.until AND p.time < p.next AND (p.last_time IS NULL OR p.time > p.last_time)
          -- a silence that was over before it could be seen is none
          AND (p.time > p.since OR p.next = 'infinity')
    )
    SELECT array_agg(x.id) AS signal, array_agg(x.time) AS time, array_agg(x.value) AS value INTO v_found
    FROM (
        SELECT c.id, c.time, c.seconds AS value FROM counted AS c
        UNION ALL
        SELECT DISTINCT c.id, c.next, 0::float8 FROM counted AS c WHERE c.next <= c.until
        UNION ALL
        SELECT g.id, f.time, 0
        FROM alarm.signal AS g
        JOIN alarm.condition AS c ON c.name = g.condition AND c.judged = 'silence'
        JOIN alarm.state AS s ON s.signal_id = g.id AND NOT s.idle
        JOIN telemetry.latest AS t ON t.sensor_id = g.sensor_id
            AND (t.time > s.last_time
                 OR EXISTS (SELECT FROM telemetry.late_run AS u WHERE u.sensor_id = g.sensor_id))
        JOIN alarm.derived_clock AS e ON e.signal_id = g.id
        CROSS JOIN LATERAL (
            SELECT r.time FROM telemetry.reading AS r
            WHERE r.sensor_id = g.sensor_id AND r.time > s.last_time AND NOT r.is_historical
            ORDER BY r.time LIMIT 1) AS f
        WHERE g.assigned AND f.time <= e.evaluated_to
    ) AS x;
    UPDATE alarm.clock AS c SET evaluated_to = greatest(c.evaluated_to, v_until)
    FROM alarm.condition AS n WHERE n.name = c.condition AND n.judged = 'silence';
    v_signal := v_signal || v_found.signal;
    v_time := v_time || v_found.time;
    v_value := v_value || v_found.value;

    IF cardinality(v_signal) > 0 THEN
        v_transitions := v_transitions || alarm.feed(v_signal, v_time, v_value);
    END IF;
    PERFORM alarm.announce(v_transitions);
    RETURN cardinality(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.judge_derived(timestamptz) IS
    'Judges the rules whose number is derived from more than one reading (windowed, two_signal, no_data, baseline by '
    'hour or state, multivariate), run as a job: first what late points change in what was judged, then what is new. '
    'Returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.judge_derived(timestamptz) FROM PUBLIC;
