CREATE OR REPLACE FUNCTION report.advice(machine text DEFAULT NULL, risk float8 DEFAULT NULL)
    RETURNS TABLE (equipment_id text, component_id bigint, run_began_at timestamptz, best_at timestamptz,
        best_cost_per_hour float8, failing_cost_per_hour float8, accepted_risk float8, latest_safe_at timestamptz,
        act_at timestamptz, reason text, basis jsonb, location text, component text, downtime_per_hour float8,
        decided plant.advice_case)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH downtime AS (
        SELECT m.type AS equipment_type, avg(extract(epoch FROM f.down_to - f.down_from))::float8 / 3600 AS hours
        FROM plant.failure AS f JOIN plant.equipment AS m ON m.id = f.equipment_id
        WHERE f.down_to IS NOT NULL GROUP BY m.type
    ), machine AS MATERIALIZED (
        SELECT e.id, e.type, e.location, p.id AS component_id, p.name AS component, p.type AS component_type, c.time,
               c.method, c.model_version, c.rul_hours, c.rul_low_hours, c.rul_high_hours, c.basis,
               b.began_at, coalesce(b.began_at, e.created_at) AS run_began_at,
               coalesce(extract(epoch FROM now() - b.began_at)::float8 / 3600 + coalesce(p.age_hours, 0),
                        e.operating_hours) AS age
        FROM report.current_life AS c
        JOIN plant.equipment AS e ON e.id = c.equipment_id AND e.status <> 'retired'
        LEFT JOIN LATERAL (
            -- the part that the estimate names, or the only one that is in
            SELECT k.id, k.name, k.type, l.installed_at, l.age_hours
            FROM plant.component AS k
            JOIN plant.component_life AS l ON l.component_id = k.id AND l.removed_at IS NULL
            WHERE k.equipment_id = e.id AND (k.name = c.basis ->> 'component' OR c.basis ->> 'component' IS NULL
                AND NOT EXISTS (SELECT FROM plant.component AS o
                                JOIN plant.component_life AS y ON y.component_id = o.id AND y.removed_at IS NULL
                                WHERE o.equipment_id = e.id AND o.id <> k.id))
        ) AS p ON true
        CROSS JOIN LATERAL (
            SELECT max(n.ended_at) AS ended_at
            FROM (SELECT max(l.removed_at) AS ended_at
                  FROM plant.component AS k JOIN plant.component_life AS l ON l.component_id = k.id
                  WHERE k.equipment_id = e.id
                  UNION ALL
                  SELECT max(f.failed_at) FROM plant.failure AS f WHERE f.equipment_id = e.id) AS n
        ) AS x
        CROSS JOIN LATERAL (
            SELECT coalesce(p.installed_at, x.ended_at,
                            e.installation_date::timestamp AT TIME ZONE plant.time_zone()) AS began_at
        ) AS b
        WHERE $1 IS NULL OR e.id = $1
    ), priced AS MATERIALIZED (
        SELECT m.*, row_number() OVER (ORDER BY m.id)::int AS n, (m.time < m.began_at) IS TRUE AS is_past,
               coalesce(d.hours, extract(epoch FROM ops.setting_interval('plant.advice_downtime'))::float8 / 3600)
                   AS down_hours,
               k.downtime_per_hour::float8 AS downtime_per_hour, k.preventive::float8 AS preventive,
               k.failure::float8 + k.downtime_per_hour::float8
                   * coalesce(d.hours, extract(epoch FROM ops.setting_interval('plant.advice_downtime'))::float8 / 3600)
                   AS failure, k.currency,
               least(greatest(coalesce($2, ops.setting_float('plant.advice_risk')), 0.0001), 0.9999) AS risk
        FROM machine AS m
        LEFT JOIN downtime AS d ON d.equipment_type = m.type
        LEFT JOIN plant.component_cost AS k
            ON k.equipment_id = m.id AND k.component_id IS NOT DISTINCT FROM m.component_id
    ), decided AS MATERIALIZED (
        SELECT p.n, ROW(p.n, p.rul_hours, p.rul_low_hours, p.rul_high_hours,
                        extract(epoch FROM now() - p.time)::float8 / 3600, greatest(p.age, 0), p.failure, p.preventive,
                        p.risk)::plant.advice_case AS "case"
        FROM priced AS p WHERE NOT p.is_past
    ), optimum AS MATERIALIZED (
        SELECT o.* FROM plant.advice_optima((SELECT array_agg(d."case") FROM decided AS d)) AS o
    ), died AS (
        -- of the same kind of part, and of the machine
        SELECT d.equipment_type, k.type AS component_type, count(*) AS failures,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.ended_at - d.began_at) / 3600)
                   AS median_hours
        FROM ml.rul_ended AS d LEFT JOIN plant.component AS k ON k.id = d.component_id
        WHERE d.reason = 'failed'
        GROUP BY GROUPING SETS ((d.equipment_type, k.type), (d.equipment_type))
        HAVING grouping(k.type) = 1 OR k.type IS NOT NULL
    ), cause AS (
        SELECT s.equipment_type, jsonb_object_agg(s.cause, s.failures) AS causes
        FROM (SELECT m.type AS equipment_type, f.cause, count(*) AS failures,
                     row_number() OVER (PARTITION BY m.type ORDER BY count(*) DESC, f.cause) AS place
              FROM plant.failure AS f JOIN plant.equipment AS m ON m.id = f.equipment_id
              WHERE f.cause IS NOT NULL GROUP BY m.type, f.cause) AS s
        WHERE s.place <= 3 GROUP BY s.equipment_type
    )
    SELECT p.id, p.component_id, p.run_began_at, t.best_at, o.best_rate, o.failing_rate, p.risk, t.safe_at,
           least(t.best_at, t.safe_at),
           CASE WHEN p.is_past THEN 'the last estimate is of the life before'
                WHEN o.n IS NULL THEN 'no interval: the method states none, and too few lives have ended to learn one'
                WHEN o.is_expired THEN 'it has outlived its estimate'
                WHEN p.failure IS NULL THEN 'no costs are known (plant.cost)'
                WHEN o.best_hours IS NULL THEN 'running until it fails costs no more' END,
           jsonb_build_object(
               'estimate', jsonb_build_object(
                   'method', p.method, 'model_version', p.model_version, 'time', alarm.iso_time(p.time),
                   'rul_hours', p.rul_hours, 'lower_hours', p.rul_low_hours, 'upper_hours', p.rul_high_hours,
                   'basis', p.basis),
               'trend', b.trend,
               'age_hours', p.age, 'mean_hours', o.mean_hours, 'risk_at_best', o.best_risk,
               'costs', CASE WHEN p.failure IS NOT NULL THEN jsonb_build_object(
                   'failure', p.failure, 'preventive', p.preventive, 'downtime_hours', p.down_hours,
                   'currency', p.currency) END,
               'alarms', coalesce(a.alarms, '[]'),
               'similar_ends', jsonb_build_object(
                   'failures', coalesce(d.failures, 0), 'median_life_hours', d.median_hours,
                   'causes', coalesce(u.causes, '{}'))),
           p.location, p.component, p.downtime_per_hour, g."case"
    FROM priced AS p
    LEFT JOIN decided AS g ON g.n = p.n
    LEFT JOIN optimum AS o ON o.n = p.n
    LEFT JOIN died AS d ON d.equipment_type = p.type AND d.component_type IS NOT DISTINCT FROM p.component_type
    LEFT JOIN cause AS u ON u.equipment_type = p.type
    -- a hundred years at most: what is more is no forecast
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.best_hours <= 876600 THEN now() + o.best_hours * INTERVAL '1 hour' END AS best_at,
               CASE WHEN o.safe_hours <= 876600 THEN now() + o.safe_hours * INTERVAL '1 hour' END AS safe_at
    ) AS t
    LEFT JOIN LATERAL (
        -- how its estimate has moved
        SELECT jsonb_build_object('time', alarm.iso_time(x.time), 'rul_hours', x.rul_hours) AS trend
        FROM ml.rul_estimate AS x
        WHERE x.equipment_id = p.id AND x.method = p.method AND x.rul_hours IS NOT NULL
          AND x.time > greatest(now() - ops.setting_interval('plant.advice_alarms'), p.run_began_at) AND x.time < p.time
        ORDER BY x.time LIMIT 1
    ) AS b ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('code', y.code, 'severity', y.severity, 'count', y.n,
                                            'last', alarm.iso_time(y.last)) ORDER BY y.n DESC, y.code) AS alarms
        FROM (SELECT x.code, max(x.worst_severity) AS severity, count(*) AS n, max(x.raised_at) AS last
              FROM alarm.alarm AS x
              WHERE x.equipment_id = p.id AND x.retracted_at IS NULL
                AND x.raised_at > now() - ops.setting_interval('plant.advice_alarms')
              GROUP BY x.code ORDER BY count(*) DESC, x.code LIMIT 5) AS y
    ) AS a ON true
$$;
COMMENT ON FUNCTION report.advice(text, float8) IS
    'When each machine that has an estimate of its remaining life (or one machine) should be seen to, by the estimate '
    'that governs it (report.current_life) and its costs (plant.component_cost; an hour of standing still times how '
    'long failures of its type took, else the setting plant.advice_downtime): best_at, latest_safe_at for the risk '
    '(default: setting plant.advice_risk), act_at, the earlier of the two, and what speaks for it. It is about the '
    'part that the member component of the estimate''s basis names, or the only one that is in, else the machine as a '
    'whole. reason: why something is missing. plant.advice has it as of the last run of the job plant.advise.';
REVOKE ALL ON FUNCTION report.advice(text, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.advice(text, float8) TO viewer;
