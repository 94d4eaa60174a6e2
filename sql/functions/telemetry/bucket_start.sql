CREATE OR REPLACE FUNCTION telemetry.bucket_start(unit text, at timestamptz, zone text, later integer DEFAULT 0) RETURNS timestamptz
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT telemetry.first_moment(date_trunc($1, $2 AT TIME ZONE $3) + $4 * ('1 ' || $1)::interval, $3)
$$;
COMMENT ON FUNCTION telemetry.bucket_start(text, timestamptz, text, integer) IS
    'When the bucket (minute, hour, day, week, month in a zone) begins that a moment lies in; later: or the one so many further on.';
REVOKE ALL ON FUNCTION telemetry.bucket_start(text, timestamptz, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.bucket_start(text, timestamptz, text, integer) TO viewer;
