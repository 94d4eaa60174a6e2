CREATE OR REPLACE FUNCTION rollup.sketch(p_entries bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg((x.key << 32) + x.count ORDER BY x.key)
    FROM (SELECT e >> 32 AS key, sum(e & 4294967295)::bigint AS count FROM unnest(p_entries) AS e GROUP BY 1) AS x
$$;
COMMENT ON FUNCTION rollup.sketch(bigint[]) IS
    'Entries (key × 2^32 + count) of values or of any number of sketches, as one sketch: one entry a key, ascending. rollup.sketch(array_agg((rollup.sketch_key(value) << 32) + 1)) is that of values.';
REVOKE ALL ON FUNCTION rollup.sketch(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.sketch(bigint[]) TO viewer;
