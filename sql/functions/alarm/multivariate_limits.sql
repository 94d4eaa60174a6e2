CREATE OR REPLACE FUNCTION alarm.multivariate_limits(
    inverse float8[], samples float8, alpha float8, OUT t2 float8, OUT q float8
)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Q is a sum of squares of correlated normal numbers: Box (1954) gives it the chi-square distribution that has its
    -- mean and variance. With C the correlation of the residuals, tr C = p and tr C² = Σ c².
    SELECT k.p * (k.n ^ 2 - 1) / (k.n * (k.n - k.p)) * alarm.f_quantile(1 - $3, k.p, k.n - k.p),
           c.squares / k.p * alarm.chi_square_quantile(1 - $3, k.p ^ 2 / c.squares)
    FROM (
        SELECT s.p, greatest($2, s.p + 2) AS n FROM (SELECT round(sqrt(cardinality($1)))::float8 AS p) AS s
    ) AS k
    CROSS JOIN LATERAL (
        SELECT sum(x.v ^ 2 / ($1[((x.n - 1) / k.p::integer) * (k.p::integer + 1) + 1]
                              * $1[((x.n - 1) % k.p::integer) * (k.p::integer + 1) + 1])) AS squares
        FROM unnest($1) WITH ORDINALITY AS x (v, n)
    ) AS c
$$;
COMMENT ON FUNCTION alarm.multivariate_limits(float8[], float8, float8) IS
    'What T² and Q are above with probability alpha, if the signals are normally distributed: T² by the F distribution '
    'for a mean and covariance that were estimated from samples, Q by Box''s approximation.';
REVOKE ALL ON FUNCTION alarm.multivariate_limits(float8[], float8, float8) FROM PUBLIC;
