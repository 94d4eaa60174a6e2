CREATE OR REPLACE FUNCTION alarm.multivariate_scores(equipment_id text, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, state text, t2 float8, q float8, t2_limit float8, q_limit float8,
                   value float8[], deviation float8[], residual float8[])
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bucket + k.width, b.state, d.t2, d.q, m.t2_limit, m.q_limit, b.value, z.deviation, d.residual
    FROM (
        -- all states of a machine have the same signals
        SELECT x.sensors, x.width FROM alarm.multivariate_model AS x WHERE x.equipment_id = $1 LIMIT 1
    ) AS k
    CROSS JOIN LATERAL alarm.multivariate_buckets($1, k.sensors, k.width, $2 - k.width + INTERVAL '1 microsecond',
                                                  $3) AS b
    JOIN alarm.multivariate_model AS m ON m.equipment_id = $1 AND m.state = b.state
    CROSS JOIN LATERAL (
        SELECT alarm.multivariate_deviation(b.value, m.centre, m.spread) AS deviation OFFSET 0) AS z
    CROSS JOIN LATERAL alarm.multivariate_distance(z.deviation, m.inverse) AS d
    ORDER BY 1
$$;
COMMENT ON FUNCTION alarm.multivariate_scores(text, timestamptz, timestamptz) IS
    'Hotelling''s T² and Q of a machine at the end of each bucket after from, up to to, in operating states that were '
    'learned (alarm.multivariate_model); per signal (in the order of its sensors) the mean, its deviation in spreads '
    'and what the other signals do not explain of it, in its own standard deviations.';
REVOKE ALL ON FUNCTION alarm.multivariate_scores(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.multivariate_scores(text, timestamptz, timestamptz) TO viewer;
