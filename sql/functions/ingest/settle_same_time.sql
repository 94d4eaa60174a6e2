CREATE OR REPLACE FUNCTION ingest.settle_same_time(
    p_target regclass,
    INOUT sensor_id integer[], INOUT "time" timestamptz[], INOUT value float8[], INOUT quality smallint[],
        INOUT is_historical boolean[],
    OUT judged_at timestamptz[], OUT kept integer, OUT replaced integer
)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- so far from its own time a value is looked for a free microsecond, and for its like
    c_span CONSTANT interval := '1 millisecond';
    c_slots CONSTANT integer := 1000;
    c_passes CONSTANT integer := 5;
    -- ingest.backlog holds history only, and does not say so
    c_columns CONSTANT text := 'time, value, sensor_id, quality'
        || CASE WHEN p_target = 'telemetry.reading'::regclass THEN ', is_historical' ELSE '' END;
    c_is_historical CONSTANT text := CASE WHEN p_target = 'telemetry.reading'::regclass THEN 'r.is_historical'
                                          ELSE 'true' END;
    v_sensor integer[] := settle_same_time.sensor_id;
    v_time timestamptz[] := settle_same_time.time;
    v_value float8[] := settle_same_time.value;
    v_quality smallint[] := settle_same_time.quality;
    v_historical boolean[] := settle_same_time.is_historical;
    v_first timestamptz;
    v_last timestamptz;
    -- those of a pass that are new
    v_new_sensor integer[];
    v_new_time timestamptz[];
    v_new_value float8[];
    v_new_quality smallint[];
    v_new_historical boolean[];
    v_new_judged timestamptz[];
