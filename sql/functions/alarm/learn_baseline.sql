CREATE OR REPLACE FUNCTION alarm.learn_baseline(
    sensors integer[], "from" timestamptz, "to" timestamptz, state text DEFAULT '*',
    minimum_samples integer DEFAULT 100, season text DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_learned integer[];
    v_zone text := plant.time_zone();
BEGIN
    IF learn_baseline.season <> 'hour_of_week' THEN
        PERFORM alarm.refuse('MW422', 'season', format('there is no season "%s"', learn_baseline.season),
                             'hour_of_week, or NULL for none.');
    ELSIF learn_baseline.state = 'each' THEN
        PERFORM alarm.refuse('MW422', 'state', 'state must not be "each"',
                             'With "*" the states of alarm.operating_state are learned, too.');
    END IF;
    WITH span AS MATERIALIZED (
        SELECT s.id AS sensor_id, learn_baseline.state AS state, timestamptz '-infinity' AS since,
               timestamptz 'infinity' AS until
        FROM plant.sensor AS s
        WHERE s.id = ANY (learn_baseline.sensors)
        UNION ALL
        SELECT s.id, u.state, u.since, u.until
        FROM plant.sensor AS s
        CROSS JOIN LATERAL alarm.state_runs(s.equipment_id, learn_baseline.from, learn_baseline.to) AS u
        WHERE s.id = ANY (learn_baseline.sensors) AND learn_baseline.state = '*'
    ), point AS MATERIALIZED (
        SELECT p.sensor_id, p.state, h.hour_of_week, r.time, r.value
        FROM span AS p
        JOIN telemetry.reading AS r ON r.sensor_id = p.sensor_id AND r.time >= p.since AND r.time < p.until
        CROSS JOIN LATERAL (
            SELECT -1 AS hour_of_week
            UNION ALL SELECT alarm.hour_of_week(r.time, v_zone) WHERE learn_baseline.season IS NOT NULL) AS h
        WHERE r.time >= learn_baseline.from AND r.time < learn_baseline.to AND r.quality < 2
    ), centre AS MATERIALIZED (
        SELECT p.sensor_id, p.state, p.hour_of_week, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.value) AS centre,
               count(*) AS samples,
               stddev_samp(p.value) AS deviation, min(p.value) AS lowest, max(p.value) AS highest, min(p.time) AS first,
               max(p.time) AS last
        FROM point AS p
        GROUP BY p.sensor_id, p.state, p.hour_of_week
        HAVING count(*) >= learn_baseline.minimum_samples
    ), spread AS (
        SELECT p.sensor_id, p.state, p.hour_of_week,
               1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.value - c.centre)) AS mad
        FROM point AS p
        JOIN centre AS c ON (c.sensor_id, c.state, c.hour_of_week) = (p.sensor_id, p.state, p.hour_of_week)
        GROUP BY p.sensor_id, p.state, p.hour_of_week
    ), outdated AS (
        -- hours that were learned before and are not now would be judged by another time's values than their neighbours
        DELETE FROM alarm.baseline AS b
        USING centre AS c
        WHERE b.sensor_id = c.sensor_id AND b.state = c.state AND c.hour_of_week = -1
          AND NOT EXISTS (SELECT FROM centre AS x
                          WHERE (x.sensor_id, x.state, x.hour_of_week) = (b.sensor_id, b.state, b.hour_of_week))
    ), stored AS (
        INSERT INTO alarm.baseline AS b (sensor_id, state, hour_of_week, centre, spread, lowest, highest, samples,
                                         learned_from, learned_to)
        -- a signal that rests on few values has no deviation at the median: the classic one then, else a thousandth of
        -- the value
        SELECT c.sensor_id, c.state, c.hour_of_week, c.centre,
               coalesce(nullif(s.mad, 0), nullif(c.deviation, 0), greatest(abs(c.centre) / 1000, 1e-9)),
               c.lowest, c.highest, c.samples, c.first, c.last
        FROM centre AS c
        JOIN spread AS s ON (s.sensor_id, s.state, s.hour_of_week) = (c.sensor_id, c.state, c.hour_of_week)
        ORDER BY c.sensor_id, c.state, c.hour_of_week
        ON CONFLICT (sensor_id, state, hour_of_week) DO UPDATE SET
            centre = excluded.centre, spread = excluded.spread, lowest = excluded.lowest, highest = excluded.highest,
            samples = excluded.samples, learned_from = excluded.learned_from, learned_to = excluded.learned_to,
            learned_at = clock_timestamp()
        RETURNING sensor_id
    )
    SELECT array_agg(DISTINCT s.sensor_id) INTO v_learned FROM stored AS s;
    RETURN coalesce(cardinality(v_learned), 0);
END
$$;
COMMENT ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer, text) IS
    'Learns what is normal for sensors from … to (a time without faults): median and median absolute deviation, over '
    'all and, where alarm.operating_state tells the machine''s states, per state; with season hour_of_week also per '
    'hour of the week that has at least minimum_samples. A state that is named takes the whole time for it. Rules of '
    'condition baseline follow at once. Returns how many sensors had at least minimum_samples.';
REVOKE ALL ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer, text) TO engineer;
