CREATE OR REPLACE FUNCTION plant.advice_excess("case" plant.advice_case, hours float8, rate float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT $1.preventive * s.alive + $1.failure * (1 - s.alive)
           - $3 * ($1.age + (plant.advice_service(f.mu, f.s1, f.s2, y.y)
                             - plant.advice_service(f.mu, f.s1, f.s2, f.y0)) / s.now)
    FROM (SELECT ln(1 + greatest($1.rul, 0)) AS mu, ln(1 + greatest($1.elapsed, 0)) AS y0,
                 plant.advice_spread(ln(1 + greatest($1.rul, 0)) - ln(1 + greatest($1.low, 0))) AS s1,
                 plant.advice_spread(ln(1 + greatest($1.high, 0)) - ln(1 + greatest($1.rul, 0))) AS s2) AS f
    CROSS JOIN LATERAL (SELECT ln(exp(f.y0) + greatest($2, 0)) AS y) AS y
    CROSS JOIN LATERAL (
        SELECT a.now, plant.advice_alive(f.mu, f.s1, f.s2, y.y) / a.now AS alive
        FROM (SELECT plant.advice_alive(f.mu, f.s1, f.s2, f.y0) AS now) AS a
    ) AS s
$$;
COMMENT ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) IS
    'Expected cost of a life that is ended so many hours from now, beyond rate for each hour of service: 0 at the '
    'optimum and its rate, more elsewhere. The difference of two is what moving a replacement costs.';
REVOKE ALL ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) TO viewer;
