CREATE OR REPLACE FUNCTION report.rul_due(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, power text, model text, remaining float8, unit text,
        estimated_at timestamptz, due_at timestamptz,
        due_in interval)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.id, e.name, p.power, p.model, p.value, p.unit, p.time, d.at, d.at - $1
    FROM plant.equipment AS e
    JOIN LATERAL (
        SELECT DISTINCT ON (x.power) x.power, x.model_version AS model, x.value,
               coalesce(m.extra ->> 'unit', 'h') AS unit, x.time
        FROM ml.serve_ml_predictions AS x
        LEFT JOIN ml.serve_ml_models AS m ON m.equipment_id = x.equipment_id AND m.power = x.power
            AND m.model_version = x.model_version
        WHERE x.equipment_id = e.id AND x.stage = 'champion' AND x.value IS NOT NULL
          AND x.time < $2 AND x.time >= least($1, now()) - ops.setting_interval('report.rul_age')
        ORDER BY x.power, x.time DESC
    ) AS p ON true
    CROSS JOIN LATERAL (SELECT plant.convert(p.value, p.unit, 'h') AS left OFFSET 0) AS h
    -- a hundred years at most: what is more is no forecast
    CROSS JOIN LATERAL (SELECT CASE WHEN h.left BETWEEN 0 AND 876600 THEN p.time + h.left * INTERVAL '1 hour' END AS at)
        AS d
    WHERE ($3 IS NULL OR e.id = $3) AND e.status <> 'retired'
    UNION ALL
    SELECT e.id, e.name, p.power, p.model, p.rul_hours, 'h', p.time, d.at, d.at - $1
    FROM plant.equipment AS e
    JOIN LATERAL (
        SELECT DISTINCT ON (x.method, x.power) x.power, coalesce(nullif(x.model_version, ''), x.method) AS model,
               x.rul_hours, x.time
        FROM ml.rul_predictions AS x
        WHERE x.equipment_id = e.id
          AND x.time < $2 AND x.time >= least($1, now()) - ops.setting_interval('report.rul_age')
        ORDER BY x.method, x.power, x.time DESC
    ) AS p ON true
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.rul_hours BETWEEN 0 AND 876600 THEN p.time + p.rul_hours * INTERVAL '1 hour' END AS at) AS d
    WHERE ($3 IS NULL OR e.id = $3) AND e.status <> 'retired'
    ORDER BY 8 NULLS LAST, 1, 3, 4
$$;
COMMENT ON FUNCTION report.rul_due(timestamptz, timestamptz, text, text) IS
    'Section: what is left of each machine as each method last said before to (at most report.rul_age old), soonest '
    'first: its regressor (ml.serve_ml_predictions.value, in the member unit of the metadata of the bundle, hours '
    'where it names none) and ml.rul_predictions, where model is the method if no version is named. due_at where the '
    'unit is a time.';
REVOKE ALL ON FUNCTION report.rul_due(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.rul_due(timestamptz, timestamptz, text, text) TO viewer;
