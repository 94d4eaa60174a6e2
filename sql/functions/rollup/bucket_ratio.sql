CREATE OR REPLACE FUNCTION rollup.bucket_ratio() RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1.01::float8;
COMMENT ON FUNCTION rollup.bucket_ratio() IS
    'Ratio of the bounds of a sketch''s buckets: two values in one bucket are at most 1 % apart, so a quantile is within 1 % of the exact one. Changing it needs new sketches.';
REVOKE ALL ON FUNCTION rollup.bucket_ratio() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.bucket_ratio() TO viewer;
