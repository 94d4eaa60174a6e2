CREATE OR REPLACE FUNCTION report.advice_backtest(
    "from" timestamptz, "to" timestamptz, machine_type text DEFAULT NULL, risk float8 DEFAULT NULL,
    fixed_hours float8 DEFAULT NULL)
    RETURNS TABLE (equipment_type text, lives bigint, lives_without_estimate bigint, lives_left_out bigint,
        service_hours float8, currency text, advice_cost float8, advice_failures bigint, advice_cost_per_hour float8,
        failing_cost float8, failing_cost_per_hour float8, fixed_interval_hours float8, fixed_cost float8,
        fixed_failures bigint, fixed_cost_per_hour float8)
    LANGUAGE sql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH downtime AS (
        SELECT m.type AS equipment_type, avg(extract(epoch FROM f.down_to - f.down_from))::float8 / 3600 AS hours
        FROM plant.failure AS f JOIN plant.equipment AS m ON m.id = f.equipment_id
        WHERE f.down_to IS NOT NULL GROUP BY m.type
    ), ended AS MATERIALIZED (
        SELECT d.*, k.preventive::float8 AS preventive, k.currency,
               extract(epoch FROM d.ended_at - d.began_at)::float8 / 3600 AS hours,
               -- as advice expects it, and as it was
               k.failure::float8 + k.downtime_per_hour::float8 * x.expected AS expected_failure,
               k.failure::float8 + k.downtime_per_hour::float8
                   * coalesce(extract(epoch FROM f.down_to - f.down_from)::float8 / 3600, x.expected) AS failure
        FROM ml.rul_ended AS d
        LEFT JOIN downtime AS t ON t.equipment_type = d.equipment_type
        CROSS JOIN LATERAL (
            SELECT coalesce(t.hours, extract(epoch FROM ops.setting_interval('plant.advice_downtime'))::float8 / 3600)
                AS expected
        ) AS x
        LEFT JOIN plant.failure AS f ON f.id = d.failure_id
        LEFT JOIN plant.component_cost AS k
            ON k.equipment_id = d.equipment_id AND k.component_id IS NOT DISTINCT FROM d.component_id
        WHERE d.ended_at >= $1 AND d.ended_at < $2 AND ($3 IS NULL OR d.equipment_type = $3)
    ), life AS MATERIALIZED (
        -- of the others nobody knows how long they would have lasted, or what it would have cost
        SELECT e.*, row_number() OVER (ORDER BY e.equipment_id, e.ended_at) AS life
        FROM ended AS e WHERE e.reason = 'failed' AND e.hours > 0 AND e.failure IS NOT NULL
    ), spoken AS MATERIALIZED (
        -- of the method that governs, which is the one with the least place, at most forty of a life
        SELECT s.*, row_number() OVER ()::int AS n,
               lead(s.time, 1, s.ended_at) OVER (PARTITION BY s.life ORDER BY s.time) AS until
        FROM (
            SELECT DISTINCT ON (l.life, o.time) l.life, l.began_at, l.ended_at, l.expected_failure, l.preventive,
                   o.time, o.rul_hours, o.told_lower_hours, o.told_upper_hours,
                   dense_rank() OVER (PARTITION BY l.life ORDER BY o.time) AS place,
                   count(*) OVER (PARTITION BY l.life) AS spoken
            FROM life AS l
            CROSS JOIN LATERAL (
                SELECT m.method FROM ml.rul_method AS m
                LEFT JOIN ml.rul_governor AS g ON g.equipment_id = l.equipment_id
                WHERE EXISTS (SELECT FROM ml.rul_outcome AS o
                              WHERE o.equipment_id = l.equipment_id AND o.ended_at = l.ended_at AND o.method = m.method
                                AND o.told_lower_hours IS NOT NULL)
                ORDER BY (g.method = m.method) IS TRUE DESC, m.place, m.method LIMIT 1
            ) AS m
            JOIN ml.rul_outcome AS o ON o.equipment_id = l.equipment_id AND o.ended_at = l.ended_at
                AND o.method = m.method AND o.told_lower_hours IS NOT NULL
            ORDER BY l.life, o.time, o.power, o.model_version
        ) AS s
        WHERE s.place % (1 + (s.spoken - 1) / 40) = 0
    ), advised AS (
        -- the first date that came before the next word
        SELECT DISTINCT ON (s.life) s.life,
               extract(epoch FROM s.time - s.began_at)::float8 / 3600 + a.hours AS hours
        FROM spoken AS s
        JOIN plant.advice_optima((
            SELECT array_agg(ROW(x.n, x.rul_hours, x.told_lower_hours, x.told_upper_hours, 0,
                                 extract(epoch FROM x.time - x.began_at)::float8 / 3600, x.expected_failure,
                                 x.preventive, coalesce($4, ops.setting_float('plant.advice_risk')))::plant.advice_case)
            FROM spoken AS x)) AS o ON o.n = s.n
        CROSS JOIN LATERAL (SELECT least(o.best_hours, o.safe_hours) AS hours) AS a
        WHERE a.hours < extract(epoch FROM s.until - s.time)::float8 / 3600
        ORDER BY s.life, s.time
    ), fixed AS (
        SELECT DISTINCT ON (c.equipment_type) c.*
        FROM (
            SELECT t.equipment_type, t.hours,
                   sum(CASE WHEN l.hours >= t.hours THEN l.preventive ELSE l.failure END)
                       / sum(least(l.hours, t.hours)) AS rate,
                   count(*) FILTER (WHERE l.hours < t.hours) AS failures
            FROM (
                -- between two lives' ends nothing changes but the hours: the best is at one of them, or never
                SELECT l.equipment_type, coalesce($5, l.hours) AS hours FROM life AS l
                UNION
                SELECT l.equipment_type, float8 'Infinity' FROM life AS l WHERE $5 IS NULL
            ) AS t
            JOIN life AS l ON l.equipment_type = t.equipment_type
            GROUP BY t.equipment_type, t.hours
        ) AS c
        ORDER BY c.equipment_type, c.rate, c.hours
    )
    SELECT r.equipment_type, r.lives, r.unspoken, c.left_out, r.hours, r.currency,
           r.advice * r.hours, r.failures, r.advice, r.failing * r.hours, r.failing,
           nullif(f.hours, 'Infinity'), f.rate * r.hours, f.failures, f.rate
    FROM (
        SELECT l.equipment_type, count(*) AS lives, sum(l.hours) AS hours, max(l.currency) AS currency,
               count(*) FILTER (WHERE l.life NOT IN (SELECT s.life FROM spoken AS s)) AS unspoken,
               count(*) FILTER (WHERE a.hours IS NULL) AS failures,
               sum(CASE WHEN a.hours IS NULL THEN l.failure ELSE l.preventive END)
                   / sum(coalesce(a.hours, l.hours)) AS advice,
               sum(l.failure) / sum(l.hours) AS failing
        FROM life AS l LEFT JOIN advised AS a ON a.life = l.life
        GROUP BY l.equipment_type
    ) AS r
    JOIN fixed AS f ON f.equipment_type = r.equipment_type
    JOIN (
        SELECT e.equipment_type,
               count(*) FILTER (WHERE e.reason <> 'failed' OR (e.hours > 0) IS NOT TRUE OR e.failure IS NULL)
                   AS left_out
        FROM ended AS e GROUP BY e.equipment_type
    ) AS c ON c.equipment_type = r.equipment_type
    ORDER BY r.equipment_type
$$;
COMMENT ON FUNCTION report.advice_backtest(timestamptz, timestamptz, text, float8, float8) IS
    'What the lives that ended by failure from … to would have cost, per type of machine: with the advice that the '
    'estimates of that time give (of the governing method, with the interval that was told; a machine is replaced '
    'at act_at if that comes before the next estimate), run to failure, and replaced at a fixed age (fixed_hours; '
    'NULL: the best one for these very lives, which nobody could have known; fixed_interval_hours NULL: never). '
    'Each policy''s cost per hour of service, and that times the hours that the lives lasted. lives_left_out ended '
    'otherwise, have no known beginning or no costs. Of ml.rul_outcome; at most forty estimates of a life.';
REVOKE ALL ON FUNCTION report.advice_backtest(timestamptz, timestamptz, text, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.advice_backtest(timestamptz, timestamptz, text, float8, float8) TO viewer;
