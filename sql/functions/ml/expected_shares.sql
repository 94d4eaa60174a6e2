CREATE OR REPLACE FUNCTION ml.expected_shares(quantiles float8[]) RETURNS float8[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- a value on an edge belongs to the bin above it: a tenth between two equal deciles falls to the first bin above that is not empty
    SELECT array_agg(coalesce(s.share, 0) ORDER BY b.bin)
    FROM generate_series(1, 10) AS b (bin)
    LEFT JOIN (
        SELECT t.target, count(*) / 10.0::float8 AS share
        FROM (
            SELECT coalesce((SELECT min(x) FROM generate_series(k, 10) AS x
                             WHERE quantiles[x + 1] > quantiles[x] OR x = 10), 10) AS target
            FROM generate_series(1, 10) AS k
        ) AS t
        GROUP BY t.target
    ) AS s ON s.target = b.bin
$$;
COMMENT ON FUNCTION ml.expected_shares(float8[]) IS
    'Share of the values in each of the ten bins bounded by deciles (minimum, nine deciles, maximum): a tenth each, but for deciles that coincide.';
REVOKE ALL ON FUNCTION ml.expected_shares(float8[]) FROM PUBLIC;
