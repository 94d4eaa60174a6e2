CREATE OR REPLACE FUNCTION plant.advice_optima(cases plant.advice_case[])
    RETURNS TABLE (n integer, best_hours float8, best_rate float8, best_risk float8, failing_rate float8,
        safe_hours float8, mean_hours float8, is_expired boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT f.n,
           CASE WHEN f.is_expired AND f.is_priced THEN 0 WHEN b.is_it THEN b.hours END,
           CASE WHEN f.is_expired AND f.is_priced THEN f.preventive / nullif(f.age, 0) WHEN b.is_it THEN b.rate END,
           CASE WHEN b.is_it THEN b.risk END, b.failing_rate, CASE WHEN f.is_expired THEN 0 ELSE b.safe_hours END,
           b.mean_hours, f.is_expired
    FROM (
        SELECT c.n, c.age, c.failure, c.preventive, c.risk, x.*, a.*, a.alive < 1e-6 AS is_expired,
               (c.failure > c.preventive) IS TRUE AS is_priced, greatest(x.y0, x.mu) + 3.1 * x.s2 AS y1
        FROM unnest($1) AS c
        CROSS JOIN LATERAL (
            SELECT ln(1 + greatest(c.rul, 0)) AS mu,
                   plant.advice_spread(ln(1 + greatest(c.rul, 0)) - ln(1 + greatest(c.low, 0))) AS s1,
                   plant.advice_spread(ln(1 + greatest(c.high, 0)) - ln(1 + greatest(c.rul, 0))) AS s2,
                   ln(1 + greatest(c.elapsed, 0)) AS y0
            OFFSET 0
        ) AS x
        CROSS JOIN LATERAL (
            SELECT plant.advice_alive(x.mu, x.s1, x.s2, x.y0) AS alive,
                   plant.advice_service(x.mu, x.s1, x.s2, x.y0) AS service
            OFFSET 0
        ) AS a
        WHERE c.low IS NOT NULL AND c.high IS NOT NULL
        OFFSET 0
    ) AS f
    LEFT JOIN LATERAL (
        SELECT w.hours, w.rate, w.risk, w.rate < g.rate AND w.y < f.y1 AS is_it, g.rate AS failing_rate,
               g.hours AS mean_hours, s.hours AS safe_hours
        FROM (
            -- 64 steps to where all but a thousandth have failed
            SELECT (array_agg(r.k ORDER BY r.rate, r.k))[1] AS best,
                   max(r.k) FILTER (WHERE r.alive >= 1 - f.risk) AS safe
            FROM (
                SELECT k.k, a.alive, CASE WHEN f.is_priced THEN (f.preventive * a.alive + f.failure * (1 - a.alive))
                           / nullif(f.age + (plant.advice_service(f.mu, f.s1, f.s2, y.y) - f.service) / f.alive, 0)
                       END AS rate
                FROM generate_series(0, 64) AS k (k)
                CROSS JOIN LATERAL (SELECT f.y0 + (f.y1 - f.y0) * k.k / 64 AS y OFFSET 0) AS y
                CROSS JOIN LATERAL (SELECT plant.advice_alive(f.mu, f.s1, f.s2, y.y) / f.alive AS alive OFFSET 0) AS a
            ) AS r
        ) AS c
        CROSS JOIN LATERAL (
            SELECT m.hours, f.failure / nullif(f.age + m.hours, 0) AS rate
            FROM (SELECT greatest(0, (plant.advice_service(f.mu, f.s1, f.s2, f.y1 + 20 * f.s2) - f.service) / f.alive)
                             AS hours) AS m
        ) AS g
        LEFT JOIN LATERAL (
            -- and 64 between the neighbours of the best
            SELECT y.y, exp(y.y) - exp(f.y0) AS hours, 1 - a.alive AS risk,
                   (f.preventive * a.alive + f.failure * (1 - a.alive))
                   / nullif(f.age + (plant.advice_service(f.mu, f.s1, f.s2, y.y) - f.service) / f.alive, 0) AS rate
            FROM generate_series(0, 64) AS k (k)
            CROSS JOIN LATERAL (
                SELECT f.y0 + (f.y1 - f.y0) / 64 * least(greatest(c.best - 1, 0) + k.k / 32.0::float8, 64) AS y
                OFFSET 0
            ) AS y
            CROSS JOIN LATERAL (SELECT plant.advice_alive(f.mu, f.s1, f.s2, y.y) / f.alive AS alive OFFSET 0) AS a
            WHERE f.is_priced
            ORDER BY 4, 1 LIMIT 1
        ) AS w ON true
        CROSS JOIN LATERAL (
            -- the last one that is within the risk
            SELECT max(exp(y.y) - exp(f.y0)) AS hours
            FROM generate_series(0, 64) AS k (k)
            CROSS JOIN LATERAL (SELECT f.y0 + (f.y1 - f.y0) / 64 * (c.safe + k.k / 64.0::float8) AS y OFFSET 0) AS y
            WHERE plant.advice_alive(f.mu, f.s1, f.s2, y.y) / f.alive >= 1 - f.risk
        ) AS s
    ) AS b ON NOT f.is_expired
$$;
COMMENT ON FUNCTION plant.advice_optima(plant.advice_case[]) IS
    'When a machine should be replaced, for each case (n is its number): best_hours from now, at which the expected '
    'cost of its life divided by the expected hours of service, from its beginning on, is least (age replacement, '
    'renewal and reward); NULL where running until it fails costs no more, or costs are not known. best_risk: that '
    'it fails before. safe_hours: until then it fails with at most the probability risk. mean_hours: that it still '
    'lasts on average. Remaining life is log-normal, of 1 h more, with the spread of each end of the interval on '
    'its side of the median, given that it still runs. Searched on a grid of 64 steps and 64 more between the best '
    'one''s neighbours: at most 1/2000 of the time to where all but a thousandth have failed, on the logarithmic '
    'scale, off the optimum. is_expired: one in a million would have lasted so long; then it is due now. Cases '
    'without an interval have no row.';
REVOKE ALL ON FUNCTION plant.advice_optima(plant.advice_case[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_optima(plant.advice_case[]) TO viewer;
