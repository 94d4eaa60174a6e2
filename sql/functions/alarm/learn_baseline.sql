CREATE OR REPLACE FUNCTION alarm.learn_baseline(
    sensors integer[], "from" timestamptz, "to" timestamptz, state text DEFAULT '*', minimum_samples integer DEFAULT 100
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_learned integer[];
BEGIN
    WITH centre AS MATERIALIZED (
        SELECT r.sensor_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY r.value) AS centre, count(*) AS samples,
               min(r.value) AS lowest, max(r.value) AS highest, min(r.time) AS first, max(r.time) AS last
        FROM telemetry.reading AS r
        WHERE r.sensor_id = ANY (learn_baseline.sensors) AND r.time >= learn_baseline.from AND r.time < learn_baseline.to AND r.quality < 2
        GROUP BY r.sensor_id
        HAVING count(*) >= learn_baseline.minimum_samples
    ), spread AS (
        SELECT r.sensor_id, 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(r.value - c.centre)) AS mad, stddev_samp(r.value) AS deviation
        FROM telemetry.reading AS r
        JOIN centre AS c ON c.sensor_id = r.sensor_id
        WHERE r.sensor_id = ANY (learn_baseline.sensors) AND r.time >= learn_baseline.from AND r.time < learn_baseline.to AND r.quality < 2
        GROUP BY r.sensor_id
    ), stored AS (
        INSERT INTO alarm.baseline AS b (sensor_id, state, centre, spread, lowest, highest, samples, learned_from, learned_to)
        -- a signal that rests on few values has no deviation at the median: the classic one then, else a thousandth of the value
        SELECT c.sensor_id, learn_baseline.state, c.centre, coalesce(nullif(s.mad, 0), nullif(s.deviation, 0), greatest(abs(c.centre) / 1000, 1e-9)),
               c.lowest, c.highest, c.samples, c.first, c.last
        FROM centre AS c JOIN spread AS s ON s.sensor_id = c.sensor_id
        ORDER BY c.sensor_id
        ON CONFLICT (sensor_id, state) DO UPDATE SET
            centre = excluded.centre, spread = excluded.spread, lowest = excluded.lowest, highest = excluded.highest,
            samples = excluded.samples, learned_from = excluded.learned_from, learned_to = excluded.learned_to, learned_at = clock_timestamp()
        RETURNING sensor_id
    )
    SELECT array_agg(s.sensor_id) INTO v_learned FROM stored AS s;
    PERFORM alarm.assign_sensors(v_learned);
    RETURN coalesce(cardinality(v_learned), 0);
END
$$;
COMMENT ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer) IS
    'Learns what is normal for sensors from … to (a time without faults): median and median absolute deviation. Rules of condition baseline follow at once. Returns how many sensors had at least minimum_samples.';
REVOKE ALL ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.learn_baseline(integer[], timestamptz, timestamptz, text, integer) TO engineer;
