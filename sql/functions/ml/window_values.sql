CREATE OR REPLACE FUNCTION ml.window_values(model_id bigint[], equipment_id text[], until timestamptz[])
    RETURNS TABLE (ordinal integer, features jsonb, filled integer, problem text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
    -- the planner takes what the buckets hold for a handful of rows
    SET enable_nestloop = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    c_hour CONSTANT interval := INTERVAL '1 hour';
    v_fill CONSTANT integer := ops.setting_int('ml.window_fill');
    v_range record;
BEGIN
    -- 1. Buckets: which sensors, and from when to when, of minutes and of hours.
    SELECT array_agg(DISTINCT p.id) FILTER (WHERE c.bucket < c_hour) AS sensors,
           min(c.first) FILTER (WHERE c.bucket < c_hour) AS first,
           max(c.until) FILTER (WHERE c.bucket < c_hour) AS until,
           array_agg(DISTINCT p.id) FILTER (WHERE c.bucket >= c_hour) AS hour_sensors,
           min(c.first) FILTER (WHERE c.bucket >= c_hour) AS hour_first,
           max(c.until) FILTER (WHERE c.bucket >= c_hour) AS hour_until
    INTO v_range
    FROM (
        SELECT a.equipment_id, a.until, s.model_id, s.bucket,
               a.until - s.bucket * (s.steps + coalesce(s.fill, v_fill)) AS first
        FROM unnest($1, $2, $3) AS a (model_id, equipment_id, until)
        JOIN ml.window_spec AS s ON s.model_id = a.model_id AND s.bucket IS NOT NULL AND s.problem IS NULL
    ) AS c
    JOIN ml.window_signal AS w ON w.model_id = c.model_id
    JOIN plant.sensor AS p ON p.equipment_id = c.equipment_id AND telemetry.is_meant(p, w.sensor, w.sensor_type);

    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT a.ordinal::integer AS ordinal, a.equipment_id, a.until, s.model_id, s.steps, s.bucket, s.cycle_sensor,
               s.bucket IS NULL AND s.cycle_sensor IS NULL AS is_raw, s.problem,
               CASE WHEN s.bucket IS NULL AND s.cycle_sensor IS NULL THEN 0 ELSE coalesce(s.fill, v_fill) END AS fill,
               coalesce(s.hold, ops.setting_interval(
                   CASE WHEN s.cycle_sensor IS NULL THEN 'ml.window_hold' ELSE 'ml.window_cycles' END)) AS hold
        FROM unnest($1, $2, $3) WITH ORDINALITY AS a (model_id, equipment_id, until, ordinal)
        LEFT JOIN ml.window_spec AS s ON s.model_id = a.model_id
    ), col AS MATERIALIZED (
        SELECT a.ordinal, a.equipment_id, a.until, a.steps, a.bucket, a.is_raw, a.fill, a.hold, w.place, w.feature,
               w.statistic,
               coalesce(w.sensor, w.sensor_type) AS sensor, w.sensor IS NULL AS by_type,
               ARRAY(SELECT p.id FROM plant.sensor AS p
                     WHERE p.equipment_id = a.equipment_id AND telemetry.is_meant(p, w.sensor, w.sensor_type)
                         ORDER BY p.id) AS sensor_ids
        FROM asked AS a
        JOIN ml.window_signal AS w ON w.model_id = a.model_id
        WHERE a.problem IS NULL
    ), stored AS (
        SELECT true AS is_minute, b.*
        FROM telemetry.buckets('minute', v_range.sensors, v_range.first, v_range.until) AS b
        UNION ALL
        SELECT false, b.*
        FROM telemetry.buckets('hour', v_range.hour_sensors, v_range.hour_first, v_range.hour_until) AS b
    ), cycle_step AS MATERIALIZED (
        -- Cycles: from one change of the sensor's value to the next, those that ended by then.
        SELECT a.ordinal, t.time AS since, t.until, a.steps - row_number() OVER (
                   PARTITION BY a.ordinal ORDER BY t.time DESC) + 1 AS step
        FROM asked AS a
        JOIN plant.sensor AS q ON q.equipment_id = a.equipment_id AND q.name = a.cycle_sensor AND q.status <> 'retired'
        CROSS JOIN LATERAL (
            SELECT m.time, lag(m.time) OVER (ORDER BY m.time DESC) AS until
            FROM (
                SELECT n.time
                FROM (
                    SELECT p.time, p.value <> lead(p.value) OVER (ORDER BY p.time DESC) AS is_change
                    FROM telemetry.reading AS p
                    WHERE p.sensor_id = q.id AND p.quality < 2 AND p.time <= a.until AND p.time > a.until - a.hold
                    ORDER BY p.time DESC
                ) AS n
                WHERE n.is_change
                LIMIT a.steps + a.fill + 1
            ) AS m
        ) AS t
        WHERE a.cycle_sensor IS NOT NULL AND a.problem IS NULL AND t.until IS NOT NULL
    ), cell AS MATERIALIZED (
        -- step 1 is the oldest; before it lie those that only fill what is missing
        SELECT c.ordinal, c.place, c.statistic, k.step, sum(b.count)::float8 AS n, min(b.min) AS min, max(b.max) AS max,
               sum(b.sum) AS sum, sum(b.sum_sq) AS sum_sq, public.first(b.first, b.first_time) AS first,
               public.last(b.last, b.last_time) AS last
        FROM col AS c
        CROSS JOIN LATERAL unnest(c.sensor_ids) AS i (sensor_id)
        JOIN stored AS b ON b.sensor_id = i.sensor_id AND b.is_minute = (c.bucket < c_hour)
            AND b.bucket >= c.until - c.bucket * (c.steps + c.fill) AND b.bucket < c.until
        CROSS JOIN LATERAL (
            SELECT c.steps - ceil(date_part('epoch', c.until - b.bucket) / date_part('epoch', c.bucket))::integer
                + 1 AS step
        ) AS k
        WHERE c.bucket IS NOT NULL
        GROUP BY c.ordinal, c.place, c.statistic, k.step
        UNION ALL
        SELECT c.ordinal, c.place, c.statistic, k.step, count(*), min(r.value), max(r.value), sum(r.value),
               sum(r.value * r.value), public.first(r.value, r.time), public.last(r.value, r.time)
        FROM cycle_step AS k
        JOIN col AS c ON c.ordinal = k.ordinal
        CROSS JOIN LATERAL unnest(c.sensor_ids) AS i (sensor_id)
        CROSS JOIN LATERAL (
            SELECT p.time, p.value FROM telemetry.reading AS p
            WHERE p.sensor_id = i.sensor_id AND p.quality < 2 AND p.time >= k.since AND p.time < k.until
        ) AS r
        GROUP BY c.ordinal, c.place, c.statistic, k.step
    ), raw_step AS MATERIALIZED (
        -- Raw: the points of the first column's first sensor, back to where two lie further apart than a value counts.
        SELECT g.ordinal, g.time, g.steps - g.back + 1 AS step
        FROM (
            SELECT c.ordinal, c.steps, t.time, row_number() OVER w AS back,
                   bool_or(t.next - t.time > c.hold) OVER w AS is_cut
            FROM col AS c
            CROSS JOIN LATERAL (
                SELECT n.time, lag(n.time, 1, c.until) OVER (ORDER BY n.time DESC) AS next
                FROM (
                    SELECT p.time FROM telemetry.reading AS p
                    WHERE p.sensor_id = c.sensor_ids[1] AND p.quality < 2
                      AND p.time <= c.until AND p.time > c.until - c.hold * c.steps
                    ORDER BY p.time DESC LIMIT c.steps
                ) AS n
            ) AS t
            WHERE c.is_raw AND c.place = 1
            WINDOW w AS (PARTITION BY c.ordinal ORDER BY t.time DESC)
        ) AS g
        WHERE NOT g.is_cut
    ), told AS (
        SELECT c.ordinal, c.place, c.step, ops.carried(CASE c.statistic
            WHEN 'mean' THEN c.sum / c.n WHEN 'min' THEN c.min WHEN 'max' THEN c.max WHEN 'range' THEN c.max - c.min
            WHEN 'std' THEN sqrt(greatest(c.sum_sq / c.n - power(c.sum / c.n, 2),
                                          0)) WHEN 'rms' THEN sqrt(c.sum_sq / c.n)
            WHEN 'first' THEN c.first WHEN 'last' THEN c.last WHEN 'sum' THEN c.sum WHEN 'count' THEN c.n END) AS value
        FROM cell AS c
        UNION ALL
        SELECT r.ordinal, c.place, r.step, ops.carried(avg(v.value))
        FROM raw_step AS r
        JOIN col AS c ON c.ordinal = r.ordinal
        CROSS JOIN LATERAL unnest(c.sensor_ids) AS i (sensor_id)
        CROSS JOIN LATERAL (
            SELECT p.value FROM telemetry.reading AS p
            WHERE p.sensor_id = i.sensor_id AND p.quality < 2 AND p.time <= r.time AND p.time > r.time - c.hold
            ORDER BY p.time DESC LIMIT 1
        ) AS v
        GROUP BY r.ordinal, c.place, r.step
    ), grid AS (
        SELECT c.ordinal, c.place, c.fill, g.step, t.value,
               -- counts up with each value: what follows one without a value of its own belongs to it
               count(t.value) OVER (PARTITION BY c.ordinal, c.place ORDER BY g.step) AS run
        FROM col AS c
        CROSS JOIN LATERAL generate_series(1 - c.fill, c.steps) AS g (step)
        LEFT JOIN told AS t ON t.ordinal = c.ordinal AND t.place = c.place AND t.step = g.step
    ), carried AS (
        SELECT g.ordinal, g.place, g.step, g.value IS NULL AS was_missing,
               CASE WHEN g.value IS NOT NULL THEN g.value
                    WHEN g.run > 0 AND g.step - first_value(g.step) OVER w <= g.fill THEN first_value(g.value) OVER w
               END AS value
        FROM grid AS g
        WINDOW w AS (PARTITION BY g.ordinal, g.place, g.run ORDER BY g.step)
    ), list AS (
        SELECT k.ordinal, k.place, jsonb_agg(k.value ORDER BY k.step) AS values,
               count(*) FILTER (WHERE k.value IS NULL) AS missing,
               count(*) FILTER (WHERE k.was_missing AND k.value IS NOT NULL) AS filled
        FROM carried AS k
        WHERE k.step >= 1
        GROUP BY k.ordinal, k.place
    )
    SELECT a.ordinal, jsonb_object_agg(c.feature, l.values ORDER BY c.place) FILTER (WHERE c.place IS NOT NULL),
           coalesce(sum(l.filled), 0)::integer,
           CASE WHEN a.model_id IS NULL THEN 'the bundle asks for no windows'
                WHEN a.problem IS NOT NULL THEN a.problem
                ELSE string_agg(DISTINCT format('%s %s: %s', CASE WHEN c.by_type THEN 'type' ELSE 'sensor' END,
                                                c.sensor,
                         CASE WHEN c.sensor_ids = '{}' THEN 'there is none'
                              ELSE format('%s of %s %s are missing', l.missing, a.steps,
                                          CASE WHEN a.is_raw THEN 'points' WHEN a.bucket IS NULL THEN 'cycles'
                                              ELSE 'buckets' END) END),
                         '; ') FILTER (WHERE l.missing > 0) END
    FROM asked AS a
    LEFT JOIN col AS c ON c.ordinal = a.ordinal
    LEFT JOIN list AS l ON l.ordinal = c.ordinal AND l.place = c.place
    GROUP BY a.ordinal, a.model_id, a.problem, a.steps, a.bucket, a.is_raw
    ORDER BY a.ordinal;
END
$$;
COMMENT ON FUNCTION ml.window_values(bigint[], text[], timestamptz[]) IS
    'Windows of stored data as bundles want them (ml.window_spec): for each of the three arrays'' elements, which '
    'bundle, '
    'of which machine''s sensors, and where it ends (exclusive). features: {feature: [values, oldest first]} as '
    'ServeML takes it. filled: how many values were missing and took the one before them. problem: what is missing; '
    'NULL: complete. Reads what is stored now; nothing is written, so history can be asked for as well.';
REVOKE ALL ON FUNCTION ml.window_values(bigint[], text[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.window_values(bigint[], text[], timestamptz[]) TO engineer;
