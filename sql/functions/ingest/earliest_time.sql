CREATE OR REPLACE FUNCTION ingest.earliest_time("now" timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT greatest($1 - ops.setting_interval('ingest.oldest'), telemetry.kept_from($1))
$$;
COMMENT ON FUNCTION ingest.earliest_time(timestamptz) IS
    'Points measured before this time are refused: older than the setting ingest.oldest, or than raw readings are '
    'kept. Why: ingest.too_old.';
REVOKE ALL ON FUNCTION ingest.earliest_time(timestamptz) FROM PUBLIC;
