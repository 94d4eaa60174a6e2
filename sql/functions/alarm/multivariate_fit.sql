CREATE OR REPLACE FUNCTION alarm.multivariate_fit(equipment text[], "to" timestamptz) RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_from timestamptz := multivariate_fit.to - ops.setting_interval('alarm.multivariate_window');
    v_fewest integer := ops.setting_int('alarm.multivariate_samples');
    v_alpha float8 := ops.setting_float('alarm.multivariate_alpha');
    v_margin float8 := ops.setting_float('alarm.multivariate_margin');
    -- hours whose buckets the thresholds are held against
    c_tested_hours CONSTANT integer := 50;
    v_models integer;
BEGIN
    WITH machine AS MATERIALIZED (
        SELECT k.equipment_id, k.sensors, k.width, cardinality(k.sensors) AS p,
               greatest(v_from, s.since) AS since, s.since AS changed_at,
               alarm.multivariate_unrest(k.equipment_id, greatest(v_from, s.since), multivariate_fit.to) AS unrest
        FROM alarm.multivariate_clock AS k
        LEFT JOIN LATERAL alarm.multivariate_start(k.equipment_id) AS s ON true
        WHERE k.equipment_id = ANY (multivariate_fit.equipment)
    ), hour AS MATERIALIZED (
        SELECT h.*, m.p, m.width, m.sensors
        FROM machine AS m
        JOIN alarm.multivariate_hour AS h ON h.equipment_id = m.equipment_id AND h.bucket >= m.since
            AND h.bucket < multivariate_fit.to AND cardinality(h.mean) = m.p
        WHERE NOT m.unrest && tstzrange(h.bucket, h.bucket + INTERVAL '1 hour')
    ), total AS MATERIALIZED (
        SELECT h.equipment_id, h.state, h.p, h.sensors, h.width, sum(h.samples) AS n, count(*) AS hours,
               min(h.bucket) AS first, max(h.bucket) + INTERVAL '1 hour' AS last
        FROM hour AS h
        GROUP BY h.equipment_id, h.state, h.p, h.sensors, h.width
        HAVING sum(h.samples) >= greatest(v_fewest, 10 * h.p)
    ), mean AS MATERIALIZED (
        SELECT c.equipment_id, c.state, array_agg(c.mean ORDER BY c.i) AS mean
        FROM (
            SELECT h.equipment_id, h.state, u.i, sum(h.samples * u.mean) / sum(h.samples) AS mean
            FROM hour AS h
            CROSS JOIN LATERAL unnest(h.mean) WITH ORDINALITY AS u (mean, i)
            GROUP BY h.equipment_id, h.state, u.i
        ) AS c
        GROUP BY c.equipment_id, c.state
    ), pair AS MATERIALIZED (
        -- Chan, Golub and LeVeque: the parts' sums, and what the parts' means differ by
        SELECT t.equipment_id, t.state, x.i, y.j, t.p, t.n,
               sum(h.comoment[(x.i - 1) * t.p - (x.i - 1) * (x.i - 2) / 2 + y.j - x.i + 1]
                   + h.samples * (h.mean[x.i] - m.mean[x.i]) * (h.mean[y.j] - m.mean[y.j])) AS comoment
        FROM total AS t
        JOIN mean AS m ON m.equipment_id = t.equipment_id AND m.state = t.state
        JOIN hour AS h ON h.equipment_id = t.equipment_id AND h.state = t.state
        CROSS JOIN LATERAL generate_series(1, t.p) AS x (i)
        CROSS JOIN LATERAL generate_series(x.i, t.p) AS y (j)
        GROUP BY t.equipment_id, t.state, x.i, y.j, t.p, t.n
    ), spread AS MATERIALIZED (
        -- a signal that never moved has no spread: a thousandth of its value, as in alarm.learn_baseline
        SELECT q.equipment_id, q.state,
               array_agg(greatest(1e-150, coalesce(nullif(sqrt(greatest(q.comoment, 0) / (q.n - 1)), 0),
                                                   greatest(abs(m.mean[q.i]) / 1000, 1e-9))) ORDER BY q.i) AS spread,
               array_agg(q.comoment > 0 ORDER BY q.i) AS moves
        FROM pair AS q
        JOIN mean AS m ON m.equipment_id = q.equipment_id AND m.state = q.state
        WHERE q.i = q.j
        GROUP BY q.equipment_id, q.state
    ), correlation AS MATERIALIZED (
        SELECT q.equipment_id, q.state, array_agg(q.r ORDER BY q.i, q.j) AS r
        FROM (
            SELECT q.equipment_id, q.state, o.i, o.j,
                   CASE WHEN o.i = o.j THEN 1 WHEN s.moves[o.i] AND s.moves[o.j]
                        THEN greatest(-1, least(1, q.comoment / (q.n - 1) / s.spread[o.i] / s.spread[o.j]))
                        ELSE 0 END AS r
            FROM pair AS q
            JOIN spread AS s ON s.equipment_id = q.equipment_id AND s.state = q.state
            CROSS JOIN LATERAL (
                SELECT q.i, q.j UNION ALL SELECT q.j, q.i WHERE q.i <> q.j) AS o (i, j)
        ) AS q
        GROUP BY q.equipment_id, q.state
    ), model AS MATERIALIZED (
        SELECT t.*, m.mean, s.spread, k.shrinkage, k.shrunken, v.inverse, l.t2, l.q
        FROM total AS t
        JOIN mean AS m ON m.equipment_id = t.equipment_id AND m.state = t.state
        JOIN spread AS s ON s.equipment_id = t.equipment_id AND s.state = t.state
        JOIN correlation AS c ON c.equipment_id = t.equipment_id AND c.state = t.state
        CROSS JOIN LATERAL alarm.shrunken_correlation(c.r, t.n) AS k
        CROSS JOIN LATERAL (SELECT alarm.matrix_inverse(k.shrunken) AS inverse OFFSET 0) AS v
        CROSS JOIN LATERAL alarm.multivariate_limits(v.inverse, t.n, v_alpha) AS l
    ), tested AS MATERIALIZED (
        -- evenly over the time: minutes of one hour are much alike
        SELECT h.equipment_id, h.state, h.bucket
        FROM (
            SELECT h.equipment_id, h.state, h.bucket,
                   row_number() OVER (PARTITION BY h.equipment_id, h.state ORDER BY h.bucket) AS place,
                   count(*) OVER (PARTITION BY h.equipment_id, h.state) AS hours
            FROM hour AS h
        ) AS h
        WHERE h.hours <= c_tested_hours
           OR h.place * c_tested_hours / h.hours <> (h.place - 1) * c_tested_hours / h.hours
    ), seen AS (
        SELECT m.equipment_id, m.state, count(*) AS tested,
               percentile_cont(1 - v_alpha) WITHIN GROUP (ORDER BY d.t2) AS t2,
               percentile_cont(1 - v_alpha) WITHIN GROUP (ORDER BY d.q) AS q
        FROM model AS m
        JOIN tested AS t ON t.equipment_id = m.equipment_id AND t.state = m.state
        CROSS JOIN LATERAL alarm.multivariate_buckets(m.equipment_id, m.sensors, m.width, t.bucket,
                                                      t.bucket + INTERVAL '1 hour') AS b
        CROSS JOIN LATERAL (
            SELECT alarm.multivariate_deviation(b.value, m.mean, m.spread) AS deviation OFFSET 0) AS z
        CROSS JOIN LATERAL alarm.multivariate_distance(z.deviation, m.inverse) AS d
        WHERE b.state = m.state
        GROUP BY m.equipment_id, m.state
    ), gone AS (
        -- What was normal stays known through a long unrest; not if the machine changed since, or was faulty even then.
        DELETE FROM alarm.multivariate_model AS o
        USING machine AS m
        WHERE o.equipment_id = m.equipment_id
          AND NOT EXISTS (SELECT FROM total AS t WHERE t.equipment_id = o.equipment_id AND t.state = o.state)
          AND (o.learned_from < m.changed_at OR (o.sensors, o.width) IS DISTINCT FROM (m.sensors, m.width)
               OR EXISTS (SELECT FROM plant.fault_span AS f
                          WHERE f.equipment_id = o.equipment_id AND f.starts_at < o.learned_to
                            AND f.ends_at > o.learned_from))
    ), stored AS (
        INSERT INTO alarm.multivariate_model AS o (
            equipment_id, state, sensors, width, samples, hours, centre, spread, shrinkage, correlation, inverse,
            t2_limit, q_limit, t2_theory, q_theory, tested, learned_from, learned_to)
        SELECT m.equipment_id, m.state, m.sensors, m.width, m.n, m.hours, m.mean, m.spread, m.shrinkage, m.shrunken,
               m.inverse, greatest(m.t2, s.t2 * v_margin), greatest(m.q, s.q * v_margin), m.t2, m.q,
               coalesce(s.tested, 0), m.first, m.last
        FROM model AS m
        LEFT JOIN seen AS s ON s.equipment_id = m.equipment_id AND s.state = m.state
        ORDER BY m.equipment_id, m.state
        ON CONFLICT (equipment_id, state) DO UPDATE SET
            sensors = excluded.sensors, width = excluded.width, samples = excluded.samples, hours = excluded.hours,
            centre = excluded.centre, spread = excluded.spread, shrinkage = excluded.shrinkage,
            correlation = excluded.correlation, inverse = excluded.inverse, t2_limit = excluded.t2_limit,
            q_limit = excluded.q_limit, t2_theory = excluded.t2_theory, q_theory = excluded.q_theory,
            tested = excluded.tested, learned_from = excluded.learned_from, learned_to = excluded.learned_to,
            learned_at = clock_timestamp()
        RETURNING 1
    )
    SELECT count(*) INTO v_models FROM stored;
    RETURN v_models;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_fit(text[], timestamptz) IS
    'Makes the models of machines (alarm.multivariate_model) anew out of the sums of their normal hours before to, of '
    'the last setting alarm.multivariate_window and not from before the machine last changed '
    '(alarm.multivariate_start, alarm.multivariate_unrest). A state with fewer buckets than the setting '
    'alarm.multivariate_samples, or ten for each signal, gets none; what it had is forgotten if the machine changed '
    'since, or something is known to have been wrong when it was learned. Returns how many models.';
REVOKE ALL ON FUNCTION alarm.multivariate_fit(text[], timestamptz) FROM PUBLIC;
