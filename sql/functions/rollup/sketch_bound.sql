CREATE OR REPLACE FUNCTION rollup.sketch_bound(p_key bigint, p_outer boolean) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_key = 0 THEN 0 ELSE
    sign(p_key::float8) * exp((abs(p_key) - 24000 - CASE WHEN p_outer THEN 0 ELSE 1 END) * ln(rollup.bucket_ratio())) END;
COMMENT ON FUNCTION rollup.sketch_bound(bigint, boolean) IS
    'A bound of a bucket (rollup.sketch_key): the outer one is further from zero, and belongs to it.';
REVOKE ALL ON FUNCTION rollup.sketch_bound(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.sketch_bound(bigint, boolean) TO viewer;
