CREATE OR REPLACE FUNCTION alarm.feed(
    signal_id bigint[], "time" timestamptz[], value float8[], severity text DEFAULT NULL, data jsonb DEFAULT NULL
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_outcomes alarm.outcome[];
    -- states to keep in alarm.checkpoint, each with the first sample after it
    v_keep_signal bigint[];
    v_keep alarm.state[];
    v_keep_until timestamptz[];
    v_every interval := ops.setting_interval('alarm.checkpoint_every');
BEGIN
    -- these signals are not ingest's: whoever feeds one holds it until commit
    PERFORM ops.lock(VARIADIC ARRAY(SELECT 'alarm.signal:' || f FROM unnest(feed.signal_id) AS f));
    PERFORM FROM alarm.state AS s WHERE s.signal_id = ANY (feed.signal_id) ORDER BY s.signal_id FOR NO KEY UPDATE;

    SELECT array_agg(alarm.run(g, s, p.time, p.value)),
           array_agg(g.id) FILTER (WHERE k.keeps), array_agg(s) FILTER (WHERE k.keeps),
           array_agg(k.first) FILTER (WHERE k.keeps)
    INTO v_outcomes, v_keep_signal, v_keep, v_keep_until
    FROM (
        SELECT u.signal_id, array_agg(u.time ORDER BY u.time) AS time, array_agg(u.value ORDER BY u.time) AS value
        FROM unnest(feed.signal_id, feed.time, feed.value) AS u (signal_id, time, value)
        GROUP BY u.signal_id
    ) AS p
    JOIN alarm.signal AS g ON g.id = p.signal_id AND g.assigned
    JOIN alarm.condition AS c ON c.name = g.condition
    LEFT JOIN alarm.state AS s ON s.signal_id = g.id
    LEFT JOIN alarm.derived_clock AS d ON d.signal_id = g.id
    CROSS JOIN LATERAL (
        -- a state to go back to, now and then, where late points can change what was judged
        SELECT f.first, d.signal_id IS NOT NULL AND f.first IS NOT NULL
               AND (s.checkpoint_at IS NULL OR f.first >= s.checkpoint_at + v_every) AS keeps
        FROM (SELECT min(t) AS first FROM unnest(p.time) AS t WHERE (t <= s.last_time) IS NOT TRUE) AS f
        OFFSET 0
    ) AS k
    -- nothing to see and nothing seen before: no row for it, but where it says how far alarm.judge_derived has come
    WHERE s.signal_id IS NOT NULL OR (c.judged IN ('clock', 'sample') AND NOT c.each_minute)
       OR (SELECT min(v) < g.quiet_low OR max(v) > g.quiet_high FROM unnest(p.value) AS v);
    IF v_outcomes IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    IF v_keep_signal IS NOT NULL THEN
        PERFORM alarm.keep_states(v_keep_signal, v_keep, v_keep_until);
    END IF;
    RETURN alarm.settle(v_outcomes, feed.severity, feed.data);
END
$$;
COMMENT ON FUNCTION alarm.feed(bigint[], timestamptz[], float8[], text, jsonb) IS
    'Samples of derived numbers (a windowed mean, a count of model verdicts …) for signals that ingest does not judge '
    'itself: arrays of equal length. Returns the transitions for alarm.announce.';
REVOKE ALL ON FUNCTION alarm.feed(bigint[], timestamptz[], float8[], text, jsonb) FROM PUBLIC;