BEGIN
    sensor_id := '{}'; "time" := '{}'; value := '{}'; quality := '{}'; is_historical := '{}'; judged_at := '{}';
    kept := 0; replaced := 0;
    -- of the span that they lie in, so that only its chunks are read: hence EXECUTE, which plans for these values
    SELECT min(u.time), max(u.time) + c_span INTO v_first, v_last FROM unnest(v_time) AS u (time);

    -- Nearly always it is a redelivery: what is there already, as it is, is not looked at further.
    EXECUTE format($sql$
        SELECT array_agg(u.sensor_id ORDER BY u.ordinal) AS sensor_id, array_agg(u.time ORDER BY u.ordinal) AS at,
               array_agg(u.value ORDER BY u.ordinal) AS value, array_agg(u.quality ORDER BY u.ordinal) AS quality,
               array_agg(u.is_historical ORDER BY u.ordinal) AS is_historical
        FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS u (sensor_id, time, value, quality, is_historical, ordinal)
        LEFT JOIN %1$s AS r ON r.sensor_id = u.sensor_id AND r.time = u.time AND r.value = u.value AND r.time >= $6
            AND r.time < $7
        WHERE r.time IS NULL $sql$, p_target)
    INTO v_sensor, v_time, v_value, v_quality, v_historical
    USING v_sensor, v_time, v_value, v_quality, v_historical, v_first, v_last;
    IF v_sensor IS NULL THEN
        RETURN;
    END IF;

    IF ops.setting_text('ingest.same_time') = 'both' THEN
        -- Again for those that two moments in one millisecond sent to the same microsecond.
        FOR v_turn IN 1..c_passes LOOP
            EXIT WHEN coalesce(cardinality(v_sensor), 0) = 0;
            EXECUTE format($sql$
                WITH given AS MATERIALIZED (
                    SELECT DISTINCT ON (u.sensor_id, u.time, u.value) u.*
                    FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS u (sensor_id, time, value, quality,
                                                                          is_historical, ordinal)
                    ORDER BY u.sensor_id, u.time, u.value, u.ordinal
                ), place AS MATERIALIZED (
                    SELECT DISTINCT g.sensor_id, g.time FROM given AS g
                ), taken AS MATERIALIZED (
                    SELECT p.sensor_id, p.time, r.time AS at, r.value
                    FROM place AS p
                    JOIN %1$s AS r ON r.sensor_id = p.sensor_id AND r.time >= p.time AND r.time < p.time + $6
                    WHERE r.time >= $8 AND r.time < $9
                ), new AS MATERIALIZED (
                    -- what is there, or beside it, came before
                    SELECT g.*, row_number() OVER (PARTITION BY g.sensor_id, g.time ORDER BY g.ordinal) AS n
                    FROM given AS g
                    WHERE NOT EXISTS (SELECT FROM taken AS t WHERE t.sensor_id = g.sensor_id AND t.time = g.time
                                      AND t.value = g.value)
                ), slot AS (
                    SELECT k.sensor_id, k.time, k.time + o.n * INTERVAL '1 microsecond' AS at,
                           row_number() OVER (PARTITION BY k.sensor_id, k.time ORDER BY o.n) AS n
                    FROM (SELECT w.sensor_id, w.time, count(*) AS needed FROM new AS w
                          GROUP BY w.sensor_id, w.time) AS k
                    LEFT JOIN (SELECT t.sensor_id, t.time, count(*) AS points FROM taken AS t
                               GROUP BY t.sensor_id, t.time) AS c
                        ON c.sensor_id = k.sensor_id AND c.time = k.time
                    CROSS JOIN LATERAL generate_series(0, least(k.needed + coalesce(c.points, 0), $7 - 1)) AS o (n)
                    WHERE NOT EXISTS (SELECT FROM taken AS t WHERE t.sensor_id = k.sensor_id AND t.time = k.time
                                      AND t.at = k.time + o.n * INTERVAL '1 microsecond')
                ), placed AS MATERIALIZED (
                    SELECT w.*, s.at FROM new AS w LEFT JOIN slot AS s ON s.sensor_id = w.sensor_id AND s.time = w.time
                        AND s.n = w.n
                ), added AS (
                    INSERT INTO %1$s AS r (%2$s)
                    SELECT p.at, p.value, p.sensor_id, p.quality%3$s FROM placed AS p WHERE p.at IS NOT NULL
                    ORDER BY p.sensor_id, p.at
                    ON CONFLICT DO NOTHING
                    RETURNING r.sensor_id, r.time, r.value
                )
                SELECT array_agg(p.sensor_id ORDER BY p.sensor_id, p.at) FILTER (WHERE a.time IS NOT NULL) AS sensor_id,
                       array_agg(p.at ORDER BY p.sensor_id, p.at) FILTER (WHERE a.time IS NOT NULL) AS at,
                       array_agg(p.value ORDER BY p.sensor_id, p.at) FILTER (WHERE a.time IS NOT NULL) AS value,
                       array_agg(p.quality ORDER BY p.sensor_id, p.at) FILTER (WHERE a.time IS NOT NULL) AS quality,
                       array_agg(p.is_historical
                                 ORDER BY p.sensor_id, p.at) FILTER (WHERE a.time IS NOT NULL) AS is_historical,
                       array_agg(p.sensor_id ORDER BY p.ordinal) FILTER (WHERE a.time IS NULL) AS left_sensor,
                       array_agg(p.time ORDER BY p.ordinal) FILTER (WHERE a.time IS NULL) AS left_time,
                       array_agg(p.value ORDER BY p.ordinal) FILTER (WHERE a.time IS NULL) AS left_value,
                       array_agg(p.quality ORDER BY p.ordinal) FILTER (WHERE a.time IS NULL) AS left_quality,
                       array_agg(p.is_historical ORDER BY p.ordinal) FILTER (WHERE a.time IS NULL) AS left_historical
                FROM placed AS p
                LEFT JOIN added AS a ON a.sensor_id = p.sensor_id AND a.time = p.at AND a.value = p.value $sql$,
                p_target, c_columns,
                CASE WHEN p_target = 'telemetry.reading'::regclass THEN ', p.is_historical' ELSE '' END)
            INTO v_new_sensor, v_new_time, v_new_value, v_new_quality, v_new_historical,
                 v_sensor, v_time, v_value, v_quality, v_historical
            USING v_sensor, v_time, v_value, v_quality, v_historical, c_span, c_slots, v_first, v_last;
            sensor_id := sensor_id || v_new_sensor;
            "time" := "time" || v_new_time;
            value := value || v_new_value;
            quality := quality || v_new_quality;
            is_historical := is_historical || v_new_historical;
        END LOOP;
        judged_at := "time";
        kept := cardinality(sensor_id);
    END IF;

    -- The later takes the place of the former; and so it is where a thousand values have one millisecond.
    IF coalesce(cardinality(v_sensor), 0) > 0 THEN
        EXECUTE format($sql$
            WITH given AS MATERIALIZED (
                SELECT DISTINCT ON (u.sensor_id, u.time, u.value) u.*
                FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS u (sensor_id, time, value, quality, is_historical,
                                                                      ordinal)
                ORDER BY u.sensor_id, u.time, u.value, u.ordinal
            ), there AS MATERIALIZED (
                SELECT r.sensor_id, r.time, r.value, r.quality, %2$s AS is_historical
                FROM (SELECT DISTINCT g.sensor_id, g.time FROM given AS g) AS p
                JOIN %1$s AS r ON r.sensor_id = p.sensor_id AND r.time = p.time
                WHERE r.time >= $6 AND r.time < $7
            ), new AS MATERIALIZED (
                SELECT g.*, row_number() OVER w AS n, count(*) OVER (PARTITION BY g.sensor_id, g.time) AS last
                FROM given AS g
                JOIN there AS t ON t.sensor_id = g.sensor_id AND t.time = g.time AND t.value <> g.value
                -- what was here before the one that is came before
                WHERE NOT EXISTS (SELECT FROM ingest.replaced_value AS o
                                  WHERE o.sensor_id = g.sensor_id AND o.time = g.time AND o.value = g.value)
                WINDOW w AS (PARTITION BY g.sensor_id, g.time ORDER BY g.ordinal)
            ), former AS (
                SELECT o.sensor_id, o.time, count(*) AS points
                FROM ingest.replaced_value AS o
                WHERE (o.sensor_id, o.time) IN (SELECT w.sensor_id, w.time FROM new AS w)
                GROUP BY o.sensor_id, o.time
            ), remembered AS (
                INSERT INTO ingest.replaced_value (sensor_id, time, value, quality)
                SELECT x.sensor_id, x.time, x.value, x.quality
                FROM (
                    SELECT t.sensor_id, t.time, t.value, t.quality FROM there AS t
                    WHERE EXISTS (SELECT FROM new AS w WHERE w.sensor_id = t.sensor_id AND w.time = t.time)
                    UNION ALL
                    SELECT w.sensor_id, w.time, w.value, w.quality FROM new AS w WHERE w.n < w.last
                ) AS x
                ORDER BY x.sensor_id, x.time, x.value
                ON CONFLICT DO NOTHING
            ), changed AS (
                UPDATE %1$s AS r SET value = w.value, quality = w.quality
                FROM new AS w
                WHERE w.n = w.last AND r.sensor_id = w.sensor_id AND r.time = w.time AND r.time >= $6 AND r.time < $7
            )
            SELECT array_agg(w.sensor_id ORDER BY w.ordinal) AS sensor_id, array_agg(w.time ORDER BY w.ordinal) AS at,
                   array_agg(w.value ORDER BY w.ordinal) AS value, array_agg(w.quality ORDER BY w.ordinal) AS quality,
                   array_agg(w.is_historical ORDER BY w.ordinal) AS is_historical,
                   -- one after the other, after all that was judged of this moment
                   array_agg(w.time + (w.n + coalesce(f.points, 0)) * INTERVAL '1 microsecond'
                             ORDER BY w.ordinal) AS judged_at
            FROM new AS w
            LEFT JOIN former AS f ON f.sensor_id = w.sensor_id AND f.time = w.time $sql$, p_target, c_is_historical)
        INTO v_new_sensor, v_new_time, v_new_value, v_new_quality, v_new_historical, v_new_judged
        USING v_sensor, v_time, v_value, v_quality, v_historical, v_first, v_last;
        sensor_id := sensor_id || v_new_sensor;
        "time" := "time" || v_new_time;
        value := value || v_new_value;
        quality := quality || v_new_quality;
        is_historical := is_historical || v_new_historical;
        judged_at := judged_at || v_new_judged;
        replaced := coalesce(cardinality(v_new_sensor), 0);
    END IF;

    IF kept + replaced > 0 THEN
        INSERT INTO ingest.same_time_seen AS c (sensor_id, kept, replaced, first_time, last_time)
        SELECT u.sensor_id, count(*) FILTER (WHERE u.ordinal <= settle_same_time.kept),
               count(*) FILTER (WHERE u.ordinal > settle_same_time.kept),
               min(u.time), max(u.time)
        FROM unnest(settle_same_time.sensor_id, settle_same_time.time) WITH ORDINALITY AS u (sensor_id, time, ordinal)
        JOIN plant.sensor AS s ON s.id = u.sensor_id
        GROUP BY u.sensor_id
        -- in the order in which ingest.store locks the same sensors
        ORDER BY u.sensor_id
        ON CONFLICT (sensor_id) DO UPDATE SET
            kept = c.kept + excluded.kept, replaced = c.replaced + excluded.replaced,
            first_time = least(c.first_time, excluded.first_time),
            last_time = greatest(c.last_time, excluded.last_time);
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.settle_same_time(regclass, integer[], timestamptz[], float8[], smallint[], boolean[]) IS
    'What becomes of values whose sensor has one at the same time already (arrays of equal length, in the order of '
    'arrival; p_target: telemetry.reading or ingest.backlog). The same value again changes nothing. Another one goes, '
    'by the setting ingest.same_time, into the next free microsecond (both), or takes the place of the one that is '
    'there, which ingest.replaced_value remembers (later). Returns those that were new, the time at which each is '
    'judged, and how many were kept beside others and how many replaced one. Callers hold the lock on the sensors'' '
    'latest values, or the lane for history.';
REVOKE ALL ON FUNCTION ingest.settle_same_time(regclass, integer[], timestamptz[], float8[], smallint[], boolean[])
    FROM PUBLIC;
