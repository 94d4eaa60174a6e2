CREATE OR REPLACE FUNCTION ingest.too_old("time" timestamptz, "now" timestamptz) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN $1 < $2 - ops.setting_interval('ingest.oldest') THEN 'ancient_timestamp'
                ELSE 'beyond_retention' END
$$;
COMMENT ON FUNCTION ingest.too_old(timestamptz, timestamptz) IS
    'Why a point before ingest.earliest_time is refused: ancient_timestamp or beyond_retention.';
REVOKE ALL ON FUNCTION ingest.too_old(timestamptz, timestamptz) FROM PUBLIC;
