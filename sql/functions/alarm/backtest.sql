CREATE OR REPLACE FUNCTION alarm.backtest(
    rule bigint, "from" timestamptz, "to" timestamptz, changes jsonb DEFAULT '{}', sensors integer[] DEFAULT NULL,
    source text DEFAULT 'raw', bucket_value text DEFAULT 'worst'
) RETURNS TABLE (equipment_id text, sensor_id integer, sensor text, raised_at timestamptz, cleared_at timestamptz,
                 level text,
                 severity text, worst_severity text, value float8, peak_value float8, samples bigint,
                 chattering boolean, transitions jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    r alarm.rule;
    v_pair record;
    g alarm.signal;
    v_outcome alarm.outcome;
    v_time timestamptz[];
    v_value float8[];
    v_inside boolean;
    v_thinned boolean;
    v_steps boolean;
    v_pending tstzmultirange;
    v_note record;
BEGIN
    PERFORM ops.check_span(backtest.from, backtest.to);
    IF backtest.source <> 'raw' AND telemetry.bucket_width(backtest.source) IS NULL OR backtest.source IS NULL THEN
        PERFORM alarm.refuse('MW422', 'source', format('there is no source "%s"', backtest.source), 'raw, 1m or 1h.');
    ELSIF (backtest.bucket_value IN ('worst', 'mean')) IS NOT TRUE THEN
        PERFORM alarm.refuse('MW422', 'bucket_value', format('a bucket has no value "%s"', backtest.bucket_value),
                             'worst or mean.');
    END IF;
    r := alarm.checked_rule(backtest.rule, backtest.changes);
    v_steps := (SELECT c.steps FROM alarm.condition AS c WHERE c.name = r.condition);
    FOR v_note IN SELECT unnest(alarm.backtest_notes(r, backtest.source, backtest.bucket_value)) AS note LOOP
        RAISE NOTICE '%', v_note.note;
    END LOOP;
    v_pending := telemetry.rollup_pending(nullif(backtest.source, 'raw'), backtest.from, backtest.to);
    FOR v_pair IN
        SELECT m.equipment_id, m.sensor_id, s.name, k.bundle_kind, k.power
        FROM alarm.match(ARRAY[r], backtest.sensors) AS m
        LEFT JOIN plant.sensor AS s ON s.id = m.sensor_id
        LEFT JOIN LATERAL (
            SELECT DISTINCT ml.bundle_kind(p.scores, p.thresholds, p.ratio, p.value) AS bundle_kind, p.power
            FROM ml.serve_ml_predictions AS p
            WHERE p.equipment_id = m.equipment_id AND p.stage = 'champion' AND p.time > backtest.from
              AND p.time <= backtest.to
        ) AS k ON r.condition = 'model_verdict'
        ORDER BY m.equipment_id, s.name, k.bundle_kind, k.power
    LOOP
        g := alarm.as_spoken(alarm.compile(r, v_pair.equipment_id, v_pair.sensor_id), v_pair.bundle_kind, v_pair.power);
        CONTINUE WHEN g.rule_id IS NULL;
        v_inside := g.condition = 'inside';
        v_thinned := g.live AND backtest.source = 'raw' AND NOT v_steps;
        IF backtest.source <> 'raw' THEN
            SELECT array_agg(x.time ORDER BY x.time), array_agg(x.value ORDER BY x.time) INTO v_time, v_value
            FROM alarm.bucket_series(r, g, backtest.source, backtest.bucket_value, backtest.from, backtest.to) AS x;
        ELSIF v_thinned THEN
            -- The machine cannot tell one value of a zone from the next: only where the zone changes is there anything
            -- to fold.
            SELECT array_agg(x.time ORDER BY x.time), array_agg(x.value ORDER BY x.time) INTO v_time, v_value
            FROM (
                SELECT p.time, p.value, p.zone, lag(p.zone) OVER (ORDER BY p.time) AS before
                FROM (
                    SELECT d.time, d.value,
                           CASE WHEN d.value BETWEEN g.quiet_low + g.deadband AND g.quiet_high - g.deadband
                                THEN alarm.calm_zone()
                                ELSE alarm.zone(v_inside, g.low_low, g.low, g.high, g.high_high, g.deadband,
                                                d.value) END AS zone
                    FROM (
                        -- what stands when the time begins holds, as it does for a rule that is made then
                        (SELECT backtest.from AS time, b.value FROM telemetry.reading AS b
                         WHERE b.sensor_id = v_pair.sensor_id AND b.time <= backtest.from AND b.quality < 2
                         ORDER BY b.time DESC LIMIT 1)
                        UNION ALL
                        SELECT b.time, b.value FROM telemetry.reading AS b
                        WHERE b.sensor_id = v_pair.sensor_id AND b.time > backtest.from AND b.time < backtest.to
                          AND b.quality < 2
                    ) AS d
                ) AS p
            ) AS x
            WHERE x.zone IS DISTINCT FROM x.before;
        ELSE
            SELECT array_agg(x.time ORDER BY x.time), array_agg(x.value ORDER BY x.time) INTO v_time, v_value
            FROM (
                -- calm after calm changes nothing; all others count, for the peak
                SELECT s.time, s.value, s.calm, lag(s.calm) OVER (ORDER BY s.time) AS before
                FROM (
                    SELECT d.time, d.value,
                           d.value BETWEEN g.quiet_low + g.deadband AND g.quiet_high - g.deadband AS calm
                    FROM alarm.series(r, g, backtest.from, backtest.to) AS d
                ) AS s
            ) AS x
            WHERE (x.calm AND x.before) IS NOT TRUE;
        END IF;
        CONTINUE WHEN v_time IS NULL;
        v_outcome := alarm.run(g, NULL::alarm.state, v_time, v_value, backtest.to);

        RETURN QUERY
        SELECT v_pair.equipment_id, v_pair.sensor_id, v_pair.name, a.raised_at, a.cleared_at, a.level, a.severity,
               a.worst,
               f.value, CASE WHEN v_thinned THEN k.peak ELSE a.peak END,
               CASE WHEN backtest.source = 'raw' THEN k.samples ELSE (
                   SELECT coalesce(sum(b.count), 0)::bigint
                   FROM alarm.bucket(backtest.source, v_pair.sensor_id, a.raised_at,
                                     coalesce(a.cleared_at, backtest.to), v_pending) AS b) END,
               a.chattering, a.transitions
        FROM (
            SELECT e.occurrence, min(e.time) AS raised_at, max(e.time) FILTER (WHERE e.cleared) AS cleared_at,
                   (array_agg(e.level ORDER BY e.ordinal))[1] AS level,
                   (array_agg(e.severity ORDER BY e.ordinal DESC))[1] AS severity,
                   (array_agg(e.severity ORDER BY e.rank DESC))[1] AS worst,
                   (array_agg(e.value ORDER BY e.ordinal))[1] AS value,
                   (array_agg(e.peak ORDER BY e.ordinal DESC))[1] AS peak, bool_or(e.chattering) AS chattering,
                   jsonb_agg(jsonb_build_object('kind', e.kind, 'time', alarm.iso_time(e.time), 'level', e.level,
                                                'severity', e.severity)
                                 || CASE WHEN r.condition = 'model_verdict'
                                         THEN jsonb_build_object('bundle_kind', g.bundle_kind, 'power',
                                                                 g.power) ELSE '{}' END
                             ORDER BY e.ordinal) FILTER (WHERE e.kind IS NOT NULL) AS transitions
            FROM alarm.story(g, v_outcome) AS e
            GROUP BY e.occurrence
        ) AS a
        CROSS JOIN LATERAL (
            -- thinning left out what held when a timer fired
            SELECT CASE WHEN v_thinned AND g.on_delay > INTERVAL '0' THEN (
                SELECT d.value FROM telemetry.reading AS d
                WHERE d.sensor_id = v_pair.sensor_id AND d.time < a.raised_at AND d.time >= backtest.from
                  AND d.quality < 2
                ORDER BY d.time DESC LIMIT 1) ELSE a.value END AS value
        ) AS f
        CROSS JOIN LATERAL (
            SELECT count(*) AS samples,
                   CASE WHEN a.level LIKE 'low%' THEN least(f.value, min(d.value))
                        ELSE greatest(f.value, max(d.value)) END AS peak
            FROM telemetry.reading AS d
            WHERE d.sensor_id = v_pair.sensor_id AND d.time >= a.raised_at
              AND d.time < coalesce(a.cleared_at, backtest.to)
              AND d.quality < 2 AND backtest.source = 'raw'
        ) AS k
        ORDER BY a.occurrence;
    END LOOP;
END
$$;
COMMENT ON FUNCTION alarm.backtest(bigint, timestamptz, timestamptz, jsonb, integer[], text, text) IS
    'What a rule would have raised from … to (exclusive) on the sensors that it selects (or those given), with changes '
    'laid over it (members of alarm.rule; {} for the rule as it is). Uses the stored readings, historical ones too, '
    'and the machine that ingest uses. Begins with what stands at from. Source 1m or 1h takes the buckets of that '
    'rollup, the one under way at from included and what a refresh has not taken in yet worked out anew, for history '
    'beyond the raw readings or for speed: each holds from its start with its worst value (with limits on one side an '
    'upper bound: no alarm is missed, short ones look longer, several may become one; a bucket beyond limits on both '
    'sides counts for the worse side only) or its mean (short ones vanish). samples then counts the readings of the '
    'buckets that begin in it. Rollups count readings of bad quality, raw does not. What its answer must be read with '
    '(alarm.backtest_notes) comes as NOTICEs. One row per alarm; cleared_at NULL: still active at to. MW404 unknown '
    'rule, MW422 changes refused.';
REVOKE ALL ON FUNCTION alarm.backtest(bigint, timestamptz, timestamptz, jsonb, integer[], text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.backtest(bigint, timestamptz, timestamptz, jsonb, integer[], text, text) TO viewer;
