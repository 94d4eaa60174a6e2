CREATE OR REPLACE FUNCTION alarm.shrunken_correlation(
    correlation float8[], samples float8, OUT shrinkage float8, OUT shrunken float8[]
)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Without a least part, two signals that follow each other exactly leave a matrix that has no inverse, and rounding
    -- would be judged.
    SELECT s.lambda,
           (SELECT array_agg(CASE WHEN (c.n - 1) / s.p = (c.n - 1) % s.p THEN 1 ELSE (1 - s.lambda) * c.r END
                             ORDER BY c.n)
            FROM unnest($1) WITH ORDINALITY AS c (r, n))
    FROM (
        SELECT k.p, greatest(0.001, least(1, coalesce(
            sum((1 - c.r ^ 2) ^ 2) / greatest($2 - 1, 1) / nullif(sum(c.r ^ 2), 0), 1))) AS lambda
        FROM (SELECT round(sqrt(cardinality($1)))::integer AS p) AS k
        LEFT JOIN unnest($1) WITH ORDINALITY AS c (r, n) ON (c.n - 1) / k.p <> (c.n - 1) % k.p
        GROUP BY k.p
    ) AS s
$$;
COMMENT ON FUNCTION alarm.shrunken_correlation(float8[], float8) IS
    'A correlation matrix (row by row) drawn toward the identity: (1 - λ) R + λ I, with λ = Σ var(r) / Σ r² over the '
    'pairs (Schäfer and Strimmer 2005; var(r) = (1 - r²)² / (n - 1)), at least 0.001 and at most 1. Few samples trust '
    'the correlation little.';
REVOKE ALL ON FUNCTION alarm.shrunken_correlation(float8[], float8) FROM PUBLIC;
