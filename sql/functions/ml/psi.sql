CREATE OR REPLACE FUNCTION ml.psi(expected float8[], observed bigint[]) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- an empty bin counts as 0.0001, as is customary: the logarithm of nothing would drown the rest
    SELECT CASE WHEN min(s.total) > 0 THEN sum((s.actual - s.expected) * ln(s.actual / s.expected)) END
    FROM (
        SELECT greatest(u.expected, 1e-4) AS expected, greatest(u.observed / nullif(sum(u.observed) OVER (), 0)::float8, 1e-4) AS actual,
               sum(u.observed) OVER () AS total
        FROM unnest(expected, observed) AS u (expected, observed)
    ) AS s
$$;
COMMENT ON FUNCTION ml.psi(float8[], bigint[]) IS
    'Population stability index of counts per bin against expected shares: below 0.1 nothing to speak of, above 0.25 another distribution. NULL without any count. Chance alone gives about 9 / count.';
REVOKE ALL ON FUNCTION ml.psi(float8[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.psi(float8[], bigint[]) TO viewer;
