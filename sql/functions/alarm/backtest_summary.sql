CREATE OR REPLACE FUNCTION alarm.backtest_summary(
    rule bigint, "from" timestamptz, "to" timestamptz, changes jsonb DEFAULT '{}', sensors integer[] DEFAULT NULL,
    source text DEFAULT 'raw', bucket_value text DEFAULT 'worst'
) RETURNS TABLE (alarms bigint, chatter bigint, minutes_active float8, longest interval, faults bigint,
                 faults_found bigint,
                 true_alarms bigint, false_alarms bigint, median_lead interval)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH found AS MATERIALIZED (
        SELECT b.*, coalesce(b.cleared_at, $3) AS ended_at,
               EXISTS (SELECT FROM plant.fault_span AS f WHERE f.equipment_id = b.equipment_id
                       AND f.starts_at < coalesce(b.cleared_at, $3) AND f.ends_at > b.raised_at)
                   OR EXISTS (SELECT FROM plant.fault_span AS f WHERE f.equipment_id = b.equipment_id
                              AND f.starts_at <= b.raised_at AND f.ends_at > b.raised_at) AS hit
        FROM alarm.backtest($1, $2, $3, $4, $5, $6, $7) AS b
    ), fault AS (
        SELECT f.starts_at,
               (SELECT min(x.raised_at) FROM found AS x WHERE x.equipment_id = f.equipment_id
                AND x.raised_at < f.ends_at AND x.ended_at > f.starts_at) AS first
        FROM plant.fault_span AS f
        WHERE f.starts_at < $3 AND f.ends_at > $2
          AND f.equipment_id IN (SELECT m.equipment_id FROM alarm.match(ARRAY[alarm.checked_rule($1, $4)], $5) AS m)
    )
    SELECT count(*), count(*) FILTER (WHERE x.chattering),
           coalesce(sum(extract(epoch FROM x.ended_at - x.raised_at)) / 60, 0)::float8,
           max(x.ended_at - x.raised_at), (SELECT count(*) FROM fault), (SELECT count(f.first) FROM fault AS f),
           count(*) FILTER (WHERE x.hit), count(*) FILTER (WHERE NOT x.hit),
           (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f.first - f.starts_at) FROM fault AS f
            WHERE f.first IS NOT NULL)
    FROM found AS x
$$;
COMMENT ON FUNCTION alarm.backtest_summary(bigint, timestamptz, timestamptz, jsonb, integer[], text, text) IS
    'alarm.backtest in one row: alarms, how many of them chattered, minutes active, the longest, and against '
    'plant.fault_span: faults in the time, how many an alarm overlaps, alarms that overlap a fault and that do not, '
    'median delay from the start of a fault to its first alarm.';
REVOKE ALL ON FUNCTION alarm.backtest_summary(bigint, timestamptz, timestamptz, jsonb, integer[], text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.backtest_summary(bigint, timestamptz, timestamptz, jsonb, integer[], text, text)
    TO viewer;
