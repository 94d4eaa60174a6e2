CREATE OR REPLACE FUNCTION alarm.multivariate_signals("now" timestamptz, equipment text[] DEFAULT NULL)
    RETURNS TABLE (equipment_id text, sensors integer[])
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.equipment_id, array_agg(x.id ORDER BY x.id)
    FROM (
        SELECT s.equipment_id, s.id, row_number() OVER (PARTITION BY s.equipment_id ORDER BY s.id) AS place
        FROM plant.sensor AS s
        JOIN plant.equipment AS e ON e.id = s.equipment_id AND e.status NOT IN ('inactive', 'retired')
        WHERE ($2 IS NULL OR s.equipment_id = ANY ($2)) AND s.status NOT IN ('inactive', 'retired', 'faulty')
          AND s.type <> ALL (ingest.binary_types())
          AND NOT EXISTS (SELECT FROM alarm.multivariate_exclusion AS o WHERE o.sensor_id = s.id)
          AND EXISTS (SELECT FROM telemetry.reading AS r
                      WHERE r.sensor_id = s.id AND r.time > $1 - ops.setting_interval('alarm.multivariate_heard')
                        AND r.time <= $1)
    ) AS x
    WHERE x.place <= ops.setting_int('alarm.multivariate_most_signals')
    GROUP BY x.equipment_id
    HAVING count(*) >= 2
$$;
COMMENT ON FUNCTION alarm.multivariate_signals(timestamptz, text[]) IS
    'Which sensors of each machine (NULL: of all) are looked at together: in service, no switches, not left out by '
    'alarm.multivariate_exclusion, heard lately (setting alarm.multivariate_heard); the first ones, where there are '
    'more than the setting alarm.multivariate_most_signals. Machines with at least two.';
REVOKE ALL ON FUNCTION alarm.multivariate_signals(timestamptz, text[]) FROM PUBLIC;
