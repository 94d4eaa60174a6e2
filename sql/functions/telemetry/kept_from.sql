CREATE OR REPLACE FUNCTION telemetry.kept_from("now" timestamptz DEFAULT clock_timestamp()) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- a day short, as the refresh of the minutes is (ops.set_raw_retention): what it does not reach any more is not
    -- taken in
    SELECT coalesce($1 - ops.setting_interval('telemetry.raw_retention') + INTERVAL '1 day', '-infinity')
$$;
COMMENT ON FUNCTION telemetry.kept_from(timestamptz) IS
    'Points before this time would be dropped by the raw retention (a day from now at the latest); -infinity where '
    'there is none.';
REVOKE ALL ON FUNCTION telemetry.kept_from(timestamptz) FROM PUBLIC;
