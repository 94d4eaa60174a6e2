CREATE OR REPLACE FUNCTION ml.training_window(
    machine text, "from" timestamptz, "to" timestamptz, bucket text DEFAULT '1m', signals text[] DEFAULT NULL
) RETURNS TABLE ("time" timestamptz, "values" float8[], minima float8[], maxima float8[], deviations float8[],
                 counts bigint[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT interval := INTERVAL '36525 days'; -- a hundred years
    v_sensors integer[];
    v_unknown text;
BEGIN
    PERFORM ops.check_span(training_window.from, training_window.to, c_longest);
    IF (training_window.bucket IN ('raw', '1m', '1h')) IS NOT TRUE THEN
        PERFORM alarm.refuse('MW422', 'bucket', 'bucket must be one of raw, 1m, 1h');
    END IF;
    SELECT array_agg(s.id ORDER BY n.place, n.name), min(n.name) FILTER (WHERE s.id IS NULL) INTO v_sensors, v_unknown
    FROM (
        SELECT g.name, g.place FROM unnest(training_window.signals) WITH ORDINALITY AS g (name, place)
        UNION ALL
        SELECT v.signal, 0 FROM ml.training_signal AS v
        WHERE training_window.signals IS NULL AND v.equipment_id = training_window.machine
    ) AS n
    LEFT JOIN plant.sensor AS s ON s.equipment_id = training_window.machine AND s.name = n.name;
    IF v_unknown IS NOT NULL OR v_sensors IS NULL THEN
        PERFORM alarm.refuse('MW404', 'signals', format('%s has no signal %s', training_window.machine,
            coalesce(v_unknown, 'at all')), 'ml.training_signal shows what there is.');
    END IF;

    IF training_window.bucket = 'raw' THEN
        RETURN QUERY
        SELECT p.time, array_agg(p.value ORDER BY p.place), array_agg(p.value ORDER BY p.place),
               array_agg(p.value ORDER BY p.place), array_agg(p.value * 0 ORDER BY p.place),
               array_agg((p.value IS NOT NULL)::integer::bigint ORDER BY p.place)
        FROM (
            SELECT t.time, s.place, r.value
            FROM (SELECT DISTINCT r.time FROM telemetry.reading AS r
                  WHERE r.sensor_id = ANY (v_sensors) AND r.time >= training_window.from AND r.time < training_window.to
                    AND r.quality < 2) AS t
            CROSS JOIN unnest(v_sensors) WITH ORDINALITY AS s (id, place)
            LEFT JOIN telemetry.reading AS r ON r.sensor_id = s.id AND r.time = t.time AND r.quality < 2
                AND r.time >= training_window.from AND r.time < training_window.to
        ) AS p
        GROUP BY p.time ORDER BY p.time;
        RETURN;
    END IF;
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT r.bucket, r.sensor_id, r.mean, r.min, r.max, r.count, r.sum, r.sum_sq FROM rollup.reading_1m AS r
        WHERE training_window.bucket = '1m' AND r.sensor_id = ANY (v_sensors)
          AND r.bucket >= training_window.from AND r.bucket < training_window.to
        UNION ALL
        SELECT r.bucket, r.sensor_id, r.mean, r.min, r.max, r.count, r.sum, r.sum_sq FROM rollup.reading_1h AS r
        WHERE training_window.bucket = '1h' AND r.sensor_id = ANY (v_sensors)
          AND r.bucket >= training_window.from AND r.bucket < training_window.to
    )
    SELECT t.bucket, array_agg(p.mean ORDER BY s.place), array_agg(p.min ORDER BY s.place),
           array_agg(p.max ORDER BY s.place),
           array_agg(sqrt(greatest(p.sum_sq / p.count - (p.sum / p.count) * (p.sum / p.count), 0)) ORDER BY s.place),
           array_agg(coalesce(p.count, 0) ORDER BY s.place)
    FROM (SELECT DISTINCT x.bucket FROM part AS x) AS t
    CROSS JOIN unnest(v_sensors) WITH ORDINALITY AS s (id, place)
    LEFT JOIN part AS p ON p.bucket = t.bucket AND p.sensor_id = s.id
    GROUP BY t.bucket ORDER BY t.bucket;
END
$$;
COMMENT ON FUNCTION ml.training_window(text, timestamptz, timestamptz, text, text[]) IS
    'A machine''s signals side by side, one row a bucket from … to (exclusive), oldest first: values (means) in the '
    'order of signals (sensor names; default all that are not retired, by name: ml.training_signal), NULL where a '
    'signal has nothing; least, greatest, standard deviation and count beside them. bucket: 1m or 1h (aggregates, '
    'whatever the quality of their readings), raw (each moment at which one of them was read, bad quality left out). A '
    'bucket without any signal has no row. MW404 signals; MW422 bucket, to.';
REVOKE ALL ON FUNCTION ml.training_window(text, timestamptz, timestamptz, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.training_window(text, timestamptz, timestamptz, text, text[]) TO viewer, trainer;
