CREATE OR REPLACE FUNCTION alarm.multivariate_contributions(
    sensors integer[], value float8[], centre float8[], deviation float8[], residual float8[]
) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'signal', s.name, 'unit', s.unit, 'value', u.value, 'centre', u.centre, 'deviation', u.deviation,
        'residual', u.residual, 'share', u.residual ^ 2 / nullif(u.total, 0))
        ORDER BY abs(u.residual) DESC, u.n)
    FROM (
        SELECT v.*, sum(v.residual ^ 2) OVER () AS total
        FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS v (sensor_id, value, centre, deviation, residual, n)
    ) AS u
    JOIN plant.sensor AS s ON s.id = u.sensor_id
$$;
COMMENT ON FUNCTION alarm.multivariate_contributions(integer[], float8[], float8[], float8[], float8[]) IS
    'What each signal had a part in T² and Q, largest first: deviation from its centre in spreads, and residual: what '
    'the other signals do not explain of it, in its own standard deviations; share: of the sum of their squares.';
REVOKE ALL ON FUNCTION alarm.multivariate_contributions(integer[], float8[], float8[], float8[], float8[])
    FROM PUBLIC;
