CREATE OR REPLACE FUNCTION rollup.open_days() RETURNS TABLE (bucket timestamptz, bucket_end timestamptz, first_hour timestamptz, last_hour timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s rollup.day_state;
BEGIN
    SELECT * INTO STRICT s FROM rollup.day_state;
    IF NOT isfinite(s.finished_to) THEN
        SELECT min(h.bucket) INTO s.finished_to FROM rollup.reading_1h AS h;
    END IF;
    RETURN QUERY SELECT d.* FROM rollup.days(s.finished_to, 
        -- nothing is stored that is further ahead
        greatest(now() + ops.setting_interval('ingest.future_tolerance') + INTERVAL '1 minute', s.finished_to), s.zone, s.zone_from) AS d;
END
$$;
COMMENT ON FUNCTION rollup.open_days() IS
    'Days from rollup.day_state.finished_to on: those that rollup.reading_1d works out when it is read.';
REVOKE ALL ON FUNCTION rollup.open_days() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.open_days() TO viewer;
