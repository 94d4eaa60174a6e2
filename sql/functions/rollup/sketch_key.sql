CREATE OR REPLACE FUNCTION rollup.sketch_key(p_value float8) RETURNS bigint
    -- a parsed body: inlined for each reading
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN p_value > 0 THEN 24000 + ceil(ln(p_value) / ln(rollup.bucket_ratio()))::bigint
    WHEN p_value < 0 THEN -24000 - ceil(ln(-p_value) / ln(rollup.bucket_ratio()))::bigint
    ELSE 0
END;
COMMENT ON FUNCTION rollup.sketch_key(float8) IS
    'Bucket of a value, ascending with it: 24000 + k holds gamma^(k-1) < value <= gamma^k, -24000 - k the same below zero, 0 zero. Values are 1e-100 to 1e100 in magnitude, so |k| < 23200.';
REVOKE ALL ON FUNCTION rollup.sketch_key(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.sketch_key(float8) TO viewer;
