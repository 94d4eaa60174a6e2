CREATE OR REPLACE FUNCTION telemetry.bucket_unit(bucket text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE bucket WHEN '1m' THEN 'minute' WHEN '1h' THEN 'hour' WHEN '1d' THEN 'day' WHEN '1w' THEN 'week' WHEN '1mo' THEN 'month' END;
COMMENT ON FUNCTION telemetry.bucket_unit(text) IS
    'What date_trunc calls a bucket: 1m minute, 1h hour, 1d day, 1w week (from Monday), 1mo month; NULL: there is no such bucket.';
REVOKE ALL ON FUNCTION telemetry.bucket_unit(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.bucket_unit(text) TO viewer;
