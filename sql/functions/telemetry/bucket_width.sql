CREATE OR REPLACE FUNCTION telemetry.bucket_width(source text) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE source WHEN '1m' THEN INTERVAL '1 minute' WHEN '1h' THEN INTERVAL '1 hour' END;
COMMENT ON FUNCTION telemetry.bucket_width(text) IS
    'How long a bucket of the rollup is that a source names: 1m (rollup.reading_1m) or 1h (rollup.reading_1h); NULL: '
    'there is no such rollup.';
REVOKE ALL ON FUNCTION telemetry.bucket_width(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.bucket_width(text) TO viewer;
