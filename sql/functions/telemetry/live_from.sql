CREATE OR REPLACE FUNCTION telemetry.live_from("now" timestamptz DEFAULT clock_timestamp()) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT date_trunc('day',
                      $1 - greatest(ops.setting_interval('ingest.live_span'),
                                    ops.setting_interval('ingest.historical_after')), 'UTC')
$$;
COMMENT ON FUNCTION telemetry.live_from(timestamptz) IS
    'Where history ends: the live path makes chunks from this day (UTC) on only. Older points are historical and go by '
    'ingest.backlog.';
REVOKE ALL ON FUNCTION telemetry.live_from(timestamptz) FROM PUBLIC;
